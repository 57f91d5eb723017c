"""The grammars of colours, paints, references and filters."""

import re
from urllib.parse import unquote

from generations.svg.labels import ID, prefixed
from generations.svg.tables import MAX_BLUR, MAX_FILTER_FUNCTIONS, MAX_VALUE
from generations.svg.words import NUMBERS, collapse, words_value

# Colour arguments: no function inside a function, but colours inside a mixture.
COLOUR = (
    r"(?:\#[0-9a-fA-F]{3,8}|[a-zA-Z]+(?:-[a-zA-Z]+)*"
    r"|(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([\w\s#%.,+\-/]*\)"
    r"|color-mix\([\w\s#%.,+\-/]*+(?:\([\w\s#%.,+\-/]*+\)[\w\s#%.,+\-/]*+)*+\))"
)
URL = rf"(?i:url)\(\s*(?P<quote>[\"']?)\#(?P<id>{ID})(?P=quote)\s*\)"
COLOURS = frozenset("rgb rgba hsl hsla hwb lab lch oklab oklch color".split())
FILTERS = frozenset(
    """blur brightness contrast grayscale hue-rotate invert opacity saturate sepia
    drop-shadow""".split()
)
_colour = re.compile(COLOUR, re.ASCII)
_paint = re.compile(rf"(?:{URL}(?:\s+(?P<fallback>{COLOUR}))?|(?P<colour>{COLOUR}))", re.ASCII)
_reference = re.compile(rf"(?:{URL}|(?P<none>none|inherit|initial|unset))")
_filter_part = re.compile(
    rf"\s*+(?:{URL}|(?P<name>[a-z-]{{4,12}})\((?P<arguments>[^()]*+(?:\([^()]*+\)[^()]*+)*+)\))",
    re.IGNORECASE | re.ASCII,
)
_not_pixels = re.compile(r"[0-9.](?!px)[a-z%]", re.IGNORECASE | re.ASCII)
_hex = re.compile(r"#\w*+")
_inner = re.compile(r"\([^()]*+\)")


def colour_value(value: str) -> str | None:
    value = collapse(value)
    if len(value) > 200 or not _colour.fullmatch(value) or "//" in value:
        return None
    return value


def paint_value(value: str) -> str | None:
    value = collapse(value)
    if len(value) > 500:
        return None
    found = _paint.fullmatch(value)
    if not found or "//" in value:
        return None
    if found["colour"]:
        return value
    name = prefixed(unquote(found["id"]))
    if name is None:
        return None
    return f"url(#{name}) {found['fallback']}" if found["fallback"] else f"url(#{name})"


def reference_value(value: str) -> str | None:
    value = value.strip()
    found = _reference.fullmatch(value)
    if not found:
        return None
    if found["none"]:
        return value
    name = prefixed(unquote(found["id"]))
    return name and f"url(#{name})"


def filter_value(value: str) -> str | None:
    """References and filter functions; blurs and shadows are bounded (§2 limits)."""
    value = collapse(value)
    if value in ("none", "inherit", "initial"):
        return value
    if len(value) > MAX_VALUE:
        return None
    parts: list[str] = []
    at = 0
    while at < len(value):
        found = _filter_part.match(value, at)
        part = _filter_part_value(found) if found else None
        if not found or not part or len(parts) == MAX_FILTER_FUNCTIONS:
            return None
        parts.append(part)
        at = found.end()
    return " ".join(parts) or None


def _filter_part_value(found: re.Match) -> str | None:
    if found["id"]:
        name = prefixed(unquote(found["id"]))
        return name and f"url(#{name})"
    name, arguments = found["name"].lower(), found["arguments"].strip()
    if name not in FILTERS or (arguments and words_value(arguments, COLOURS) is None):
        return None
    # Colours may count to 360 and beyond; lengths may not.
    outside = _hex.sub("", _inner.sub("", arguments))
    if name in ("blur", "drop-shadow"):
        if _not_pixels.search(outside):
            return None
        if any(abs(float(number)) > MAX_BLUR for number in NUMBERS.findall(outside)):
            return None
    return f"{name}({arguments})"
