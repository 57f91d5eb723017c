"""Transforms as they are meant: the functions of SVG with plain numbers."""

import math
import re
from functools import lru_cache

from generations.svg.meant.numbers import NO_NUMBERS, digits, reckoned
from generations.svg.words import NUMBER

MAX_LENGTH = 400
COUNTS = {
    "translate": (1, 2),
    "scale": (1, 2),
    "rotate": (1, 3),
    "skewX": (1,),
    "skewY": (1,),
    "matrix": (6,),
}
NAMES = {name.lower(): name for name in COUNTS}
TURNS = {"deg": 1.0, "°": 1.0, "rad": 180 / math.pi, "turn": 360.0, "grad": 0.9}

_good = re.compile(
    rf"\s*+(?:(?:translate|scale|rotate|skewX|skewY|matrix)"
    rf"\(\s*+{NUMBER}(?:[\s,]*+{NUMBER}){{0,5}}+\s*+\)[\s,]*+)++"
)
_name = re.compile(
    r"(translate3d|translate[xyz]?|scale3d|scale[xyz]?|rotate[xyz]?|skew[xy]|matrix)(?![a-z])",
    re.IGNORECASE,
)
_argument = re.compile(rf"({NUMBER})\s*+(deg|°|rad|turn|grad|px)?", re.IGNORECASE)
_sums = re.compile(r"[0-9.]+\s*[*/]\s*[0-9.]+")


_styled = re.compile(
    rf"(?:(?:translate[xy]?|scale[xy]?|rotate|skew[xy]|matrix)\(\s*+{NUMBER}(?:px|deg|rad|turn|grad)?"
    rf"(?:[\s,]++{NUMBER}(?:px|deg|rad|turn|grad)?){{0,5}}+\s*+\)\s*+)++",
    re.IGNORECASE,
)


def of_style(text: str) -> str | None:
    """A transform of CSS as an attribute says it; None for what only CSS can say."""
    return meant(text) if len(text) <= MAX_LENGTH and _styled.fullmatch(text) else None


@lru_cache(maxsize=512)
def meant(text: str) -> str | None:
    """`text` without units, with its brackets, and only of functions that SVG has."""
    if (
        _good.fullmatch(text)
        or len(text) > MAX_LENGTH
        or "%" in text
        or text.strip() in ("none", "inherit", "")
    ):
        return text
    plain = digits(text.replace("°", "deg"))
    found = list(_name.finditer(plain))
    ends = [one.start() for one in found[1:]] + [len(plain)]
    functions = [
        _written(one[1], plain[one.end() : end].partition(")")[0])
        for one, end in zip(found, ends, strict=False)
    ]
    return " ".join(one for one in functions if one) or None


def _written(name: str, arguments: str) -> str | None:
    kind, axis = name.lower(), ""
    if kind in ("translatex", "translatey", "scalex", "scaley"):
        kind, axis = kind[:-1], kind[-1]
    kind = {"rotatez": "rotate", "translate3d": "translate", "scale3d": "scale"}.get(kind, kind)
    name = NAMES.get(kind, "")
    if not name or NO_NUMBERS.search(arguments):
        return None
    summed = _sums.sub(lambda found: reckoned(found.group()) or "", arguments)
    numbers = [_number(*found) for found in _argument.findall(summed)]
    if axis:
        other = "0" if kind == "translate" else "1"
        numbers = [numbers[0], other] if axis == "x" else [other, numbers[0]] if numbers else []
    if name == "rotate" and len(numbers) == 2:
        numbers = numbers[:1]
    numbers = numbers[: COUNTS[name][-1]]
    return f"{name}({' '.join(numbers)})" if len(numbers) in COUNTS[name] else None


def _number(number: str, unit: str) -> str:
    turn = TURNS.get(unit.lower(), 1.0)
    return number if turn == 1 else f"{float(number) * turn:.4f}".rstrip("0").rstrip(".")
