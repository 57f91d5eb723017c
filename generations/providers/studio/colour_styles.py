"""The styles that fill areas with many colours: flat, gradient and cartoon."""

from . import geometry, tones
from .colours import INK, PAPER
from .markup import Definitions, group, repeated, shape
from .modern import modern
from .painting import backdrop, crescent, painted, right_half
from .scene import Item, Scene
from .silhouettes import filled, minimal
from .solid import solid

__all__ = ["cartoon", "filled", "flat", "gradient", "minimal", "modern", "solid"]

_ROOMY: geometry.Box = (32, 32, 224, 224)


def flat(scene: Scene) -> str:
    """Plain colours in two tones: the half away from the light is a shade darker."""
    inner = scene.within(_ROOMY)
    picture = "".join(
        painted(item, tones.fresh) + shape(right_half(item), fill=INK, fill_opacity=0.13)
        for item in inner.items
    )
    return backdrop(scene) + repeated(picture, inner.copies)


def gradient(scene: Scene) -> str:
    """Every colour runs from light to deep, lit from the upper left."""
    definitions = Definitions()
    inner = scene.within(_ROOMY)

    def lit(paint: str) -> str:
        start, end = tones.lit(paint, 0.10, turn_by=22), tones.shaded(paint, 0.13, turn_by=26)
        return definitions.linear(((0, start), (1, end)), inner.extent)

    picture = "".join(painted(item, lit) for item in inner.items)
    return definitions.write() + backdrop(scene) + repeated(picture, inner.copies)


def cartoon(scene: Scene) -> str:
    """Bright plain colours within a thick dark outline, a shade and a touch of light."""
    inner = scene.within((32, 32, 224, 224))
    picture = "".join(_outlined(item.painted(tones.bright)) for item in inner.items)
    return backdrop(scene) + repeated(picture, inner.copies)


def _outlined(item: Item) -> str:
    """An item within its contour; the pen is finer for small ones, as for a face."""
    size = max(item.box[2] - item.box[0], item.box[3] - item.box[1])
    pen = min(13.0, max(6.0, 0.075 * size))
    if geometry.thickness(item.silhouette) < 0.6 * pen:
        pen *= 0.7
    inside = "".join(
        shape(path, stroke=INK if geometry.thickness(path) > 0.4 * pen else None, fill=paint)
        for path, paint in item.regions(0.07)
    )
    edge = {"stroke": INK, "stroke_width": round(pen, 1), "stroke_linejoin": "round"}
    dark = crescent(item.silhouette, -0.055 * size, -0.066 * size)
    light = crescent(item.silhouette, 0.03 * size, 0.036 * size, inset=0.26 * pen)
    return (
        shape(item.silhouette, fill=INK, **edge)
        + group(inside, stroke_width=round(0.3 * pen, 1), stroke_linejoin="round")
        + shape(dark, fill=INK, fill_opacity=0.16)
        + shape(light, fill=PAPER, fill_opacity=0.5)
    )
