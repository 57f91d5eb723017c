"""The styles that only draw lines: outline and line-art."""

import math

from pathops import Path

from . import colours, geometry
from .markup import group, repeated, shape
from .scene import Scene

_OUTLINE_WIDTH = 7.0
_FINEST = 4.0
_OUTLINE_COLOURS = 0.13
_ART_COLOURS = 0.045


def outline(scene: Scene) -> str:
    """Contours in one colour and one width, no fills."""
    scene = scene.within((30, 30, 226, 226))
    lines = _lines(scene, _OUTLINE_COLOURS, _OUTLINE_WIDTH)
    return repeated(_drawn(lines, _ink(scene), _width(lines, scene)), scene.copies)


def line_art(scene: Scene) -> str:
    """Fine contours of everything that can be seen, the silhouette a little stronger."""
    scene = scene.within((28, 28, 228, 228))
    inside = _lines(scene, _ART_COLOURS, 2.0)
    if all(item.lines for item in scene.items):
        return repeated(_drawn(inside, _ink(scene), 3.0), scene.copies)
    filled = [item.silhouette for item in scene.items if not item.lines]
    edges = _drawn([geometry.union(filled)], _ink(scene), 3.4)
    return repeated(_drawn(inside, _ink(scene), 1.7) + edges, scene.copies)


def _lines(scene: Scene, tolerance: float, width: float) -> list[Path]:
    """What a pen of this width would draw of the scene."""
    found: list[Path] = []
    for index, item in enumerate(scene.items):
        if item.lines and not scene.in_front(index):
            found += item.lines
        else:
            for path, paint in scene.seen(index, tolerance):
                found += _clear(path, width, colours.to_lch(paint)[0] < 0.4)
    return found


def _width(lines: list[Path], scene: Scene) -> float:
    """A finer pen where lines are dense, so that they do not run together."""
    left, top, right, bottom = scene.extent
    length = sum(geometry.perimeter(line) for line in lines)
    density = length * _OUTLINE_WIDTH / max(1.0, (right - left) * (bottom - top))
    wanted = _OUTLINE_WIDTH * math.sqrt(0.36 / max(density, 0.01))
    return round(2 * min(_OUTLINE_WIDTH, max(_FINEST, wanted))) / 2


def _ink(scene: Scene) -> str:
    """The colour asked for, dark enough to be seen as a line; else ink."""
    if not scene.colour:
        return colours.INK
    light, chroma, hue = colours.to_lch(scene.colour)
    if chroma < 0.03 and light > 0.8:
        return colours.INK
    return colours.from_lch(min(light, 0.68), chroma, hue)


def _clear(path: Path, width: float, dark: bool) -> list[Path]:
    """The contours worth drawing. Of the very small ones only the dark (eyes) are kept."""
    return [contour for contour in geometry.contours(path) if _is_clear(contour, width, dark)]


def _is_clear(contour: Path, width: float, dark: bool) -> bool:
    left, top, right, bottom = contour.bounds
    across = max(right - left, bottom - top)
    if across < (0.45 if dark else 1.7) * width:
        return False
    return geometry.thickness(contour) > 0.22 * width or geometry.area(contour) > 4 * width


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
