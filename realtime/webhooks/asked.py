"""What somebody may ask of webhooks: bodies, checked in the order of their fields."""

from collections.abc import Mapping
from typing import Any

from chatsvg import outbound
from chatsvg.errors import Invalid
from chatsvg.text import clean, utf16_length
from realtime.webhooks.errors import UrlRefused
from realtime.webhooks.models import DESCRIPTION_MAX, WebhookSecret

GENERATION = ("generation.succeeded", "generation.failed", "generation.canceled")
LOW_CREDITS = "credits.low"
EVENTS = (*GENERATION, LOW_CREDITS)
THRESHOLD_MOST = 1_000_000


def wish(data: Mapping[str, object], *, is_test: bool | None) -> dict[str, Any]:
    """The endpoint that a body asks for, with `is_test` unless that is None. Raises Invalid."""
    return {
        "url": _url(data.get("url")),
        "description": _description(data.get("description")),
        "events": _events(data.get("events")),
        "kind": kind(data),
        "is_test": _flag(data, "test", usual=False) if is_test is None else is_test,
    }


def changes(data: Mapping[str, object]) -> dict[str, Any]:
    """The fields that a body wants changed; `enabled` among them. Raises Invalid."""
    found: dict[str, Any] = {}
    if "url" in data:
        found["url"] = _url(data["url"])
    if "description" in data:
        found["description"] = _description(data["description"])
    if "events" in data:
        found["events"] = _events(data["events"])
    if "enabled" in data:
        found["enabled"] = _flag(data, "enabled", usual=True)
    return found


def kind(data: Mapping[str, object]) -> WebhookSecret.Kind | None:
    """The signatures that a body asks for; None where it names none. Raises Invalid."""
    value = data.get("signature")
    if value is None:
        return None
    if value not in WebhookSecret.Kind.values:
        raise Invalid(f"signature must be one of: {', '.join(WebhookSecret.Kind)}")
    return WebhookSecret.Kind(value)


def ends_previous(data: Mapping[str, object]) -> bool:
    return _flag(data, "endPrevious", usual=False)


def threshold(data: Mapping[str, object]) -> int:
    value = data.get("creditsLowThreshold")
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= THRESHOLD_MOST:
        raise Invalid(f"creditsLowThreshold must be a whole number from 0 to {THRESHOLD_MOST}")
    return value


def _url(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Invalid("url must be text like https://example.com/hooks")
    try:
        return outbound.read(clean(value)).url
    except outbound.Refused as refusal:
        raise UrlRefused(str(refusal)) from refusal


def _description(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid("description must be text")
    if utf16_length(value := clean(value)) > DESCRIPTION_MAX:
        raise Invalid(f"description is too long (max {DESCRIPTION_MAX} characters)")
    return value


def _events(value: object) -> list[str]:
    """All of them where none is named."""
    if value is None:
        return list(EVENTS)
    if not isinstance(value, list) or not value or any(one not in EVENTS for one in value):
        raise Invalid(f"events must be some of: {', '.join(EVENTS)}")
    return [one for one in EVENTS if one in value]


def _flag(data: Mapping[str, object], name: str, *, usual: bool) -> bool:
    value = data.get(name)
    if value is None:
        return usual
    if not isinstance(value, bool):
        raise Invalid(f"{name} must be true or false")
    return value
