"""How much a path asks of what draws it: where markers may stand, how far its pen travels."""

import re

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
    for command, written in _commands(text):
        numbers = [float(number) for number in _number.findall(written)]
        kind = command.lower()
        if kind == "z":
            continue
        step = {"a": 7}.get(kind, NUMBERS[kind])
        if kind == "h":
            points = [(number, y if command == "H" else 0.0) for number in numbers]
        elif kind == "v":
            points = [(x if command == "V" else 0.0, number) for number in numbers]
        else:
            points = list(zip(numbers[step - 2 :: step], numbers[step - 1 :: step], strict=False))
        for to_x, to_y in points:
            if command == kind:
                travelled += max(abs(to_x), abs(to_y))
                x, y = x + to_x, y + to_y
            else:
                travelled += max(abs(to_x - x), abs(to_y - y))
                x, y = to_x, to_y
    return travelled


def _commands(text: str) -> list[tuple[str, str]]:
    """The commands of a path, each with its numbers as they are written.

    Points are a path of lines.
    """
    return _command.findall(text if text[:1] in ("M", "m") else "L" + text)
