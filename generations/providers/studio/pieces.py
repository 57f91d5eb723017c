"""The pieces of a line: points along it, parts of it, and the middle line of what is thin."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from pathops import Path

from . import geometry
from .geometry import Point

Segment = tuple[Point, ...]


@dataclass(slots=True)
class Sample:
    """A point of a line: on which piece and where on it, how far along the whole line, and how
    far away the nearest other line is.
    """

    segment: int
    t: float
    point: Point
    along: float
    distance: float = math.inf


def spine(contour: Path, width: float) -> Path | None:
    """The middle line of a contour so thin that a pen of this width would fill it; else None."""
    left, top, right, bottom = contour.bounds
    thick = geometry.thickness(contour)
    if thick > 0.8 * width or max(right - left, bottom - top) > 7 * width:
        return None
    pieces, closed = pieces_of(contour)
    points = [sample.point for sample in sampled(pieces, 0.3 * width)]
    if not closed or len(points) < 4:
        return None
    one = max(points, key=lambda point: math.dist(point, points[0]))
    start = points.index(one)
    points = points[start:-1] + points[:start]
    if geometry.perimeter(contour) > 3.1 * max(math.dist(point, one) for point in points):
        return None
    far = max(range(len(points)), key=lambda index: math.dist(points[index], one))
    there, back = points[: far + 1], [points[0], *reversed(points[far:])]
    middle = [_middle(there, back, share) for share in (0.06, 0.28, 0.5, 0.72, 0.94)]
    return _through(middle)


def _middle(there: list[Point], back: list[Point], share: float) -> Point:
    a = there[round(share * (len(there) - 1))]
    b = back[round(share * (len(back) - 1))]
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _through(points: list[Point]) -> Path:
    """A smooth line through the points; a straight one if they lie nearly so."""
    path = Path()
    path.moveTo(*points[0])
    (ax, ay), (bx, by) = points[0], points[-1]
    chord = math.dist(points[0], points[-1]) or 1.0
    if all(
        abs((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / chord < 0.12 * chord for x, y in points
    ):
        path.lineTo(*points[-1])
        return path
    for (x, y), (nx, ny) in pairwise(points[1:]):
        end = (nx, ny) if (nx, ny) == points[-1] else ((x + nx) / 2, (y + ny) / 2)
        path.quadTo(x, y, *end)
    return path


def pieces_of(contour: Path) -> tuple[list[Segment], bool]:
    """The pieces of one contour, each with its ends, and whether it is closed."""
    pieces: list[Segment] = []
    start = here = (0.0, 0.0)
    closed = False
    for letter, points in geometry.segments(contour):
        if letter == "M":
            start = here = points[0]
        elif letter == "Z":
            closed = True
            if math.dist(here, start) > 0.01:
                pieces.append((here, start))
        else:
            pieces.append((here, *points))
            here = points[-1]
    return pieces, closed


def sampled(pieces: list[Segment], step: float) -> list[Sample]:
    """Points along the pieces, a step apart or less, the ends of each among them."""
    found: list[Sample] = []
    along = 0.0
    for index, piece in enumerate(pieces):
        count = max(1, math.ceil(_length(piece) / step))
        for number in range(count + 1):
            if number == 0 and found:
                continue
            point = _at(piece, number / count)
            along += math.dist(point, found[-1].point) if found else 0.0
            found.append(Sample(index, number / count, point, along))
    return found


def _length(piece: Segment) -> float:
    chord = math.dist(piece[0], piece[-1])
    return (chord + sum(math.dist(a, b) for a, b in pairwise(piece))) / 2


def _at(piece: Segment, t: float) -> Point:
    while len(piece) > 1:
        piece = _stepped(piece, t)
    return piece[0]


def _stepped(piece: Segment, t: float) -> Segment:
    return tuple((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in pairwise(piece))


def _part(piece: Segment, start: float, end: float) -> Segment:
    """The piece from one parameter to another (de Casteljau)."""
    if end < 1:
        piece = _halves(piece, end)[0]
    return _halves(piece, start / end)[1] if start > 0 else piece


def _halves(piece: Segment, t: float) -> tuple[Segment, Segment]:
    first, second = [piece[0]], [piece[-1]]
    while len(piece) > 1:
        piece = _stepped(piece, t)
        first.append(piece[0])
        second.append(piece[-1])
    return tuple(first), tuple(reversed(second))


def written(pieces: list[Segment], run: list[Sample], *, whole: bool) -> Path:
    """The stretch of a line that a run of samples goes along; closed if it is the whole."""
    path = Path()
    path.moveTo(*run[0].point)
    for piece in pieces if whole else _parts(pieces, run):
        {2: path.lineTo, 3: path.quadTo, 4: path.cubicTo}[len(piece)](
            *(value for point in piece[1:] for value in point)
        )
    if whole:
        path.close()
    return path


def _parts(pieces: list[Segment], run: list[Sample]) -> Iterable[Segment]:
    """The pieces that a run goes along, the first and the last perhaps in part."""
    start, index = run[0].t, run[0].segment
    if start >= 1:
        start, index = 0.0, (index + 1) % len(pieces)
    end = run[0]
    for sample in run[1:]:
        if sample.segment != index:
            if end.segment == index:
                yield _part(pieces[index], start, 1.0)
            start, index = 0.0, sample.segment
        end = sample
    yield _part(pieces[index], start, end.t)
