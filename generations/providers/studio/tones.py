"""Tones of a colour as a painter mixes them: light is warm, shade is cool, neither is grey."""

from functools import lru_cache

from .colours import INK, from_lch, to_lch, turn

_LIGHT, _SHADE = 95.0, 285.0  # the hues that light and shade draw a colour to
_NEUTRAL = 0.03
_LIGHTS = ((0.84, 0.11, 40.0), (0.88, 0.13, 88.0), (0.86, 0.10, 165.0), (0.84, 0.09, 245.0))
_PALEST = 0.91  # what can still be seen on white


@lru_cache(maxsize=4096)
def lit(paint: str, by: float, *, turn_by: float = 12.0) -> str:
    light, chroma, hue = to_lch(paint)
    if chroma < _NEUTRAL:
        return from_lch(min(light + by, 0.965), max(chroma, 0.012 + turn_by / 900), 240)
    turn_by *= 0.5 if hue < _LIGHT else 1.0  # reds would turn brown, and golds green
    return _strong(light, light + by, chroma, _towards(hue, _LIGHT, turn_by))


@lru_cache(maxsize=4096)
def shaded(paint: str, by: float, *, turn_by: float = 12.0) -> str:
    light, chroma, hue = to_lch(paint)
    if chroma < _NEUTRAL:
        return from_lch(light - by, max(chroma, 0.012 + turn_by / 500), 275)
    turn_by = (
        max(turn_by, 24.0) if 60 < hue < 115 else turn_by
    )  # yellow turns to orange, not to olive
    return from_lch(light - by, chroma * 1.06, _towards(hue, _SHADE, turn_by))


@lru_cache(maxsize=4096)
def fresh(paint: str) -> str:
    """The colour as a palette of plain areas has it: a little stronger, greys cool, no white."""
    light, chroma, hue = to_lch(paint)
    if chroma < _NEUTRAL:
        light = min(light, _PALEST)
        return from_lch(max(light, 0.27), 0.024 + 0.016 * (1 - light), 255)
    return _strong(light, light + 0.01, min(chroma * 1.08, 0.21), hue)


def bright(paint: str) -> str:
    """The colour as a comic has it; white stays white."""
    light, chroma, hue = to_lch(paint)
    if chroma < _NEUTRAL:
        return from_lch(light if light > 0.5 else light + 0.06, max(chroma, 0.012), 255)
    return _strong(light, light + 0.03, min(chroma * 1.12, 0.22), hue)


def accent(main: str, *, is_asked_for: bool = False) -> str:
    """A colour to draw everything with: strong enough to stand on paper."""
    light, chroma, hue = to_lch(main)
    if chroma < 0.04:
        if is_asked_for:
            return from_lch(min(light, 0.70), max(chroma, 0.012), 255)
        return "#46699a" if light > 0.4 else INK
    if chroma < 0.09 and light > 0.7:
        light, hue = 0.66, hue - 8  # cream and the like: ochre
    least = 0.15 if 60 < hue < 115 else 0.11
    return from_lch(max(0.42, min(light, _brightest(hue))), min(0.2, max(chroma, least)), hue)


def _brightest(hue: float) -> float:
    """How light a strong colour may be: yellows and pinks turn muddy when dark."""
    if 60 < hue < 115:
        return 0.76
    return 0.70 if hue < 20 or hue > 340 else 0.64


def _strong(light: float, wanted: float, chroma: float, hue: float) -> str:
    """As light as wanted, but not so light that the colour fades."""
    while wanted > light:
        found = from_lch(wanted, chroma, hue)
        if to_lch(found)[1] > 0.78 * chroma:
            return found
        wanted -= 0.02
    return from_lch(light, chroma, hue)


def _towards(hue: float, target: float, by: float) -> float:
    away = (target - hue + 180) % 360 - 180
    return hue + max(-by, min(by, away))


def is_pale(paint: str) -> bool:
    light, chroma, _ = to_lch(paint)
    return light > 0.8 and chroma < 0.04


def contrast(paints: list[str]) -> str:
    """The light colour that is furthest in hue from the first paint, and not near the others."""
    hues = [to_lch(paint)[2] for paint in paints]

    def distance(light: tuple[float, float, float]) -> float:
        first, *others = (turn(hue, light[2]) for hue in hues)
        return min([min(first, 145.0), *(1.6 * other for other in others)])

    return from_lch(*max(_LIGHTS, key=distance))
