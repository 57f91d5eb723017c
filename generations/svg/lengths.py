"""The grammars of numbers, lengths and transforms."""

import re
from collections.abc import Callable

from generations.svg.tables import MAX_OCTAVES, MAX_ORDER, MAX_PATH_LENGTH, MIN_DASH
from generations.svg.words import (
    NUMBER,
    NUMBERS,
    UNIT,
    calculation,
    collapse,
    too_large,
    words_value,
)

TRANSFORMS = frozenset(
    """matrix translate translatex translatey translatez translate3d scale scalex scaley
    rotate rotatez skew skewx skewy""".split()
)
_length = re.compile(NUMBER + UNIT, re.IGNORECASE | re.ASCII)
_lengths = re.compile(
    rf"{NUMBER}{UNIT}(?:(?:\s*+,\s*+|\s++){NUMBER}{UNIT})*+|(?P<word>[a-z-]++)", re.IGNORECASE
)
# Keywords of positions and angles: refX (SVG 2 §13.7.1), orient, rotate of animateMotion.
POSITIONS = frozenset("left center right top bottom auto auto-reverse auto-start-reverse".split())
_numbers = re.compile(r"[0-9eE+\-.,\s]++")


def number_value(value: str) -> str | None:
    value = value.strip()
    return value if NUMBERS.fullmatch(value) and not too_large(value) else None


def length_value(value: str) -> str | None:
    value = value.strip()
    if _length.fullmatch(value):
        return None if too_large(value) else value
    return value if value == "auto" else calculation(value)


def lengths_value(value: str) -> str | None:
    value = collapse(value)
    found = _lengths.fullmatch(value)
    if not found:
        return calculation(value)
    if found["word"]:
        return value if value in POSITIONS else None
    return None if too_large(value) else value


def css_length_value(value: str) -> str | None:
    """A length as CSS has it: a number without a unit is none, except zero."""
    clean = length_value(value)
    is_number = bool(clean and NUMBERS.fullmatch(clean) and float(clean))
    return None if is_number else clean


def numbers_value(value: str) -> str | None:
    value = collapse(value)
    if not _numbers.fullmatch(value) or too_large(value):
        return None
    return value


def path_length_value(value: str) -> str | None:
    value = value.strip()
    fits = NUMBERS.fullmatch(value) and 0 <= float(value) <= MAX_PATH_LENGTH
    return value if fits else None


def transform_value(value: str) -> str | None:
    return words_value(value, TRANSFORMS)


def dashes_value(value: str) -> str | None:
    """A dash pattern that is not so fine that drawing it takes for ever."""
    words = words_value(value)
    if words is None or words in ("none", "inherit", "initial"):
        return words
    if "(" in words:
        return None
    lengths = [float(number) for number in NUMBERS.findall(words)]
    if any(length < 0 for length in lengths):
        return None
    return words if sum(lengths) >= MIN_DASH * max(1, len(lengths) // 2) else None


def clamped(limit: float) -> Callable[[str], str | None]:
    """A check for one or two numbers that cuts each down to `limit`."""

    def check(value: str) -> str | None:
        value = collapse(value)
        if not _numbers.fullmatch(value):
            return None
        numbers = NUMBERS.findall(value)
        if not 1 <= len(numbers) <= 2:
            return None
        return " ".join(n if abs(float(n)) <= limit else f"{limit:g}" for n in numbers)

    return check


def order_value(value: str) -> str | None:
    numbers = value.replace(",", " ").split()
    fits = all(len(n) <= 2 and n.isascii() and n.isdigit() for n in numbers)
    fits = fits and all(1 <= int(n) <= MAX_ORDER for n in numbers)
    return " ".join(numbers) if 1 <= len(numbers) <= 2 and fits else None


def octaves_value(value: str) -> str | None:
    value = value.strip()
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        return None
    return value if int(value) <= MAX_OCTAVES else str(MAX_OCTAVES)
