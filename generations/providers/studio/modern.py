"""The modern style: bold plain shapes in a fresh palette, before a disc that sets them off."""

from collections.abc import Callable

from . import colours, motif, tones
from .colours import from_lch, to_lch
from .markup import element, repeated
from .painting import backdrop, painted
from .scene import Scene

_FAR = 40  # degrees between hues of different families


def modern(scene: Scene) -> str:
    inner = scene.within((34, 34, 222, 222))
    main = tones.accent(motif.colour(scene), is_asked_for=bool(scene.colour))
    disc = element("circle", cx=148, cy=146, r=84, fill=_contrast(inner, main))
    paint = _palette(inner, main)
    picture = "".join(painted(item, paint) for item in inner.items)
    return backdrop(scene) + disc + repeated(picture, inner.copies)


def _palette(scene: Scene, main: str) -> Callable[[str], str]:
    """Four tones of one hue, three of the hue that the scene has most of besides."""
    light, chroma, hue = to_lch(main)
    own = to_lch(motif.colour(scene))
    accent, middle = _accent(scene, own)
    grey = 255.0 if 30 < hue < 120 else hue  # a warm grey would be mud

    def change(paint: str) -> str:
        its_light, its_chroma, its_hue = to_lch(paint)
        if its_light > 0.9:
            return from_lch(0.955, 0.012, hue)
        if its_light < 0.40:
            return from_lch(0.30, min(chroma, 0.07), hue - 12)
        if accent and its_chroma > 0.06 and _is_far((its_light, its_chroma, its_hue), own):
            is_kin = colours.turn(its_hue, to_lch(accent)[2]) < _FAR
            return _level(accent, its_light - middle) if is_kin else tones.accent(paint)
        if its_chroma < 0.035 and own[1] > 0.04:
            return from_lch(0.80 if its_light > 0.68 else 0.45, 0.05, grey)
        step = its_light - own[0]
        if step > 0.10:
            return from_lch(0.86, min(chroma, 0.08), hue)
        return from_lch(light - 0.14, chroma, hue) if step < -0.10 else main

    return change


def _level(accent: str, step: float) -> str:
    """The accent, its deep tone or its pale one, for what is so much lighter than its kind."""
    if abs(step) < 0.09:
        return accent
    return tones.shaded(accent, 0.13) if step < 0 else tones.lit(accent, 0.14)


def _accent(scene: Scene, own: colours.Lch) -> tuple[str, float]:
    """The strongest colour of another family and how light it was, or none."""
    weighted = [
        (paint, weight)
        for item in scene.items
        for paint, weight in item.glyph.weighted
        if to_lch(paint)[1] > 0.06 and _is_far(to_lch(paint), own)
    ]
    if not weighted:
        return "", 0.0
    found = colours.dominant(weighted)
    return tones.accent(found), to_lch(found)[0]


def _contrast(scene: Scene, main: str) -> str:
    """A light colour that both the main colour and the accent stand out from."""
    accent, _ = _accent(scene, to_lch(motif.colour(scene)))
    return tones.contrast([main, accent] if accent else [main])


def _is_far(paint: colours.Lch, own: colours.Lch) -> bool:
    return own[1] < 0.04 or colours.turn(paint[2], own[2]) > _FAR
