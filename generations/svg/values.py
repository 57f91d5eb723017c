"""The grammar of every value: text in, its canonical form out, or None when it is not allowed.

Pure functions over single strings; all patterns are linear in time (possessive quantifiers
where repetition meets repetition). What a browser would ignore as invalid may be dropped,
what a browser would draw is kept, and nothing that loads, names a scheme or escapes passes.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

from generations.svg.tables import (
    ANIMATABLE,
    MAX_BLUR,
    MAX_FILTER_FUNCTIONS,
    MAX_ID,
    MAX_NUMBER,
    MAX_OCTAVES,
    MAX_ORDER,
    MAX_PATH_LENGTH,
    MAX_RADIUS,
    MAX_VALUE,
    MIN_DASH,
    PREFIX,
    ROLES,
)

NUMBER = r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]{1,3})?"
UNIT = r"(?:px|em|ex|ch|rem|pt|pc|mm|cm|in|q|%|deg|rad|grad|turn)?"
_ID = r"[^\s\"'()<>\\;{}#&`%\x00-\x1f\x7f-\x9f\ufffd-\uffff]"
ID = _ID + "+"
# Colour arguments: no function inside a function, but colours inside a mixture.
COLOUR = (
    r"(?:\#[0-9a-fA-F]{3,8}|[a-zA-Z]+(?:-[a-zA-Z]+)*"
    r"|(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([\w\s#%.,+\-/]*\)"
    r"|color-mix\([\w\s#%.,+\-/]*+(?:\([\w\s#%.,+\-/]*+\)[\w\s#%.,+\-/]*+)*+\))"
)
URL = rf"(?i:url)\(\s*(?P<quote>[\"']?)\#(?P<id>{ID})(?P=quote)\s*\)"

FUNCTIONS = frozenset(
    """rgb rgba hsl hsla hwb lab lch oklab oklch color calc min max clamp
    matrix translate translatex translatey scale scalex scaley rotate skew skewx skewy
    circle ellipse inset polygon
    blur brightness contrast grayscale hue-rotate invert opacity saturate sepia
    drop-shadow""".split()
)
CALCULATIONS = frozenset("calc min max clamp".split())
TRANSFORMS = frozenset(
    """matrix translate translatex translatey translatez translate3d scale scalex scaley
    rotate rotatez skew skewx skewy""".split()
)
COLOURS = frozenset("rgb rgba hsl hsla hwb lab lch oklab oklch color".split())
SHAPES = frozenset("circle ellipse inset polygon rect xywh".split())
FILTERS = frozenset(
    """blur brightness contrast grayscale hue-rotate invert opacity saturate sepia
    drop-shadow""".split()
)
EVENTS = (
    r"begin|end|repeat\([0-9]{1,4}\)|click|mousedown|mouseup|mouseover|mouseout|mousemove"
    r"|mouseenter|mouseleave|focusin|focusout|activate|load"
)
CLOCK = (
    r"[0-9]{1,9}(?::[0-9]{2}){0,2}(?:\.[0-9]{0,20})?(?:h|min|s|ms)?|\.[0-9]{1,20}(?:h|min|s|ms)?"
)

_number = re.compile(NUMBER)
_length = re.compile(NUMBER + UNIT, re.IGNORECASE | re.ASCII)
# A number that might be too large: an exponent that grows it, or eight digits before the point.
_large = re.compile(r"[0-9.][eE]\+?[0-9]|(?<![0-9.])[0-9]{8}")
_lengths = re.compile(
    rf"{NUMBER}{UNIT}(?:(?:\s*+,\s*+|\s++){NUMBER}{UNIT})*+|(?P<word>[a-z-]++)", re.IGNORECASE
)
# Keywords of positions and angles: refX (SVG 2 §13.7.1), orient, rotate of animateMotion.
POSITIONS = frozenset("left center right top bottom auto auto-reverse auto-start-reverse".split())
_not_finite = re.compile(r"\b(?:nan|infinity)\b", re.IGNORECASE | re.ASCII)
# Words that load or run something in some language, and never draw anything.
_active = re.compile(
    r"\b(?:url|src|expression|javascript|image-set)\b(?!\(#cs_)", re.IGNORECASE | re.ASCII
)
_words = re.compile(r"[\w\s#.,%+\-/*()]*+", re.ASCII)
_function = re.compile(r"(?<![\w-])([\w-]*+)\(", re.ASCII)  # from the start of the name: linear
_numbers = re.compile(r"[0-9eE+\-.,\s]++")
_path = re.compile(r"[MmLlHhVvCcSsQqTtAaZz0-9eE+\-.,\s]*+", re.ASCII)
_path_function = re.compile(
    r"path\(\s*+(?:(?P<rule>nonzero|evenodd)\s*+,\s*+)?"
    r"(?P<quote>[\"'])(?P<data>[MmLlHhVvCcSsQqTtAaZz0-9eE+\-.,\s]*+)(?P=quote)\s*+\)"
)
_points = re.compile(r"[0-9eE+\-.,\s]*+", re.ASCII)
_keyword = re.compile(r"[a-zA-Z][a-zA-Z0-9\- ]{0,80}")
_word = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]{0,60}")
_name = re.compile(r"[\w.\-]{1,100}")
_colour = re.compile(COLOUR, re.ASCII)
_paint = re.compile(rf"(?:{URL}(?:\s+(?P<fallback>{COLOUR}))?|(?P<colour>{COLOUR}))", re.ASCII)
_reference = re.compile(rf"(?:{URL}|(?P<none>none|inherit|initial|unset))")
_id = re.compile(ID)
_family = re.compile(r"[\w .+\-]{1,100}")
_plain_family = re.compile(r"-?[a-zA-Z][\w-]*+(?: [a-zA-Z][\w-]*+)*+", re.ASCII)
_animated = re.compile(r"[\w\s#.,;%+\-()]*+", re.ASCII)
_clock = re.compile(rf"indefinite|media|[+-]?(?:{CLOCK})")
_moment = re.compile(
    rf"indefinite|[+-]?\s*(?:{CLOCK})"
    rf"|(?:(?P<id>{_ID}{{1,220}})\.)?(?P<event>{EVENTS})"
    rf"(?P<offset>\s*[+-]\s*(?:{CLOCK}))?"
)
_filter_part = re.compile(
    rf"\s*+(?:{URL}|(?P<name>[a-z-]{{4,12}})\((?P<arguments>[^()]*+(?:\([^()]*+\)[^()]*+)*+)\))",
    re.IGNORECASE | re.ASCII,
)
_not_pixels = re.compile(r"[0-9.](?!px)[a-z%]", re.IGNORECASE | re.ASCII)
_hex = re.compile(r"#\w*+")
_inner = re.compile(r"\([^()]*+\)")
_languages = re.compile(r"[a-zA-Z0-9,\- ]{1,200}")
_extensions = re.compile(r"[\w.\- ]*+", re.ASCII)
DISPLAYS = frozenset(("none", "inline", "block", "inherit", "initial"))


def prefixed(name: str) -> str | None:
    """An id as it stands in the output: with the prefix once, or None when it is no id."""
    bare = name.removeprefix(PREFIX)
    if not bare or len(bare) > MAX_ID or "//" in bare or not _id.fullmatch(bare):
        return None
    return PREFIX + bare.replace(":", "_")  # React writes ":r1:"; nothing here has a scheme


def fragment(value: str) -> str | None:
    """The id that `#id` names, prefixed; percent signs are decoded, as a browser would."""
    value = value.strip()
    if not value.startswith("#"):
        return None
    return prefixed(unquote(value[1:]))


def _collapse(value: str) -> str:
    return " ".join(value.split())


def _too_large(value: str) -> bool:
    """Whether some number in `value` is beyond what any drawing needs (or infinite)."""
    if not _large.search(value):
        return False
    return any(abs(float(number)) > MAX_NUMBER for number in _number.findall(value))


def _number_value(value: str) -> str | None:
    value = value.strip()
    return value if _number.fullmatch(value) and not _too_large(value) else None


def _length_value(value: str) -> str | None:
    value = value.strip()
    if _length.fullmatch(value):
        return None if _too_large(value) else value
    return value if value == "auto" else _calculation(value)


def _lengths_value(value: str) -> str | None:
    value = _collapse(value)
    found = _lengths.fullmatch(value)
    if not found:
        return _calculation(value)
    if found["word"]:
        return value if value in POSITIONS else None
    return None if _too_large(value) else value


def _css_length_value(value: str) -> str | None:
    """A length as CSS has it: a number without a unit is none, except zero."""
    clean = _length_value(value)
    is_number = bool(clean and _number.fullmatch(clean) and float(clean))
    return None if is_number else clean


def _css_path_value(value: str) -> str | None:
    """The path data of `d: path("…")`."""
    found = _path_function.fullmatch(value.strip()) if len(value) <= MAX_VALUE else None
    return found and _path_value(found["data"])


def _calculation(value: str) -> str | None:
    """One calc() and the like, for lengths that need it."""
    return _words_value(value, CALCULATIONS) if "(" in value else None


def _numbers_value(value: str) -> str | None:
    value = _collapse(value)
    if not _numbers.fullmatch(value) or _too_large(value):
        return None
    return value


def _path_value(value: str) -> str | None:
    """Path data up to its first error, which is how far a browser draws it (SVG 2 §9.5.4)."""
    return _up_to_error(_path, value)


def _path_length_value(value: str) -> str | None:
    value = value.strip()
    fits = _number.fullmatch(value) and 0 <= float(value) <= MAX_PATH_LENGTH
    return value if fits else None


def _points_value(value: str) -> str | None:
    return _up_to_error(_points, value)


def _up_to_error(pattern: re.Pattern, value: str) -> str | None:
    found = pattern.match(_collapse(value))
    value = found.group().strip() if found else ""
    return None if not value or _too_large(value) else value


def _allowed_functions(value: str, allowed: frozenset[str]) -> bool:
    """Whether parentheses pair up, shallowly, and open only functions of `allowed`."""
    depth = 0
    for character in value:
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        if not 0 <= depth <= 4:
            return False
    return depth == 0 and all(name.lower() in allowed for name in _function.findall(value))


def _words_value(value: str, allowed: frozenset[str] = FUNCTIONS) -> str | None:
    """Numbers, keywords, colours and calls of allowed functions; never a string or a URL."""
    value = _collapse(value)
    if not value or len(value) > MAX_VALUE or not _words.fullmatch(value):
        return None
    if "//" in value or "/*" in value or _too_large(value):
        return None
    if "(" in value or ")" in value:
        return value if _allowed_functions(value, allowed) else None
    return value


def _transform_value(value: str) -> str | None:
    return _words_value(value, TRANSFORMS)


def _keyword_value(value: str) -> str | None:
    value = _collapse(value)
    return value if _keyword.fullmatch(value) else None


def _word_value(value: str) -> str | None:
    value = value.strip()
    return value if _word.fullmatch(value) else None


def _name_value(value: str) -> str | None:
    """A filter result; names with spaces, which some programs write, are joined."""
    value = "_".join(value.split())
    return value if _name.fullmatch(value) else None


def _colour_value(value: str) -> str | None:
    value = _collapse(value)
    if len(value) > 200 or not _colour.fullmatch(value) or "//" in value:
        return None
    return value


def _paint_value(value: str) -> str | None:
    value = _collapse(value)
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


def _reference_value(value: str) -> str | None:
    value = value.strip()
    found = _reference.fullmatch(value)
    if not found:
        return None
    if found["none"]:
        return value
    name = prefixed(unquote(found["id"]))
    return name and f"url(#{name})"


def _clip_value(value: str) -> str | None:
    """A reference or a basic shape, perhaps with the box that it is measured in."""
    if "url" in value.lower():
        return _reference_value(value)
    found = _path_function.fullmatch(value.strip()) if len(value) <= MAX_VALUE else None
    if found:
        data = _path_value(found["data"])
        rule = found["rule"] + "," if found["rule"] else ""
        return data and f"path({rule}'{data}')"
    return _words_value(value, SHAPES | {"calc"})


def _filter_value(value: str) -> str | None:
    """References and filter functions; blurs and shadows are bounded (§2 limits)."""
    value = _collapse(value)
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
    if name not in FILTERS or (arguments and _words_value(arguments, COLOURS) is None):
        return None
    # Colours may count to 360 and beyond; lengths may not.
    outside = _hex.sub("", _inner.sub("", arguments))
    if name in ("blur", "drop-shadow"):
        if _not_pixels.search(outside):
            return None
        if any(abs(float(number)) > MAX_BLUR for number in _number.findall(outside)):
            return None
    return f"{name}({arguments})"


def _dashes_value(value: str) -> str | None:
    """A dash pattern that is not so fine that drawing it takes for ever."""
    words = _words_value(value)
    if words is None or words in ("none", "inherit", "initial"):
        return words
    if "(" in words:
        return None
    lengths = [float(number) for number in _number.findall(words)]
    if any(length < 0 for length in lengths):
        return None
    return words if sum(lengths) >= MIN_DASH * max(1, len(lengths) // 2) else None


def _family_value(value: str) -> str | None:
    """Font names, each quoted anew unless it is a plain identifier; odd ones are left out."""
    if len(value) > MAX_VALUE:
        return None
    names = []
    for name in value.split(","):
        name = _collapse(name)
        if len(name) >= 2 and name[0] == name[-1] and name[0] in "'\"":
            name = _collapse(name[1:-1])
        if _family.fullmatch(name):
            names.append(name if _plain_family.fullmatch(name) else f"'{name}'")
    return ",".join(names) or None


def _display_value(value: str) -> str | None:
    value = value.strip().lower()
    return value if value in DISPLAYS else None


def _clamped(limit: float) -> Callable[[str], str | None]:
    """A check for one or two numbers that cuts each down to `limit`."""

    def check(value: str) -> str | None:
        value = _collapse(value)
        if not _numbers.fullmatch(value):
            return None
        numbers = _number.findall(value)
        if not 1 <= len(numbers) <= 2:
            return None
        return " ".join(n if abs(float(n)) <= limit else f"{limit:g}" for n in numbers)

    return check


def _order_value(value: str) -> str | None:
    numbers = value.replace(",", " ").split()
    fits = all(len(n) <= 2 and n.isascii() and n.isdigit() for n in numbers)
    fits = fits and all(1 <= int(n) <= MAX_ORDER for n in numbers)
    return " ".join(numbers) if 1 <= len(numbers) <= 2 and fits else None


def _octaves_value(value: str) -> str | None:
    value = value.strip()
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        return None
    return value if int(value) <= MAX_OCTAVES else str(MAX_OCTAVES)


def _animated_value(value: str) -> str | None:
    """Values of an animation: numbers, colours, path data; no URL, no scheme, no string."""
    value = _collapse(value)
    if not value or not _animated.fullmatch(value) or _too_large(value):
        return None
    functions = {name.lower() for name in _function.findall(value)} if "(" in value else set()
    return value if functions <= FUNCTIONS else None


def _target_value(value: str) -> str | None:
    """The name that an animation may change, in exactly this spelling (§2, SMIL)."""
    return value if value in ANIMATABLE else None


def _clock_value(value: str) -> str | None:
    value = value.strip()
    return value if _clock.fullmatch(value) else None


def _times_value(value: str) -> str | None:
    """When an animation begins or ends: offsets and events of this drawing's own elements."""
    if len(value) > MAX_VALUE:
        return None
    moments = [_moment_value(moment.strip()) for moment in value.split(";") if moment.strip()]
    return _joined(moments, "; ")


