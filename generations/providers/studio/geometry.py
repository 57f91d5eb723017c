"""Areas: making, combining and measuring them.

Areas are `pathops.Path` objects, treated as values: nothing here changes its arguments.
"""

import math
from collections.abc import Iterable

from pathops import LineCap, LineJoin, Path, PathOp, PathOpsError, op

from .pathdata import Point, number, parse, segments, write

__all__ = [
    "Box", "Point", "area", "around", "contours", "ellipse", "grown", "intersect", "is_empty",
    "is_within", "joined", "move", "number", "overlap", "parse", "perimeter", "rectangle",
    "segments", "shrunk", "simple", "stroked", "subtract", "thickness", "union", "write",
]  # fmt: skip

_KAPPA = 0.5522847498

Box = tuple[float, float, float, float]


# making


def ellipse(cx: float, cy: float, rx: float, ry: float | None = None) -> Path:
    ry = rx if ry is None else ry
    kx, ky = rx * _KAPPA, ry * _KAPPA
    path = Path()
    path.moveTo(cx + rx, cy)
    path.cubicTo(cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry)
    path.cubicTo(cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy)
    path.cubicTo(cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry)
    path.cubicTo(cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy)
    path.close()
    return path


def rectangle(x: float, y: float, width: float, height: float, radius: float = 0.0) -> Path:
    r = min(radius, width / 2, height / 2)
    if not r:
        return parse(f"M{x} {y}h{width}v{height}h{-width}z")
    return parse(
        f"M{x + r} {y}h{width - 2 * r}a{r} {r} 0 0 1 {r} {r}v{height - 2 * r}"
        f"a{r} {r} 0 0 1 {-r} {r}h{2 * r - width}a{r} {r} 0 0 1 {-r} {-r}"
        f"v{2 * r - height}a{r} {r} 0 0 1 {r} {-r}z"
    )


# combining


def move(path: Path, dx: float, dy: float) -> Path:
    return path.transform(1, 0, 0, 1, dx, dy)


def union(paths: Iterable[Path]) -> Path:
    """The area that any of the paths covers; holes stay holes."""
    whole = Path()
    for path in paths:
        whole = simple(path) if is_empty(whole) else _combine(whole, path, PathOp.UNION)
    return whole


def simple(path: Path) -> Path:
    """The same area without self-crossings."""
    for scale in (1.0, 1.0007, 0.9991):
        result = path.transform(scale, 0, 0, scale, 0, 0)
        try:
            result.simplify(fix_winding=True)
        except PathOpsError:
            continue
        if _is_as_wide(result, [path]):
            return result
    return Path(path)


def _is_as_wide(result: Path, parts: list[Path]) -> bool:
    """Whether a combined area still reaches as far as all of its parts."""
    boxes = [part.bounds for part in parts if not is_empty(part)]
    if not boxes:
        return True
    if is_empty(result):
        return False
    wanted = around(boxes)
    slack = 0.01 * max(wanted[2] - wanted[0], wanted[3] - wanted[1]) + 0.05
    return all(abs(one - other) < slack for one, other in zip(result.bounds, wanted, strict=True))


def joined(paths: Iterable[Path]) -> Path:
    """All paths as one, without working out their overlaps."""
    whole = Path()
    for path in paths:
        whole.addPath(path)
    return whole


def subtract(path: Path, other: Path) -> Path:
    return _combine(path, other, PathOp.DIFFERENCE)


def intersect(path: Path, other: Path) -> Path:
    return _combine(path, other, PathOp.INTERSECTION)


def _combine(path: Path, other: Path, how: PathOp) -> Path:
    """The two areas combined. Where Skia loses its way on edges that nearly meet, they are
    moved apart by a hair and tried again; failing that, the simplest stand-in is taken."""
    for hair in (0.0, 0.011, -0.017):
        try:
            result = op(path, move(other, hair, hair) if hair else other, how)
        except PathOpsError:
            continue
        if _is_plausible(result, path, other, how):
            return result
    return joined([path, other]) if how == PathOp.UNION else Path(path)


def _is_plausible(result: Path, one: Path, other: Path, how: PathOp) -> bool:
    """Whether an area can come of the two; a little is allowed for rounding."""
    slack = 0.02 * max(area(one), area(other)) + 0.05
    if how == PathOp.UNION:
        return _is_as_wide(result, [one, other]) and area(result) > area(one) - slack
    if how == PathOp.DIFFERENCE:
        fits = area(one) - area(other) - slack <= area(result) <= area(one) + slack
        return fits and _reaches_past(result, one, other)
    return area(result) <= min(area(one), area(other)) + slack


def _reaches_past(rest: Path, one: Path, other: Path) -> bool:
    """Whether what is left of an area still reaches as far as it did where nothing was cut off."""
    if is_empty(one) or is_empty(other):
        return True
    whole, cut = one.bounds, other.bounds
    slack = 0.01 * max(whole[2] - whole[0], whole[3] - whole[1]) + 0.05
    return not any(
        (whole[side] - cut[side]) * outwards > slack
        and (is_empty(rest) or abs(rest.bounds[side] - whole[side]) > slack)
        for side, outwards in enumerate((-1, -1, 1, 1))
    )


def stroked(path: Path, width: float) -> Path:
    """The area that a round pen of this width covers along the path."""
    area = Path(path)
    area.stroke(width, LineCap.ROUND_CAP, LineJoin.ROUND_JOIN, 4)
    area.convertConicsToQuads(0.05)
    return simple(area)


def grown(path: Path, by: float) -> Path:
    return union([path, stroked(path, 2 * by)])


def shrunk(path: Path, by: float) -> Path:
    """The area without its rim; where Skia loses its way, the area as it is."""
    least = area(path) - 1.1 * by * perimeter(path) - 0.05
    for hair in (0.0, 0.013, -0.019):
        result = subtract(path, stroked(path, 2 * by + hair))
        if area(result) >= least:
            return result
    return path


# measuring


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def is_within(point: Point, box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def around(boxes: Iterable[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return (min(left), min(top), max(right), max(bottom))


def area(path: Path) -> float:
    return abs(path.area)


def is_empty(path: Path) -> bool:
    return not list(path.verbs)


def contours(path: Path) -> list[Path]:
    return [Path(contour) for contour in path.contours]


def thickness(path: Path) -> float:
    """How thick an area is, about: twice its area by its perimeter."""
    around_it = perimeter(path)
    return 2 * area(path) / around_it if around_it else 0.0


def perimeter(path: Path) -> float:
    total, start, here = 0.0, (0.0, 0.0), (0.0, 0.0)
    for letter, points in segments(path):
        if letter == "M":
            start = here = points[0]
        elif letter == "Z":
            total += math.dist(here, start)
            here = start
        for point in points:
            total += math.dist(here, point)
            here = point
    return total
