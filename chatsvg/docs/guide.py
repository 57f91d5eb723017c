"""What the guide shows: its sections, and the facts in them, each from where it is decided."""

from django.conf import settings

from accounts.keys.examples import LIFETIME
from accounts.keys.shown import SCOPES
from chatsvg.docs import samples
from chatsvg.openapi.v1.refusals import REFUSALS, Refusal
from credits import offers
from credits.plans import DRAWING_PRICE
from generations import providers
from generations.choices import AT_ONCE_MOST, DEFAULT_STYLE, PROMPT_MAX, PROMPT_MIN, STYLES
from realtime.webhooks.asked import EVENTS

TOPICS = ("key", "draw", "poll", "repeat", "errors", "webhook", "receive", "live")
SECTIONS = {
    "try": "Try it now",
    "key": "Make a key",
    "authentication": "Authentication",
    "draw": "Draw and wait",
    "choices": "Styles and models",
    "poll": "Draw and ask again",
    "status": "What a job says",
    "live": "Follow live",
    "repeat": "Repeat safely",
    "errors": "Errors",
    "limits": "Credits and limits",
    "webhooks": "Webhooks",
    "mcp": "Assistants (MCP)",
    "troubleshooting": "Troubleshooting",
    "more": "More",
}
"""By anchor, in order. Each has a template of its name."""
_LIMITS = {"A drawing costs", "Drawings a month", "Drawings a day", "Under way at once"}
_LIMITS |= {"Production keys", "Test keys", "Rate limit"}
_COMMON = {
    *("API_KEY_INVALID", "INSUFFICIENT_CREDITS", "SCOPE_MISSING", "PLAN_WITHOUT_API_ACCESS"),
    *("IDEMPOTENCY_CONFLICT", "TOO_MANY_REQUESTS", "MONTHLY_QUOTA_EXCEEDED"),
    *("TOO_MANY_UNDER_WAY", "SERVICE_UNAVAILABLE", "OVERLOADED", "BAD_REQUEST", "NOT_FOUND"),
}


def shown(key: str) -> dict:
    """Everything on the page; with `key`, if there is one, in the samples."""
    return {
        "sections": [(one, title, f"docs/guide/{one}.html") for one, title in SECTIONS.items()],
        "origin": settings.PUBLIC_URL,
        "key": key,
        "key_minutes": int(LIFETIME.total_seconds() // 60),
        "languages": samples.LANGUAGES,
        "samples": {one: _samples(one, key) for one in TOPICS},
        "configuration": samples.read("mcp.json"),
        "configuration_of_vscode": samples.read("vscode.json"),
        "scopes": SCOPES,
        "styles": STYLES,
        "default_style": DEFAULT_STYLE,
        "models": providers.models(),
        "default_model": providers.default_model().name,
        "prompt_min": PROMPT_MIN,
        "prompt_max": PROMPT_MAX,
        "at_once": AT_ONCE_MOST,
        "price": DRAWING_PRICE,
        "refusals": _refusals(),
        "plans": [card.name for card in offers.cards()],
        "limits": [line for line in offers.comparison() if line.label in _LIMITS],
        "events": EVENTS,
    }


def _samples(topic: str, key: str) -> list[samples.Sample]:
    return samples.with_key(topic, key) if key else samples.of(topic)


def _refusals() -> list[Refusal]:
    return [one for one in REFUSALS if one.code in _COMMON]
