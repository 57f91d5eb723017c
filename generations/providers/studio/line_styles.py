"""The styles that only draw lines: outline and line-art."""

import math
from collections.abc import Callable

from pathops import Path

from . import colours, geometry
from .geometry import Point
from .glyphs import LINE
from .hatching import hatched
from .markup import group, repeated, shape
from .pens import Pen
from .scene import Item, Scene

_WIDTH, _WIDEST, _FINEST = 10.0, 8.0, 5.5  # of an outline: of icons drawn with a pen, and of others
_OUTLINE_COLOURS, _ART_COLOURS = 0.1, 0.045  # nearer colours have no line between them
_EDGE, _INNER, _SHADE = 3.4, 2.4, 2.0  # of line art
_DARK = 0.42
_SLIGHT = 3.2  # too thin for hatching


def outline(scene: Scene) -> str:
    """Contours in one colour and one width, no fills."""
    scene = scene.within((30, 30, 226, 226))
    width = _fitting(scene)
    pen = Pen(width)
    _trace(scene, pen, _OUTLINE_COLOURS)
    return repeated(_drawn(pen.lines, _ink(scene), width), scene.copies)


def line_art(scene: Scene) -> str:
    """Fine flowing lines, the edges stronger, and hatching where no light falls."""
    scene = scene.within((28, 28, 228, 228))
    pen = Pen(_INNER)
    edges = _trace(scene, pen, _ART_COLOURS)
    shade = [hatched(area, 5.2) for area in _shady(scene)]
    ink = _ink(scene)
    return repeated(
        _drawn(shade, ink, _SHADE)
        + _drawn(pen.lines[edges:], ink, _INNER)
        + _drawn(pen.lines[:edges], ink, _EDGE),
        scene.copies,
    )


def _trace(scene: Scene, pen: Pen, tolerance: float) -> int:
    """Draw the edges of the items and then what is in them; how many lines are edges."""
    for index in reversed(range(len(scene.items))):
        item = scene.items[index]
        for line in item.lines:
            pen.keep(line, _hider(scene, index))
        if not item.lines:
            pen.draw(_calm(item.silhouette, pen), _hider(scene, index))
    edges = len(pen.lines)
    for index in reversed(range(len(scene.items))):
        if not scene.items[index].lines:
            _trace_inside(scene.items[index], pen, tolerance, _hider(scene, index))
    return edges


def _calm(path: Path, pen: Pen) -> Path:
    """The area without notches that the pen would fill."""
    by = 0.3 * pen.width
    return geometry.shrunk(geometry.grown(path, by), by)


def _trace_inside(item: Item, pen: Pen, tolerance: float, hidden: Callable[[Point], bool]) -> None:
    for path, paint in item.regions(tolerance):
        for contour in geometry.contours(path):
            left, top, right, bottom = contour.bounds
            across = max(right - left, bottom - top)
            if across > 2.2 * pen.width:
                pen.draw(contour, hidden)
            elif across > 0.4 * pen.width and colours.to_lch(paint)[0] < _DARK:
                pen.dot(((left + right) / 2, (top + bottom) / 2), hidden)


def _hider(scene: Scene, index: int) -> Callable[[Point], bool]:
    """Whether a point of an item is behind those in front of it."""
    above = [(item.box, item.silhouette) for item in scene.in_front(index)]
    return lambda point: any(
        geometry.is_within(point, box) and area.contains(point) for box, area in above
    )


def _fitting(scene: Scene) -> float:
    """A finer pen where things are small or lines dense, so that they do not run together."""
    if all(item.lines for item in scene.items):
        scales = [item.scale for item in scene.items]
        usual = 0.85 * LINE * math.sqrt(min(scales) * max(scales))
        return round(2 * min(_WIDTH, max(_FINEST, usual))) / 2
    left, top, right, bottom = scene.extent
    pen = Pen(_FINEST)
    _trace(scene, pen, _OUTLINE_COLOURS)
    length = sum(geometry.perimeter(line) for line in pen.lines)
    room = (right - left) * (bottom - top) / max(length, 1.0)
    small = [1.1 * LINE * item.scale for item in scene.items if item.lines]
    return round(2 * min(_WIDEST, max(_FINEST, min([0.36 * room, *small])))) / 2


def _shady(scene: Scene) -> list[Path]:
    """The areas that are dark, or turned away from the light at the upper left."""
    found = []
    for index, item in enumerate(scene.items):
        if geometry.thickness(item.silhouette) < _SLIGHT:
            continue
        left, top, right, bottom = item.box
        reach = 0.07 * max(right - left, bottom - top)
        away = geometry.subtract(item.silhouette, geometry.move(item.silhouette, -reach, -reach))
        dark = [p for p, paint in item.regions(_ART_COLOURS) if colours.to_lch(paint)[0] < _DARK]
        area = geometry.union([away, *dark])
        for other in scene.in_front(index):
            area = geometry.subtract(area, other.silhouette)
        found.append(area)
    return found


def _ink(scene: Scene) -> str:
    """The colour asked for, dark enough to be seen as a line; else ink."""
    if not scene.colour:
        return colours.INK
    light, chroma, hue = colours.to_lch(scene.colour)
    if chroma < 0.03 and light > 0.8:
        return colours.INK
    return colours.from_lch(min(light, 0.68), chroma, hue)


def _drawn(lines: list[Path], ink: str, width: float) -> str:
    content = "".join(shape(line) for line in lines)
    return group(
        content,
        fill="none",
        stroke=ink,
        stroke_width=width,
        stroke_linecap="round",
        stroke_linejoin="round",
    )
