"""The JSON of keys and of what was done with them, as CONTRACT §3.8 gives it. Nothing is null that
is not null there."""

from accounts.keys.services import Made
from accounts.keys.usage import Totals
from accounts.models import ApiKey
from chatsvg.text import timestamp

WARNING = "Store this key now: it is shown once, and cannot be shown again."


def key(key: ApiKey, totals: Totals) -> dict:
    return {
        "id": str(key.pk),
        "name": key.name,
        **({"description": key.description} if key.description else {}),
        "keyPrefix": key.prefix,
        "environment": key.environment,
        "createdAt": timestamp(key.created_at),
        "lastUsedAt": timestamp(key.last_used_at),
        "expiresAt": timestamp(key.expires_at),
        "usageCount": totals.requests,
        "customRateLimit": key.custom_rate_limit,
        "ipWhitelist": key.ip_list,
        "scopes": key.scopes,
    }


def made(made: Made) -> dict:
    return {
        "id": str(made.key.pk),
        "name": made.key.name,
        "keyPrefix": made.key.prefix,
        "key": made.raw,
        "createdAt": timestamp(made.key.created_at),
        "warning": WARNING,
    }


def stats(totals: Totals) -> dict:
    return {
        "totalRequests": totals.requests,
        "successfulRequests": totals.succeeded,
        "failedRequests": totals.failed,
        "totalCreditsUsed": totals.credits,
        "successRate": totals.success_rate,
    }


def summary(totals: Totals) -> dict:
    return {**stats(totals), "averageLatencyMs": totals.average_latency_ms}
