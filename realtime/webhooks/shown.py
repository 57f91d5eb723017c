"""What the pages of webhooks show."""

from dataclasses import dataclass

from django.http import QueryDict

from realtime.webhooks import services
from realtime.webhooks.asked import EVENTS
from realtime.webhooks.models import WebhookDelivery, WebhookEndpoint
from realtime.webhooks.services import MOST, Page

LABELS = {
    "generation.succeeded": "A drawing is done",
    "generation.failed": "A drawing failed",
    "generation.canceled": "A drawing was canceled",
    "credits.low": "Credits run low",
}
BECAUSE = {
    WebhookEndpoint.Because.OWNER: "You switched it off.",
    WebhookEndpoint.Because.GONE: "Its server said that it is gone for good.",
    WebhookEndpoint.Because.FAILING: "It took nothing for five days.",
    WebhookEndpoint.Because.SUSPENDED: "The account was suspended.",
}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Line:
    """A delivery, and what came of its last try."""

    delivery: WebhookDelivery
    result: str
    latency_ms: int | None


def overview(user, typed: QueryDict | None = None) -> dict:
    """The list, and the form with what was typed."""
    posted = QueryDict() if typed is None else typed
    chosen = EVENTS if typed is None else posted.getlist("events")
    return {
        "endpoints": services.endpoints_of(user),
        "most": MOST,
        "typed": posted,
        "is_test": posted.get("environment") == "test",
        "events": [Choice(one, LABELS[one], one in chosen) for one in EVENTS],
    }


def one(endpoint: WebhookEndpoint, page: Page) -> dict:
    cursor = page.next_cursor
    return {
        "endpoint": endpoint,
        "because": BECAUSE.get(endpoint.disabled_because, ""),  # type: ignore[call-overload]
        "lines": [_line(delivery) for delivery in page.deliveries],
        "next": f"{address(endpoint)}?cursor={cursor}" if cursor else "",
    }


def address(endpoint: WebhookEndpoint) -> str:
    return f"/api-keys/webhooks/{endpoint.pk}"


def wanted(posted: QueryDict) -> dict[str, object]:
    """A form of ours as the body of `POST /api/webhooks`, which `asked.wish` checks."""
    return {
        "url": posted.get("url", ""),
        "description": posted.get("description", ""),
        "events": posted.getlist("events"),
        "test": posted.get("environment") == "test",
    }


def _line(delivery: WebhookDelivery) -> Line:
    last = max(delivery.attempts.all(), key=lambda one: one.pk, default=None)
    if last is None:
        return Line(delivery, "", None)
    return Line(delivery, str(last.status or last.error), last.latency_ms)
