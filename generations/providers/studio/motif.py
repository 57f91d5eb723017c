"""What a picture is about: the item that one looks at first, and its colour."""

from . import colours
from .colours import to_lch
from .scene import Item, Scene

# What things stand on or before. However large, it is not what the picture is about.
_SURROUNDINGS = frozenset(
    """
+beachside +brickwall +citystreet +dunes +forest +garden +hills +lake +meadow +park +pool +sea
+seabed +skyline +snowfield +street +sunset
""".split()
)


def of(scene: Scene) -> Item:
    return max(scene.items, key=_presence)


def colour(scene: Scene) -> str:
    """The colour that the scene is known by: what was asked for, else that of the motif."""
    return scene.colour or of(scene).glyph.main


def includes(item: Item, scene: Scene) -> bool:
    """Whether it is the motif, or another of the kind."""
    return item.glyph.form is of(scene).glyph.form


def mean(item: Item) -> str:
    """The colours of an item mixed by their areas; of greys, a cool one."""
    whole, total = item.glyph.main, 0.0
    for paint, weight in item.glyph.weighted:
        total += weight
        whole = colours.mixed(whole, paint, weight / total if total else 0.0)
    light, chroma, hue = to_lch(whole)
    if chroma < 0.05:
        return colours.from_lch(light, 0.02, 260)
    return colours.from_lch(light, 1.2 * chroma, hue)


def _presence(item: Item) -> float:
    """How much an item draws the eye: by its size and the strength of its colour."""
    left, top, right, bottom = item.box
    strength = 0.5 + min(to_lch(item.glyph.main)[1], 0.16) / 0.32
    share = 0.1 if item.glyph.form.name in _SURROUNDINGS else 1.0
    return share * strength * min(right - left, bottom - top) ** 2
