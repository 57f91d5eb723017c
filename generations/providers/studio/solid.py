"""The 3d style: thick rounded pieces, lit from the upper left, on a soft shadow."""

from . import geometry, motif, tones
from .colours import PAPER, to_lch
from .markup import Definitions, element, group, repeated
from .painting import backdrop, painted
from .scene import Item, Scene

_AWAY = (0.5, 0.87)  # the direction in which the pieces are thick
_STEPS = 8
_SHADE = "#0b1420"
# Light along the upper left edge, shade along the lower right; what is pale needs shade all round.
_RIMS = {
    False: ((0, PAPER, 0.75), (0.45, PAPER, 0.05), (0.55, _SHADE, 0.05), (1, _SHADE, 0.42)),
    True: ((0, "#5d7596", 0.32), (0.5, "#5d7596", 0.15), (1, _SHADE, 0.4)),
}


def solid(scene: Scene) -> str:
    definitions = Definitions()
    inner = scene.within((32, 28, 218, 208))
    ground = _ground(inner, definitions)
    pieces = "".join(_piece(item, definitions) for item in inner.items)
    return definitions.write() + backdrop(scene) + ground + repeated(pieces, inner.copies)


def _ground(scene: Scene, definitions: Definitions) -> str:
    """A soft shadow under everything that stands at the bottom."""
    left, _, right, bottom = scene.extent
    middle, half = (left + right) / 2 + 5, (right - left) * 0.5
    paint = definitions.radial(
        ((0, "#1b2430", 0.36), (0.55, "#1b2430", 0.16), (1, "#1b2430", 0)), 0, 0, 1
    )
    places = [(0.0, 0.0), *scene.copies]
    lowest = max(y for _, y in places)
    return "".join(
        element(
            "circle",
            r=1,
            fill=paint,
            transform=f"translate({geometry.number(middle + x, 1)} "
            f"{geometry.number(bottom + y + 13, 1)}) scale({geometry.number(half, 1)} 14)",
        )
        for x, y in places
        if lowest - y < 0.2 * (bottom - scene.extent[1])
    )


def _piece(item: Item, definitions: Definitions) -> str:
    """Its side, its lit face, a sheen, and rims of light and shade."""
    clip, outline = definitions.clip(item.silhouette)
    box = item.box
    body = _side(item, outline, definitions)

    def lit(paint: str) -> str:
        middle = tones.lit(paint, 0.0) if tones.is_pale(paint) else paint
        start, end = tones.lit(paint, 0.10), tones.shaded(paint, 0.10)
        return definitions.linear(((0, start), (0.5, middle), (1, end)), box)

    body += painted(item, lit)
    left, top, right, bottom = box
    sheen = definitions.radial(
        ((0, PAPER, 0.34), (1, PAPER, 0)),
        left + 0.3 * (right - left),
        top + 0.2 * (bottom - top),
        0.6 * max(right - left, bottom - top),
    )
    rim = definitions.linear(_RIMS[_is_pale(item)], box)
    body += element("use", href=outline, fill=sheen)
    return body + element(
        "use", href=outline, fill="none", stroke=rim, stroke_width=_rim(item), clip_path=clip
    )


def _side(item: Item, outline: str, definitions: Definitions) -> str:
    """The face again and again, a step further away each time."""
    main = motif.mean(item)
    paint = definitions.linear(
        ((0, tones.shaded(main, 0.16)), (1, tones.shaded(main, 0.27))), item.box
    )
    step = _depth(item) / _STEPS
    copies = "".join(
        element("use", href=outline, x=_AWAY[0] * step * n, y=_AWAY[1] * step * n)
        for n in range(_STEPS, 0, -1)
    )
    return group(copies, fill=paint)


def _depth(item: Item) -> float:
    left, top, right, bottom = item.box
    return max(4.0, min(12.0, 0.065 * max(right - left, bottom - top)))


def _rim(item: Item) -> float:
    return round(0.6 * _depth(item), 1)


def _is_pale(item: Item) -> bool:
    return to_lch(motif.mean(item))[0] > 0.84
