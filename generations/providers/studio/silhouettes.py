"""The styles of one or two colours: filled and minimal."""

from collections.abc import Callable

from pathops import Path

from . import colours, geometry, motif, tones
from .colours import INK, PAPER, to_lch
from .markup import repeated, shape
from .painting import LOST, backdrop
from .scene import Item, Scene

_GAP = 1.8  # half of what parts are set apart by, where things are large
_SKY = "#8fb0d4"  # for what is white
_MOST_PARTS = 5  # of an item, besides its body
_SMALLEST, _EYE = 0.006, 0.0015  # part worth drawing, as a share of the whole


def filled(scene: Scene) -> str:
    """Solid parts set apart by fine gaps, in one colour and its tint, or in two colours."""
    inner = scene.within((30, 30, 226, 226))
    first = _first(scene)
    second = _second(inner, first)
    solid: list[Path] = []
    soft: list[Path] = []
    for index, item in enumerate(inner.items):
        gap = min(_GAP, 0.4 * item.scale)
        is_soft = _softness(item, inner, first, second)
        for path, paint in inner.seen(index, 0.10, 1.5 * gap):
            part = _set_apart(path, gap)
            if geometry.area(part) > 2.5 * gap * gap:
                (soft if is_soft(paint) else solid).append(part)
    under = shape(geometry.joined(soft), fill=second or colours.mixed(first, PAPER, 0.55))
    over = shape(geometry.joined(solid), fill=first)
    return backdrop(scene, first) + repeated(under + over, inner.copies)


def _first(scene: Scene) -> str:
    """The colour of the motif as paper can bear it, or as it is where there is a background."""
    main = motif.colour(scene)
    if scene.background and colours.distance(main, scene.background) > LOST:
        return main
    accent = tones.accent(main, is_asked_for=bool(scene.colour))
    if scene.background and to_lch(scene.background)[0] < 0.45:
        return colours.shifted(accent, light=0.86 - to_lch(accent)[0], chroma=0.5)
    return accent


def _set_apart(path: Path, gap: float) -> Path:
    """The area without its rim, which is finer around what is thin itself."""
    part = geometry.shrunk(path, gap)
    if geometry.area(part) < 0.45 * geometry.area(path):
        return geometry.shrunk(path, 0.35 * gap)
    return part


def _softness(item: Item, scene: Scene, first: str, second: str) -> Callable[[str], bool]:
    """Which paints of an item are drawn in the other colour: the pale ones, or all or none."""
    if not second:
        limit = _brightness(item) + 0.10
        return lambda paint: to_lch(paint)[0] > limit
    is_other = not motif.includes(item, scene) and _differs(item, first)
    return lambda paint: is_other


def _second(scene: Scene, first: str) -> str:
    """The colour of the largest thing that has another than the first, if there is one."""
    others = [
        item for item in scene.items if not motif.includes(item, scene) and _differs(item, first)
    ]
    return tones.accent(max(others, key=_size).glyph.main) if others else ""


def _differs(item: Item, colour: str) -> bool:
    return colours.distance(tones.accent(item.glyph.main), colour) > 0.13


def _size(item: Item) -> float:
    left, top, right, bottom = item.box
    return (right - left) * (bottom - top)


def minimal(scene: Scene) -> str:
    """Few calm shapes and much space: one colour with its tint, and ink. What was asked for in
    other colours has them."""
    inner = scene.within((56, 56, 200, 200))
    accent = _calm_accent(scene)
    picture = ""
    for item in inner.items:
        own = item.glyph.asked if not scene.colour else ""
        if own:
            picture += _simplified(item, _of_its_own(own), is_motif=True)
        else:
            picture += _simplified(item, accent, is_motif=motif.includes(item, inner))
    return backdrop(scene, accent) + repeated(picture, inner.copies)


def _calm_accent(scene: Scene) -> str:
    """The colour of the motif, light enough for ink to be seen on it."""
    if tones.is_pale(motif.colour(scene)) and not scene.background:
        return _SKY
    return _lightened(_first(scene))


def _of_its_own(asked: str) -> str:
    return _SKY if tones.is_pale(asked) else _lightened(tones.accent(asked, is_asked_for=True))


def _lightened(accent: str) -> str:
    """Light enough for ink to be seen on it."""
    light = to_lch(accent)[0]
    is_deep = 0.35 < light < 0.56
    return colours.shifted(accent, light=0.56 - light) if is_deep else accent


def _simplified(item: Item, accent: str, *, is_motif: bool) -> str:
    """The calm body of an item and what stands out on it: in a tint where it is pale."""
    whole = item.silhouette
    regions = item.regions(0.11)
    base = to_lch(max(regions, key=lambda region: geometry.area(region[0]))[1])[0]
    tint = colours.mixed(accent, PAPER, 0.6)
    body = accent if is_motif else INK
    if body == INK and base > 0.72:
        body = tint  # of something light that is known by its dark parts
    pale: list[Path] = []
    dark: list[Path] = []
    for path, paint in sorted(regions, key=lambda region: -_weight(region, base))[:_MOST_PARTS]:
        least = (_EYE if to_lch(paint)[0] < 0.4 else _SMALLEST) * geometry.area(whole)
        if _weight((path, paint), base) and geometry.area(path) > least:
            (pale if to_lch(paint)[0] > base else dark).append(_calm(path))
    picture = shape(_calm(whole), fill=body)
    picture += shape(geometry.joined(pale), fill=tint)
    return picture + (shape(geometry.joined(dark), fill=INK) if body != INK else "")


def _weight(region: tuple[Path, str], base: float) -> float:
    """How much a part of an item stands out; nothing if it is as light as the rest, or a hair."""
    path, paint = region
    step = abs(to_lch(paint)[0] - base)
    is_shape = step > 0.09 and geometry.thickness(path) > 1.4
    return step * geometry.area(path) ** 0.5 if is_shape else 0.0


def _calm(path: Path) -> Path:
    """The area without hairs and fine notches."""
    closed = geometry.shrunk(geometry.grown(path, 1.6), 1.6)
    opened = geometry.grown(geometry.shrunk(closed, 0.9), 0.9)
    return opened if geometry.area(opened) > 0.5 * geometry.area(path) else path


def _brightness(item: Item) -> float:
    """The mean lightness of an item."""
    weighted = item.glyph.weighted
    total = sum(weight for _, weight in weighted) or 1.0
    return sum(to_lch(paint)[0] * weight for paint, weight in weighted) / total
