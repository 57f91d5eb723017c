"""The grammars of outlines: path data, points, and what clips."""

import re

from generations.svg.paints import reference_value
from generations.svg.tables import MAX_VALUE
from generations.svg.words import collapse, too_large, words_value

SHAPES = frozenset("circle ellipse inset polygon rect xywh".split())
_path = re.compile(r"[MmLlHhVvCcSsQqTtAaZz0-9eE+\-.,\s]*+", re.ASCII)
_path_function = re.compile(
    r"path\(\s*+(?:(?P<rule>nonzero|evenodd)\s*+,\s*+)?"
    r"(?P<quote>[\"'])(?P<data>[MmLlHhVvCcSsQqTtAaZz0-9eE+\-.,\s]*+)(?P=quote)\s*+\)"
)
_points = re.compile(r"[0-9eE+\-.,\s]*+", re.ASCII)


def css_path_value(value: str) -> str | None:
    """The path data of `d: path("…")`."""
    found = _path_function.fullmatch(value.strip()) if len(value) <= MAX_VALUE else None
    return found and path_value(found["data"])


def path_value(value: str) -> str | None:
    """Path data up to its first error, which is how far a browser draws it (SVG 2 §9.5.4)."""
    return _up_to_error(_path, value)


def points_value(value: str) -> str | None:
    return _up_to_error(_points, value)


def _up_to_error(pattern: re.Pattern, value: str) -> str | None:
    found = pattern.match(collapse(value))
    value = found.group().strip() if found else ""
    return None if not value or too_large(value) else value


def clip_value(value: str) -> str | None:
    """A reference or a basic shape, perhaps with the box that it is measured in."""
    if "url" in value.lower():
        return reference_value(value)
    found = _path_function.fullmatch(value.strip()) if len(value) <= MAX_VALUE else None
    if found:
        data = path_value(found["data"])
        rule = found["rule"] + "," if found["rule"] else ""
        return data and f"path({rule}'{data}')"
    return words_value(value, SHAPES | {"calc"})
