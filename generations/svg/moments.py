"""The grammars of animations: what they change, to what, and when."""

import re

from generations.svg.labels import ID_CHARACTER, joined, prefixed
from generations.svg.tables import ANIMATABLE, MAX_VALUE
from generations.svg.words import FUNCTION_NAMES, FUNCTIONS, collapse, too_large

EVENTS = (
    r"begin|end|repeat\([0-9]{1,4}\)|click|mousedown|mouseup|mouseover|mouseout|mousemove"
    r"|mouseenter|mouseleave|focusin|focusout|activate|load"
)
CLOCK = (
    r"[0-9]{1,9}(?::[0-9]{2}){0,2}(?:\.[0-9]{0,20})?(?:h|min|s|ms)?|\.[0-9]{1,20}(?:h|min|s|ms)?"
)
_animated = re.compile(r"[\w\s#.,;%+\-()]*+", re.ASCII)
_clock = re.compile(rf"indefinite|media|[+-]?(?:{CLOCK})")
_moment = re.compile(
    rf"indefinite|[+-]?\s*(?:{CLOCK})"
    rf"|(?:(?P<id>{ID_CHARACTER}{{1,220}})\.)?(?P<event>{EVENTS})"
    rf"(?P<offset>\s*[+-]\s*(?:{CLOCK}))?"
)


def animated_value(value: str) -> str | None:
    """Values of an animation: numbers, colours, path data; no URL, no scheme, no string."""
    value = collapse(value)
    if not value or not _animated.fullmatch(value) or too_large(value):
        return None
    functions = {name.lower() for name in FUNCTION_NAMES.findall(value)} if "(" in value else set()
    return value if functions <= FUNCTIONS else None


def target_value(value: str) -> str | None:
    """The name that an animation may change, in exactly this spelling (§2, SMIL)."""
    return value if value in ANIMATABLE else None


def clock_value(value: str) -> str | None:
    value = value.strip()
    return value if _clock.fullmatch(value) else None


def times_value(value: str) -> str | None:
    """When an animation begins or ends: offsets and events of this drawing's own elements."""
    if len(value) > MAX_VALUE:
        return None
    moments = [_moment_value(moment.strip()) for moment in value.split(";") if moment.strip()]
    return joined(moments, "; ")


def _moment_value(moment: str) -> str | None:
    found = _moment.fullmatch(moment)
    if not found:
        return None
    if not found["event"]:
        return moment
    event = found["event"] + collapse(found["offset"] or "").replace(" ", "")
    if not found["id"]:
        return event
    name = prefixed(found["id"])
    return name and f"{name}.{event}"
