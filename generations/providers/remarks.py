"""What is told beside a diagnosis: names of settings, words of servers, things worth knowing."""

import re

from chatsvg.doctor import Finding
from generations.providers.base import Endpoint
from generations.providers.probes import Answer

_SETTINGS = {
    "baseUrl": "OPENAI_BASE_URL",
    "apiKey": "OPENAI_API_KEY",
    "upstream": "OPENAI_MODEL",
    "priceIn": "OPENAI_PRICE_IN",
    "priceOut": "OPENAI_PRICE_OUT",
}
_KEY_LIKE = re.compile(r"\S*\*{2,}\S*|\b(?:sk|pk|gsk|key|AIza|xai)[-_][\w-]{6,}\S*")


def setting(endpoint: Endpoint, name: str) -> str:
    """How the person who set this endpoint up calls that part of it."""
    if endpoint.source.startswith("CHATSVG_MODELS"):
        return f"{endpoint.source}.{name}"
    return _SETTINGS[name]


def said(endpoint: Endpoint, answer: Answer) -> tuple[str, ...]:
    """What the server said, without anything that looks like a key."""
    words = answer.fault
    if endpoint.api_key:
        words = words.replace(endpoint.api_key, "…")
    words = _KEY_LIKE.sub("…", words)
    return (f"It says: {words[:200]}",) if words.isprintable() and words else ()


def with_notes(endpoint: Endpoint, finding: Finding) -> Finding:
    """How the address was read; of what works, also what is worth knowing."""
    notes = (*finding.notes, *endpoint.explanation)
    if finding.state != "broken":
        notes += (*_prices(endpoint), *_fallbacks(endpoint))
    return Finding(finding.state, finding.detail, finding.remedy, notes, finding.ms)


def _prices(endpoint: Endpoint) -> tuple[str, ...]:
    if endpoint.price_in is not None and endpoint.price_out is not None:
        return ()
    names = f"{setting(endpoint, 'priceIn')} and {setting(endpoint, 'priceOut').split('.')[-1]}"
    return (f"No price is known: what drawings cost is kept as unknown. {names} say it.",)


def _fallbacks(endpoint: Endpoint) -> tuple[str, ...]:
    names = ", ".join(endpoint.fallback)
    return (f"When it is away: {names}.",) if names else ()
