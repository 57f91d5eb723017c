"""How much a path asks of what draws it: where markers may stand, how far its pen travels."""

import re
from collections.abc import Iterator

from generations.svg.words import NUMBER

_command = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*+)")
_number = re.compile(NUMBER)
# How many numbers make one step. Arcs have seven, but their two flags may be written together.
NUMBERS = {"h": 1, "v": 1, "m": 2, "l": 2, "t": 2, "s": 4, "q": 4, "c": 6, "a": 5}


def vertices(text: str) -> int:
    """How many places of a path (or of points) a marker may stand on, at most."""
    return sum(
        [
            max(1, len(_number.findall(numbers)) // NUMBERS.get(command.lower(), 1))
            for command, numbers in _commands(text)
        ]
    )


def sweep(text: str) -> float:
    """How far the pen travels, about: the sum of the larger side of every step."""
    travelled, x, y = 0.0, 0.0, 0.0
    for to_x, to_y in points(text):
        travelled += max(abs(to_x - x), abs(to_y - y))
        x, y = to_x, to_y
    return travelled


def points(text: str) -> Iterator[tuple[float, float]]:
    """Where each step of the pen ends."""
    x, y = start = (0.0, 0.0)
    for command, written in _commands(text):
        numbers = [float(number) for number in _number.findall(written)]
        kind = command.lower()
        if kind == "z":
            x, y = start
            continue
        is_relative = command == kind
        step = {"a": 7}.get(kind, NUMBERS[kind])
        if kind == "h":
            ends = [(number, 0.0 if is_relative else y) for number in numbers]
        elif kind == "v":
            ends = [(0.0 if is_relative else x, number) for number in numbers]
        else:
            ends = list(zip(numbers[step - 2 :: step], numbers[step - 1 :: step], strict=False))
        for number, (to_x, to_y) in enumerate(ends):
            x, y = (x + to_x, y + to_y) if is_relative else (to_x, to_y)
            start = (x, y) if kind == "m" and not number else start
            yield x, y


def _commands(text: str) -> list[tuple[str, str]]:
    """The commands of a path, each with its numbers as they are written.

    Points are a path of lines.
    """
    return _command.findall(text if text[:1] in ("M", "m") else "L" + text)
