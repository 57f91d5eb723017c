"""A scene: glyphs laid on the canvas, from the back to the front."""

from dataclasses import dataclass, replace
from functools import cached_property

from pathops import Path

from . import geometry
from .colours import to_lch
from .glyphs import Glyph

CANVAS = 256.0
FULL: geometry.Box = (26.0, 26.0, 230.0, 230.0)


@dataclass(frozen=True, eq=False)
class Item:
    """One glyph, scaled and moved to its place."""

    glyph: Glyph
    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def _place(self, path: Path) -> Path:
        return path.transform(self.scale, 0, 0, self.scale, self.x, self.y)

    @property
    def box(self) -> geometry.Box:
        left, top, right, bottom = self.glyph.form.bounds
        k = self.scale
        return (left * k + self.x, top * k + self.y, right * k + self.x, bottom * k + self.y)

    @cached_property
    def silhouette(self) -> Path:
        return self._place(self.glyph.form.silhouette)

    @cached_property
    def layers(self) -> list[tuple[Path, str]]:
        """The shapes as they were drawn, from the bottom up, and their colours."""
        form = self.glyph.form
        return [
            (self._place(path), paint)
            for path, paint in zip(form.paths, self.glyph.paints, strict=True)
        ]

    def regions(self, tolerance: float) -> list[tuple[Path, str]]:
        """What can be seen of it, like-coloured neighbours made one, and the colours."""
        return [
            (self._place(region.path), self.glyph.paints[region.shape])
            for region in self.glyph.form.merged(tolerance)
        ]

    @property
    def lines(self) -> list[Path]:
        return [self._place(line) for line in self.glyph.form.lines]

    def moved(self, scale: float, x: float, y: float) -> "Item":
        return replace(self, scale=self.scale * scale, x=self.x * scale + x, y=self.y * scale + y)

    def painted(self, change) -> "Item":
        return replace(self, glyph=self.glyph.mapped(change))


@dataclass(frozen=True, eq=False)
class Scene:
    """Items from the back to the front, and the colours asked for.

    `copies` says how far away the items are to be repeated. A `frame` is what is fitted to the
    canvas instead of the items themselves, so that they stay at their places.
    """

    items: tuple[Item, ...]
    copies: tuple[geometry.Point, ...] = ()
    background: str = ""
    colour: str = ""
    frame: geometry.Box | None = None

    @cached_property
    def extent(self) -> geometry.Box:
        """Where the items are, without their copies."""
        return geometry.around(item.box for item in self.items)

    @cached_property
    def box(self) -> geometry.Box:
        if self.frame:
            return self.frame
        left, top, right, bottom = self.extent
        return geometry.around(
            (left + x, top + y, right + x, bottom + y) for x, y in ((0.0, 0.0), *self.copies)
        )

    @property
    def main(self) -> str:
        """The colour that the whole scene is known by."""
        if self.colour:
            return self.colour
        return max(self.items, key=_presence).glyph.main

    @cached_property
    def silhouette(self) -> Path:
        return geometry.union(item.silhouette for item in self.items)

    def moved(self, scale: float, x: float = 0.0, y: float = 0.0) -> "Scene":
        return replace(
            self,
            items=tuple(item.moved(scale, x, y) for item in self.items),
            copies=tuple((scale * dx, scale * dy) for dx, dy in self.copies),
            frame=self.frame and _scaled(self.frame, scale, x, y),
        )

    def within(self, target: geometry.Box) -> "Scene":
        """The scene as large as fits the target, in its middle."""
        left, top, right, bottom = self.box
        scale = min(
            (target[2] - target[0]) / max(right - left, 0.1),
            (target[3] - target[1]) / max(bottom - top, 0.1),
        )
        x = (target[0] + target[2]) / 2 - scale * (left + right) / 2
        y = (target[1] + target[3]) / 2 - scale * (top + bottom) / 2
        return self.moved(scale, x, y)

    def regions(self, tolerance: float, gap: float = 0.0) -> list[tuple[Path, str]]:
        """What can be seen of the items; those in front keep `gap` free around them."""
        return [
            region
            for index in range(len(self.items))
            for region in self.seen(index, tolerance, gap)
        ]

    def seen(self, index: int, tolerance: float, gap: float = 0.0) -> list[tuple[Path, str]]:
        """What can be seen of one item behind those in front of it."""
        regions = self.items[index].regions(tolerance)
        cover = self._cover(index, gap)
        if cover is None:
            return regions
        cut = [(geometry.subtract(path, cover), paint) for path, paint in regions]
        return [(path, paint) for path, paint in cut if geometry.area(path) > 1.0]

    def in_front(self, index: int) -> list[Item]:
        """The items that may hide a part of this one."""
        box = self.items[index].box
        return [item for item in self.items[index + 1 :] if geometry.overlap(box, item.box)]

    def _cover(self, index: int, gap: float) -> Path | None:
        above = self.in_front(index)
        if not above:
            return None
        cover = geometry.union(item.silhouette for item in above)
        return geometry.grown(cover, gap) if gap else cover


def _scaled(box: geometry.Box, scale: float, x: float, y: float) -> geometry.Box:
    left, top, right, bottom = box
    return (left * scale + x, top * scale + y, right * scale + x, bottom * scale + y)


def _presence(item: Item) -> float:
    """How much an item sets the tone: by its size and the strength of its colour."""
    left, top, right, bottom = item.box
    return (right - left) * (bottom - top) * (0.35 + min(to_lch(item.glyph.main)[1], 0.16) / 0.16)