def _joined(parts: list[str | None], separator: str) -> str | None:
    """The parts as one value; None when there are none or one of them is not allowed."""
    allowed = [part for part in parts if part is not None]
    return separator.join(allowed) if allowed and len(allowed) == len(parts) else None


def _moment_value(moment: str) -> str | None:
    found = _moment.fullmatch(moment)
    if not found:
        return None
    if not found["event"]:
        return moment
    event = found["event"] + _collapse(found["offset"] or "").replace(" ", "")
    if not found["id"]:
        return event
    name = prefixed(found["id"])
    return name and f"{name}.{event}"


def _role_value(value: str) -> str | None:
    value = value.strip().lower()
    return value if value in ROLES else None


def _prose_value(value: str) -> str | None:
    """Words for people; the serialiser escapes them."""
    return _collapse(value)[:1000].strip() or None


def _ids_value(value: str) -> str | None:
    return _joined([prefixed(name) for name in value.split()[:20]], " ")


def _languages_value(value: str) -> str | None:
    value = _collapse(value)
    return value if _languages.fullmatch(value) else None


def _extensions_value(value: str) -> str | None:
    """Any required extension is one that we do not have; its address is not kept."""
    value = _collapse(value)
    fits = len(value) < 100 and _extensions.fullmatch(value) and not _not_finite.search(value)
    return value if fits else "unsupported"


