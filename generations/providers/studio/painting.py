"""What the coloured styles have in common: areas in their colours, backgrounds, edges of light."""

from collections.abc import Callable

from pathops import Path

from . import colours, geometry, motif
from .colours import to_lch
from .markup import element, shape
from .scene import Item, Scene

LOST = 0.2  # colours nearer than this are hard to tell apart


def backdrop(scene: Scene, main: str = "") -> str:
    """The background, where one was asked for; lighter or darker if the motif would be lost."""
    if not scene.background:
        return ""
    fill, main = scene.background, main or motif.mean(motif.of(scene))
    if colours.distance(fill, main) < LOST:
        is_dark = to_lch(main)[0] < 0.5
        fill = colours.shifted(fill, light=0.26 if is_dark else -0.2)
    return element("rect", width=256, height=256, rx=28, fill=fill)


def painted(item: Item, change: Callable[[str], str]) -> str:
    """The shapes of an item; neighbours that get one colour share an element."""
    body, paint = "", ""
    run: list[Path] = []
    for path, colour in item.layers:
        if (changed := change(colour)) != paint:
            body += shape(geometry.joined(run), fill=paint)
            run, paint = [], changed
        run.append(path)
    return body + shape(geometry.joined(run), fill=paint)


def crescent(path: Path, dx: float, dy: float, *, inset: float = 0.0) -> Path:
    """The rim of an area on the side where light from (-dx, -dy) meets it."""
    rim = geometry.subtract(path, geometry.move(path, dx, dy))
    return geometry.intersect(rim, geometry.shrunk(path, inset)) if inset else rim


def right_half(item: Item) -> Path:
    left, top, right, bottom = item.box
    half = geometry.rectangle((left + right) / 2, top - 1, (right - left) / 2 + 1, bottom - top + 2)
    return geometry.intersect(item.silhouette, half)
