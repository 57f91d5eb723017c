"""Colours as they are meant."""

import re
from functools import lru_cache

from tinycss2 import color4

NAMES = frozenset("fill stroke color stop-color flood-color lighting-color".split())
KEYWORDS = frozenset(
    """none inherit initial unset revert currentcolor transparent context-fill context-stroke
    accentcolor canvas canvastext""".split()
)
NOTHING = frozenset("no empty nothing nofill nostroke null false off nil".split())
# Names that CSS does not know, as models use them.
WANTED = dict(
    pair.split("=")
    for pair in """
    cream=#fffdd0 mustard=#e1ad01 charcoal=#36454f peach=#ffcba4 rose=#ff66a3 amber=#ffbf00
    emerald=#50c878 burgundy=#800020 mint=#98ff98 sand=#d9c28f rust=#b7410e navyblue=#000080
    skin=#f1c27d skintone=#f1c27d lightbrown=#b5651d darkbrown=#5c4033 lemon=#fff44f
    lilac=#c8a2c8 terracotta=#e2725b caramel=#c68e17 offwhite=#faf9f6 darkyellow=#cc9900
    darkpurple=#301934 gray50=#7f7f7f lightpurple=#cbc3e3 lightorange=#ffd580 darkpink=#e75480
    wood=#a1662f forest=#228b22 sky=#87ceeb royal=#4169e1 jade=#00a86b copper=#b87333
    bronze=#cd7f32 ruby=#e0115f sapphire=#0f52ba lightred=#ff7f7f brightred=#ff0000
    darkteal=#014d4e ocean=#0077be""".split()
)

_hex = re.compile(r"(#|0[xX]|)\s*+([0-9a-fA-F][0-9a-fA-F\s]*)")
_hexes = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})(?![0-9a-zA-Z])")
_numbers = re.compile(r"(?:rgba?)?[\s(]*+(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})[\s,)]*")
_function = re.compile(r"([a-zA-Z-]+)\s*\((.*)", re.DOTALL)
_legacy = re.compile(r"(?:rgb|hsl)a?\([^/a-z(]*,[^/a-z(]*,[^/a-z(]*\)")
_separators = re.compile(r"[\s_-]+")


@lru_cache(maxsize=2048)
def meant(text: str) -> str | None:
    """`text` as a colour or a keyword of paints; None where it is neither."""
    plain = " ".join(text.split())
    if len(plain) > 200:
        return text
    lower = plain.lower()
    if lower in KEYWORDS:
        return "currentColor" if lower == "currentcolor" else lower
    if "(" not in lower and color4.parse_color(lower) is not None:
        return text if lower == plain.lower() and plain.startswith("#") else lower
    if "var(" in lower or "color-mix(" in lower or " from " in lower:
        return text
    return _guessed(lower.replace("!important", "").strip(" ;:,'\"`[]{}"))


def _guessed(plain: str) -> str | None:
    if not plain:
        return None
    return (
        _of_name(plain)
        or _of_digits(plain)
        or _of_function(plain)
        or _of_numbers(plain)
        or _first_of(plain)
    )


def _of_name(plain: str) -> str | None:
    name = _separators.sub("", plain)
    if name == "currentcolor":
        return "currentColor"
    if name in KEYWORDS:
        return name
    if name in NOTHING:
        return "none"
    if not name.isalpha():
        return None
    return WANTED.get(name) or (name if color4.parse_color(name) is not None else None)


def _of_digits(plain: str) -> str | None:
    """Hexadecimal digits without their sign, with spaces, or one too few or too many."""
    found = _hex.fullmatch(plain)
    if not found:
        return None
    sign, digits = found[1], "".join(found[2].split())
    if not sign and len(digits) not in (3, 6, 8):
        return None
    if sign.startswith("0"):
        digits = digits[-6:]
    if len(digits) == 5:
        digits += digits[-1]
    if len(digits) == 7 or len(digits) > 8:
        digits = digits[:6]
    return "#" + digits if len(digits) in (3, 4, 6, 8) else None


def _of_function(plain: str) -> str | None:
    """One of the functions of CSS, closed; what not every program can read as plain digits."""
    found = _function.fullmatch(plain)
    if not found:
        return None
    name, arguments = found.groups()
    if name == "light-dark":
        return meant(_before_comma(arguments))
    written = f"{name}({arguments}" + ")" * max(arguments.count("(") + 1 - arguments.count(")"), 0)
    colour = color4.parse_color(written)
    if colour is None or isinstance(colour, str):
        return None
    return written if _legacy.fullmatch(written) else _digits(colour) or written


def _before_comma(arguments: str) -> str:
    depth = 0
    for at, character in enumerate(arguments):
        depth += (character == "(") - (character == ")")
        if depth < 0 or (character == "," and not depth):
            return arguments[:at]
    return arguments


def _digits(colour: color4.Color) -> str | None:
    try:
        red, green, blue = colour.to("srgb").coordinates
    except (NotImplementedError, ValueError, TypeError):
        return None
    parts = [red, green, blue] + ([colour.alpha] if colour.alpha < 1 else [])
    return "#" + "".join(f"{round(255 * min(max(part or 0, 0), 1)):02x}" for part in parts)


def _of_numbers(plain: str) -> str | None:
    found = _numbers.fullmatch(plain)
    if not found or any(int(part) > 255 for part in found.groups()):
        return None
    return f"rgb({found[1]},{found[2]},{found[3]})"


def _first_of(plain: str) -> str | None:
    """The first colour of several, or the one within other words."""
    if found := _hexes.search(plain):
        return found.group()
    first = re.split(r"[\s/,|]", plain, maxsplit=1)[0]
    return first if first != plain and color4.parse_color(first) is not None else None
