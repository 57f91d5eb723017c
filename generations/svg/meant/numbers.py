"""Numbers and lengths as they are meant."""

import re
import unicodedata
from functools import lru_cache

from generations.svg.lengths import length_value
from generations.svg.words import NUMBER

NAMES = frozenset(
    """x y x1 y1 x2 y2 cx cy r rx ry fx fy fr width height offset opacity fill-opacity
    stroke-opacity stop-opacity flood-opacity stroke-width stroke-miterlimit stroke-dashoffset
    markerWidth markerHeight refX refY""".split()
)
MAX_LENGTH = 60  # characters of what may be one number
SIGNS = dict.fromkeys(map(ord, "−–—‒‐‑﹣－"), "-") | dict.fromkeys(map(ord, "˗⁃"), "-")
NO_NUMBERS = re.compile(r"nan|undefined|null|none|infinity", re.IGNORECASE)

_comma = re.compile(r"([+-]?[0-9]+),([0-9]+)([a-z%]*)")
_letters = re.compile(r"(?<=[0-9.])[oO](?![a-zA-Z])|[oO](?=[0-9.])")
_first = re.compile(rf"{NUMBER}(?:\s*+(?:px|pt|pc|mm|cm|in|em|rem|ex|%)(?![a-z]))?", re.IGNORECASE)
_sum = re.compile(r"[-+*/(). 0-9]+")
_term = re.compile(r"\s*+([0-9]*\.?[0-9]+|[-+*/()])")
_kept = re.compile(
    r"auto|inherit|initial|unset|left|right|center|top|bottom|(?:calc|var|min|max)\(.*"
)


def meant(text: str) -> str | None:
    """`text` as one length, such as "10 px", "12,5", "128 - 20" or "６０" is meant."""
    if length_value(text) is not None or _kept.fullmatch(text.strip()):
        return text
    return _meant(text) if len(text) <= MAX_LENGTH else None


@lru_cache(maxsize=1024)
def _meant(text: str) -> str | None:
    plain = digits(text).strip(" \t\r\n'\"`;:,[]{}")
    plain = plain.replace("%%", "%").replace("percent", "%")
    if NO_NUMBERS.search(plain):
        return None
    if found := _comma.fullmatch(plain):
        return f"{found[1]}.{found[2]}{found[3]}"
    if _sum.fullmatch(plain) and (result := reckoned(plain)) is not None:
        return result
    number = _first.search(plain)
    return "".join(number.group().split()) if number else None


def digits(text: str) -> str:
    """`text` with the digits of ASCII, and no letters where digits are meant."""
    return _letters.sub("0", ascii_digits(text))


def ascii_digits(text: str) -> str:
    """`text` with the digits, signs and spaces of other scripts as those of ASCII."""
    if text.isascii():
        return text
    normal = unicodedata.normalize("NFKC", text.translate(SIGNS)).translate(SIGNS)
    return "".join(_ascii(character) for character in normal)


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    if character.isspace():
        return " "
    digit = unicodedata.decimal(character, None)
    return (
        ""
        if unicodedata.category(character) == "Cf"
        else character
        if digit is None
        else str(digit)
    )


def reckoned(text: str) -> str | None:
    """What a short sum comes to, such as "2 * 14"; None where it is none."""
    tokens = _term.findall(text)
    if len("".join(tokens)) != len("".join(text.split())):
        return None
    try:
        result, at = _sum_of(tokens, 0)
    except (IndexError, ValueError, ZeroDivisionError, RecursionError):
        return None
    return f"{result:.6f}".rstrip("0").rstrip(".") if at == len(tokens) else None


def _sum_of(tokens: list[str], at: int) -> tuple[float, int]:
    result, at = _product_of(tokens, at)
    while at < len(tokens) and tokens[at] in "+-":
        other, after = _product_of(tokens, at + 1)
        result, at = (result + other if tokens[at] == "+" else result - other), after
    return result, at


def _product_of(tokens: list[str], at: int) -> tuple[float, int]:
    result, at = _one(tokens, at)
    while at < len(tokens) and tokens[at] in "*/":
        other, after = _one(tokens, at + 1)
        result, at = (result * other if tokens[at] == "*" else result / other), after
    return result, at


def _one(tokens: list[str], at: int) -> tuple[float, int]:
    if tokens[at] in "+-":
        value, after = _one(tokens, at + 1)
        return (value if tokens[at] == "+" else -value), after
    if tokens[at] == "(":
        value, after = _sum_of(tokens, at + 1)
        if tokens[after] != ")":
            raise ValueError
        return value, after + 1
    return float(tokens[at]), at + 1
