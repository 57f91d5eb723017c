"""Colours in OKLCH, where lightness, strength and hue can be changed one at a time."""

import math
from collections.abc import Iterable
from functools import lru_cache

Lch = tuple[float, float, float]

INK = "#26303b"
PAPER = "#ffffff"
BLUE = "#5887b4"

NAMED = {
    "red": "#dd2e44",
    "crimson": "#b91c3a",
    "scarlet": "#e0301e",
    "maroon": "#7c1d2d",
    "burgundy": "#7c1d3d",
    "ruby": "#c2123f",
    "orange": "#f4811f",
    "amber": "#f5a623",
    "yellow": "#ffcc32",
    "golden": "#f0b429",
    "gold": "#f0b429",
    "green": "#4f9d3a",
    "lime": "#8bc34a",
    "emerald": "#12966b",
    "olive": "#808036",
    "mint": "#7fd8b4",
    "teal": "#159a9c",
    "turquoise": "#2bbcb3",
    "cyan": "#22b8d6",
    "aqua": "#35c5d9",
    "blue": "#3b82d6",
    "navy": "#233f78",
    "indigo": "#4b4bc0",
    "azure": "#3f9bea",
    "purple": "#8b4fc4",
    "violet": "#8657d6",
    "lavender": "#b79ae8",
    "lilac": "#c3a2dc",
    "magenta": "#d1359f",
    "pink": "#f08ab4",
    "rosy": "#ee7f96",
    "brown": "#8a5a3c",
    "beige": "#dcc9a3",
    "tan": "#c9a26e",
    "bronze": "#b0763a",
    "copper": "#bb6a3f",
    "coral": "#f7775e",
    "salmon": "#f5917f",
    "black": "#2b2f36",
    "white": "#f2f4f6",
    "grey": "#8d98a3",
    "gray": "#8d98a3",
    "silver": "#b9c3cc",
    "silvery": "#b9c3cc",
    "cream": "#f4e7c6",
    "ivory": "#f5efdc",
    "peach": "#f8b58b",
    "charcoal": "#3d444c",
    "sapphire": "#2456b8",
    "fuchsia": "#d1359f",
}


@lru_cache(maxsize=4096)
def to_lch(colour: str) -> Lch:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def from_lch(light: float, chroma: float, hue: float) -> str:
    """The nearest colour that a screen can show: strength gives way first."""
    light = min(1.0, max(0.0, light))
    for _ in range(24):
        channels = _channels(light, chroma, hue)
        if all(-0.001 <= channel <= 1.001 for channel in channels):
            break
        chroma *= 0.92
    return "#" + "".join(f"{round(255 * _gamma(channel)):02x}" for channel in channels)


def _channels(light: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    channel = min(1.0, max(0.0, channel))
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def shifted(colour: str, *, light: float = 0.0, chroma: float = 1.0, hue: float = 0.0) -> str:
    """The colour made lighter by `light`, stronger `chroma` times, turned by `hue` degrees."""
    here = to_lch(colour)
    return from_lch(here[0] + light, here[1] * chroma, here[2] + hue)


def mixed(one: str, other: str, share: float) -> str:
    """`share` of the other colour in the one."""
    channels = (
        round(int(one[i : i + 2], 16) * (1 - share) + int(other[i : i + 2], 16) * share)
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def distance(one: str, other: str) -> float:
    (l1, c1, h1), (l2, c2, h2) = to_lch(one), to_lch(other)
    a = c1 * math.cos(math.radians(h1)) - c2 * math.cos(math.radians(h2))
    b = c1 * math.sin(math.radians(h1)) - c2 * math.sin(math.radians(h2))
    return math.sqrt((l1 - l2) ** 2 + a * a + b * b)


def turn(one: float, other: float) -> float:
    """The angle between two hues, 0 to 180."""
    return abs((one - other + 180) % 360 - 180)


def dominant(weighted: Iterable[tuple[str, float]]) -> str:
    """The colour that says what a drawing looks like: much of it, and coloured."""
    score: dict[str, float] = {}
    total: dict[str, float] = {}
    for colour, weight in weighted:
        total[colour] = total.get(colour, 0.0) + weight
    for colour, weight in total.items():
        light, chroma, _ = to_lch(colour)
        colourful = 0.4 + min(chroma, 0.16) / 0.16
        if light < 0.3 or light > 0.97:
            colourful *= 0.7
        score[colour] = weight * colourful
    return max(score, key=lambda colour: (score[colour], colour)) if score else BLUE


def recoloured(weighted: list[tuple[str, float]], target: str) -> dict[str, str]:
    """What each colour becomes when the dominant one becomes `target`.

    Colours of the dominant one's family follow it, with their lightness kept in step so
    that shading stays; the others (eyes, noses, leaves) are left alone.
    """
    main = _widest(weighted)
    light, chroma, hue = to_lch(main)
    new_light, new_chroma, new_hue = to_lch(target)
    changed = {}
    for colour in {colour for colour, _ in weighted}:
        its_light, its_chroma, its_hue = to_lch(colour)
        if not _same_family((light, chroma, hue), (its_light, its_chroma, its_hue)):
            continue
        ratio = min(1.6, its_chroma / chroma) if chroma > 0.03 else 1.0
        step = (its_light - light) * (0.8 if 0.3 < new_light < 0.9 else 0.6)
        changed[colour] = from_lch(new_light + step, new_chroma * ratio, new_hue)
    return changed


def _widest(weighted: list[tuple[str, float]]) -> str:
    """The colour of most of the area; black counts half, as it is often only ink."""
    total: dict[str, float] = {}
    for colour, weight in weighted:
        total[colour] = total.get(colour, 0.0) + weight * (0.5 if to_lch(colour)[0] < 0.32 else 1)
    return max(total, key=lambda colour: (total[colour], colour))


def _same_family(main: Lch, other: Lch) -> bool:
    if main[1] < 0.045:
        return other[1] < 0.06 and abs(main[0] - other[0]) < 0.38
    if other[1] < 0.035:
        return False
    return turn(main[2], other[2]) < 42 and abs(main[0] - other[0]) < 0.42
