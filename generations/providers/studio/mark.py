"""An abstract mark for a prompt that names nothing we can draw."""

import hashlib
import math
from collections.abc import Callable

from pathops import Path

from . import colours, geometry
from .glyphs import SIDE, Form, Glyph
from .scene import FULL, Item, Scene
from .words import Reading

NAME = "mark"  # what the names of such forms begin with
Parts = list[tuple[Path, int]]  # areas, each with the place of its colour in a palette
_MIDDLE = SIDE / 2
_HUES = (28, 262, 165, 300, 232, 350)


def for_prompt(prompt: str, reading: Reading) -> Scene:
    """A mark of plain geometry; the prompt decides its kind, its turn and its colours."""
    seed = hashlib.sha256(prompt.strip().lower().encode()).digest()
    parts = _KINDS[seed[0] % len(_KINDS)](seed[1:])
    palette = _palette(seed[8], reading.colour)
    form = Form(
        f"{NAME} {seed.hex()}",
        tuple(path for path, _ in parts),
        tuple(palette[place] for _, place in parts),
    )
    item = Item(Glyph(form, form.paints))
    return Scene((item,), background=reading.background, colour=reading.colour).within(FULL)


def _palette(number: int, colour: str) -> tuple[str, str, str, str]:
    """A strong colour, its soft tone, a deep one, and one from across the circle."""
    light, chroma, hue = (0.62, 0.16, float(_HUES[number % len(_HUES)]))
    if colour:
        light, chroma, hue = colours.to_lch(colour)
    return (
        colours.from_lch(light, chroma, hue),
        colours.from_lch(min(0.9, light + 0.2), 0.55 * chroma, hue + 8),
        colours.from_lch(max(0.3, light - 0.24), 0.7 * chroma, hue - 14),
        colours.from_lch(0.82, 0.14, 85.0 if colours.turn(hue, 85) > 60 else 232.0),
    )


def _rosette(seed: bytes) -> Parts:
    """Rounded leaves around a centre, like a pinwheel."""
    count = 5 + seed[0] % 4
    leaf = geometry.parse("M18 16C9 12 10 3 18 1C26 3 25 11 18 16z")
    parts = [
        (_turned(leaf, 360 * index / count + seed[1]), index % 2 if count % 2 == 0 else 0)
        for index in range(count)
    ]
    return [*parts, (geometry.ellipse(_MIDDLE, _MIDDLE, 4.2), 3)]


def _tiles(seed: bytes) -> Parts:
    """One quarter of rounded tiles, turned about the centre four times."""
    kinds = (
        "M1 1h7.6v7.6h-7.6z",
        "M1 8.6a7.6 7.6 0 0 1 7.6-7.6v7.6z",
        "M1 1a7.6 7.6 0 0 1 7.6 7.6",
    )
    leaf = "M1 8.6a7.6 7.6 0 0 1 7.6-7.6a7.6 7.6 0 0 1-7.6 7.6z"
    shapes = [geometry.parse(kind) for kind in (kinds[1], leaf, kinds[1])]
    parts: Parts = []
    places = ((0.0, 0.0, 1), (8.4, 0.0, 0), (0.0, 8.4, 2))
    for quarter in range(4):
        for (x, y, place), tile, turn in zip(places, shapes, seed, strict=False):
            spun = _turned(tile, 90 * (turn % 4), 4.8, 4.8)
            parts.append((_turned(geometry.move(spun, x, y), 90 * quarter), place))
        dot = geometry.ellipse(13.2, 13.2, 2.9)
        parts.append((_turned(dot, 90 * quarter), 3))
    return parts


def _orbits(seed: bytes) -> Parts:
    """Rings that are open on one side, each with a ball on its way, about a core."""
    parts: Parts = []
    for index, radius in enumerate((15.0, 10.2)):
        turn = 3.6 * (seed[index] % 100) + 140 * index
        line = _ring(radius, turn + 26, turn + 334)
        parts.append((geometry.stroked(line, 2.6), (2, 0)[index]))
        x, y = _on_circle(radius, turn)
        parts.append((geometry.ellipse(x, y, 2.9 - 0.4 * index), 3))
    return [*parts, (geometry.ellipse(_MIDDLE, _MIDDLE, 5.0), 1)]


def _discs(seed: bytes) -> Parts:
    """Discs in a ring, each laid over the last, the common parts in tones of their own."""
    count = 3 + seed[0] % 2
    discs = [
        geometry.ellipse(*_on_circle(7.4, 360 * index / count - 90 + seed[1] % 30), 9.4)
        for index in range(count)
    ]
    parts: Parts = [(disc, index % 2) for index, disc in enumerate(discs)]
    for one, other in zip(discs, [*discs[1:], discs[0]], strict=True):
        parts.append((geometry.intersect(one, other), 2))
    common = discs[0]
    for disc in discs[1:]:
        common = geometry.intersect(common, disc)
    return [*parts, (common, 3)]


_KINDS: tuple[Callable[[bytes], Parts], ...] = (_rosette, _tiles, _orbits, _discs)


def _ring(radius: float, start: float, end: float) -> Path:
    x, y = _on_circle(radius, start)
    to_x, to_y = _on_circle(radius, end)
    large = int(end - start > 180)
    return geometry.parse(f"M{x} {y}A{radius} {radius} 0 {large} 1 {to_x} {to_y}")


def _on_circle(radius: float, degrees: float) -> geometry.Point:
    angle = math.radians(degrees)
    return _MIDDLE + radius * math.cos(angle), _MIDDLE + radius * math.sin(angle)


def _turned(path: Path, degrees: float, x: float = _MIDDLE, y: float = _MIDDLE) -> Path:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return path.transform(cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)
