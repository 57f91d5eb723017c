"""Custom properties put in where `var()` asks for them (CSS Variables 1 §3).

Text in, text out: what comes of it is judged by the grammar of its property like anything else.
"""

import re
from collections.abc import Callable, Mapping

from generations.svg.tables import MAX_VALUE, MAX_VARIABLE_DEPTH, MAX_VARIABLES

_opening = re.compile(r"(?<![\w-])var\(", re.IGNORECASE)
_mark = re.compile(r"[(),]")
Lookup = Callable[[str], str | None]


def resolved(own: Mapping[str, str], around: Mapping[str, str]) -> dict[str, str]:
    """The custom properties that hold for an element: its own over those that it inherits.

    One that refers to itself, to nothing or through too many others does not exist.
    """
    done: dict[str, str | None] = {}

    def lookup(name: str, depth: int) -> str | None:
        if name not in own:
            return around.get(name)
        if name not in done and depth <= MAX_VARIABLE_DEPTH:
            done[name] = None  # for as long as it is being looked up
            done[name] = substituted(own[name], lambda other: lookup(other, depth + 1))
        return done.get(name)

    found = {**around, **{name: lookup(name, 0) for name in list(own)[:MAX_VARIABLES]}}
    held = {name: value for name, value in found.items() if value is not None}
    return held if len(held) <= MAX_VARIABLES else dict(around)


def substituted(value: str, lookup: Lookup) -> str | None:
    """`value` with every `var()` replaced; None where one of them stands for nothing."""
    return _substituted(value, lookup, MAX_VARIABLE_DEPTH)


def _substituted(value: str, lookup: Lookup, depth: int) -> str | None:
    if len(value) > MAX_VALUE or depth < 0:
        return None
    parts: list[str] = []
    at = 0
    while opening := _opening.search(value, at):
        comma, end = _arguments(value, opening.end())
        if end < 0:
            return None
        found = lookup(value[opening.end() : comma if comma >= 0 else end].strip())
        if found is None and comma >= 0:
            found = _substituted(value[comma + 1 : end], lookup, depth - 1)
        if found is None:
            return None
        parts += value[at : opening.start()], found
        at = end + 1
    text = "".join([*parts, value[at:]])
    return text if len(text) <= MAX_VALUE else None


def _arguments(value: str, at: int) -> tuple[int, int]:
    """Where the first comma of a function is, and where the function ends; -1 for neither."""
    depth, comma = 0, -1
    for found in _mark.finditer(value, at):
        mark = found.group()
        if mark == "(":
            depth += 1
        elif mark == "," and depth == 0 and comma < 0:
            comma = found.start()
        elif mark == ")":
            if depth == 0:
                return comma, found.start()
            depth -= 1
    return comma, -1
