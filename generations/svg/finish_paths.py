"""Path data and numbers in fewer characters: rounded, relative where that is shorter.

Numbers are whole multiples of a power of ten all the way, so that nothing adds up to an error
and what was made small once comes out the same again.
"""

import re
from functools import lru_cache

ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}

_command = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^A-DF-Za-df-z]*+)")
NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_number = re.compile(NUMBER)
_plain = re.compile(NUMBER)
_arc = re.compile(
    rf"\s*,?\s*({NUMBER})\s*,?\s*({NUMBER})\s*,?\s*({NUMBER})\s*,?\s*([01])\s*,?\s*([01])"
    rf"\s*,?\s*({NUMBER})\s*,?\s*({NUMBER})"
)


def path(data: str, decimals: int) -> str:
    """The same path in fewer characters; as it was where it is not plain."""
    found = _command.findall(data)
    if not found or "".join(map("".join, found)) != data:
        return data
    pen = _Pen(decimals)
    for letter, text in found:
        if not _take(pen, letter, text):
            return data
    return min("".join(pen.parts), data, key=len)


def points(text: str, decimals: int) -> str:
    """The points of a polygon or polyline in fewer characters."""
    numbers = _number.findall(text)
    return joined([written(whole(number, decimals), decimals) for number in numbers])


def number(text: str, decimals: int) -> str:
    """A plain number in fewer characters; anything else as it was."""
    if not _plain.fullmatch(text):
        return text
    return written(whole(text, decimals), decimals)


def whole(text: str, decimals: int) -> int:
    """How many of the smallest parts a number is."""
    return round(float(text) * 10**decimals)


@lru_cache(maxsize=32_768)
def written(value: int, decimals: int) -> str:
    """A number of smallest parts as it is written: 0.50 is .5"""
    if not decimals:
        return str(value)
    digits = str(abs(value)).rjust(decimals, "0")
    fraction = digits[-decimals:].rstrip("0")
    text = digits[:-decimals] + ("." + fraction if fraction else "")
    return ("-" if value < 0 else "") + (text or "0")


def joined(numbers: list[str]) -> str:
    """Numbers with no more space between them than it takes to tell them apart."""
    text = ""
    last = ""
    for one in numbers:
        apart = not last or one[0] == "-" or (one[0] == "." and "." in last)
        text += one if apart else " " + one
        last = one
    return text


def _take(pen: "_Pen", letter: str, text: str) -> bool:
    """Have the pen draw one command with all its repetitions; False where it is malformed."""
    kind, count = letter.upper(), ARGUMENTS[letter.upper()]
    if kind == "A":
        return _take_arcs(pen, letter, text)
    numbers = [whole(one, pen.decimals) for one in _number.findall(text)]
    if not count:
        pen.close()
        return not numbers
    if not numbers or len(numbers) % count:
        return False
    for start in range(0, len(numbers), count):
        pen.draw(kind, letter.islower(), numbers[start : start + count])
        kind = "L" if kind == "M" else kind
    return True


def _take_arcs(pen: "_Pen", letter: str, text: str) -> bool:
    found = _arc.findall(text)
    if not found or _arc.sub("", text).strip():
        return False
    for across, down, turn, large, sweep, x, y in found:
        shape = [number(one, pen.decimals).lstrip("-") for one in (across, down)]
        form = [*shape, number(turn, pen.decimals + 2), large, sweep]
        pen.arc(form, letter.islower(), [whole(x, pen.decimals), whole(y, pen.decimals)])
    return True


class _Pen:
    """Follows a path and writes it down anew."""

    def __init__(self, decimals: int) -> None:
        self.decimals = decimals
        self.parts: list[str] = []
        self.x = self.y = self.start_x = self.start_y = 0
        self.last = ""

    def close(self) -> None:
        self.parts.append("z")
        self.x, self.y, self.last = self.start_x, self.start_y, ""

    def draw(self, kind: str, relative: bool, numbers: list[int]) -> None:
        """One step; `numbers` are coordinates, from here on if they are relative."""
        here = [self.x if kind != "V" else self.y, self.y]
        if relative:
            numbers = [one + here[place % 2] for place, one in enumerate(numbers)]
        if kind == "H" or (kind == "L" and numbers[1] == self.y):
            self._write("H", [numbers[0]], [self.x])
            self.x = numbers[0]
        elif kind == "V" or (kind == "L" and numbers[0] == self.x):
            self._write("V", [numbers[-1]], [self.y])
            self.y = numbers[-1]
        else:
            self._write(kind, numbers, [self.x, self.y])
            self.x, self.y = numbers[-2:]
            if kind == "M":
                self.start_x, self.start_y = self.x, self.y

    def arc(self, form: list[str], relative: bool, end: list[int]) -> None:
        if relative:
            end = [end[0] + self.x, end[1] + self.y]
        self._write("A", end, [self.x, self.y], form)
        self.x, self.y = end

    def _write(self, kind: str, numbers: list[int], here: list[int], form: list[str] = []) -> None:  # noqa: B006
        decimals, wide = self.decimals, len(here)
        there = [written(one, decimals) for one in numbers]
        steps = [written(one - here[i % wide], decimals) for i, one in enumerate(numbers)]
        absolute, relative = joined(form + there), joined(form + steps)
        letter, text = kind, absolute
        if len(relative) + (self.last != kind.lower()) < len(absolute) + (self.last != kind):
            letter, text = kind.lower(), relative
        self.parts.append(self._continued(letter, text))
        self.last = {"M": "L", "m": "l"}.get(letter, letter)

    def _continued(self, letter: str, text: str) -> str:
        """A step as it follows on the one before, without its letter where that is the same."""
        if letter != self.last:
            return letter + text
        before = self.parts[-1]
        tail = re.split(r"[A-Za-z \-]", before)[-1]
        apart = text[0] == "-" or (text[0] == "." and "." in tail)
        return text if apart else " " + text
