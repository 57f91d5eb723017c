"""Hatching: parallel lines across an area, as a pen would shade it."""

import math
from collections.abc import Iterable

from pathops import Path

from . import geometry
from .geometry import Point

_STEPS = 6  # straight pieces that stand for a curve


def hatched(area: Path, gap: float, *, turn: float = -45.0, inset: float = 1.5) -> Path:
    """Lines across the area, `gap` apart, `turn` degrees from the horizontal."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    level = area.transform(cos, -sin, sin, cos, 0, 0)
    lines = Path()
    for y, left, right in _spans(list(_edges(level)), gap):
        left, right = left + inset, right - inset
        if right - left > 1.2 * gap:
            lines.moveTo(left * cos - y * sin, left * sin + y * cos)
            lines.lineTo(right * cos - y * sin, right * sin + y * cos)
    return lines


def _spans(edges: list[tuple[Point, Point]], gap: float) -> Iterable[tuple[float, float, float]]:
    """Where level lines run inside of the edges: y, from, to."""
    crossings: dict[int, list[float]] = {}
    for (x1, y1), (x2, y2) in edges:
        low, high = min(y1, y2), max(y1, y2)
        for number in range(math.ceil(low / gap), math.ceil(high / gap)):
            share = (number * gap - y1) / (y2 - y1)
            crossings.setdefault(number, []).append(x1 + share * (x2 - x1))
    for number, found in sorted(crossings.items()):
        found.sort()
        for left, right in zip(found[::2], found[1::2], strict=False):
            yield number * gap, left, right


def _edges(path: Path) -> Iterable[tuple[Point, Point]]:
    start = here = (0.0, 0.0)
    for letter, points in geometry.segments(path):
        if letter == "M":
            start = here = points[0]
        elif letter == "Z":
            yield here, start
            here = start
        else:
            for point in _flattened(here, points):
                yield here, point
                here = point


def _flattened(start: Point, points: tuple[Point, ...]) -> Iterable[Point]:
    if len(points) == 1:
        yield points[0]
        return
    for number in range(1, _STEPS + 1):
        t, u = number / _STEPS, 1 - number / _STEPS
        weights = (
            (u * u, 2 * u * t, t * t)
            if len(points) == 2
            else (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
        )
        near = tuple(zip(weights, (start, *points), strict=True))
        yield sum(w * x for w, (x, _) in near), sum(w * y for w, (_, y) in near)