def _remembered(check: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """`check`, remembering its answers for short values, which recur in every drawing."""

    def finite(value: str) -> str | None:
        clean = None if _not_finite.search(value) else check(value)
        return None if clean and _active.search(clean) else clean

    remember = lru_cache(maxsize=4096)(finite)

    def checked(value: str) -> str | None:
        return remember(value) if len(value) <= 80 else finite(value)

    return checked


GRAMMARS: dict[str, Callable[[str], str | None]] = {
    "number": _remembered(_number_value),
    "length": _remembered(_length_value),
    "lengths": _remembered(_lengths_value),
    "numbers": _remembered(_numbers_value),
    "words": _remembered(_words_value),
    "word": _remembered(_word_value),
    "keyword": _remembered(_keyword_value),
    "name": _remembered(_name_value),
    "transform": _remembered(_transform_value),
    "path": _path_value,
    "css length": _remembered(_css_length_value),
    "css path": _css_path_value,
    "path length": _remembered(_path_length_value),
    "points": _points_value,
    "paint": _remembered(_paint_value),
    "colour": _remembered(_colour_value),
    "reference": _remembered(_reference_value),
    "clip": _remembered(_clip_value),
    "filter": _remembered(_filter_value),
    "dashes": _remembered(_dashes_value),
    "family": _remembered(_family_value),
    "display": _remembered(_display_value),
    "blur": _remembered(_clamped(MAX_BLUR)),
    "radius": _remembered(_clamped(MAX_RADIUS)),
    "octaves": _remembered(_octaves_value),
    "order": _remembered(_order_value),
    "animated": _remembered(_animated_value),
    "target": _remembered(_target_value),
    "times": _remembered(_times_value),
    "clock": _remembered(_clock_value),
    "id": prefixed,
    "href": fragment,
    "role": _role_value,
    "prose": _prose_value,
    "ids": _ids_value,
    "languages": _remembered(_languages_value),
    "extensions": _extensions_value,
}
