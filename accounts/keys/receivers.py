"""What happens to keys because of what happens to people."""

from django.dispatch import receiver

from accounts.keys import services, usage
from accounts.profile.archive import json_list
from accounts.signals import data_wanted, user_deleted, user_suspended
from chatsvg.text import timestamp


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    services.forget(user)


@receiver(user_suspended)
def revoke(sender, user, **kwargs):
    services.revoke_all(user, because="suspended")


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    mine = list(user.api_keys.order_by("created_at", "id"))
    totals = usage.totals(key.pk for key in mine)
    return [("api_keys.json", json_list(_told(key, totals[key.pk]) for key in mine))]


def _told(key, totals):
    return {
        "id": str(key.pk),
        "name": key.name,
        "description": key.description or None,
        "environment": key.environment,
        "keyPrefix": key.prefix,
        "scopes": key.scopes,
        "ipWhitelist": key.ip_list,
        "customRateLimit": key.custom_rate_limit,
        "createdAt": timestamp(key.created_at),
        "expiresAt": timestamp(key.expires_at),
        "lastUsedAt": timestamp(key.last_used_at),
        "revokedAt": timestamp(key.revoked_at),
        "requests": totals.requests,
        "creditsUsed": totals.credits,
    }
