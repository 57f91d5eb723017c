"""An abstract mark for a prompt that names nothing we can draw."""

import hashlib
import math

from . import colours, geometry
from .glyphs import SIDE, Form, Glyph
from .scene import FULL, Item, Scene
from .words import Reading

_PALETTES = (
    (colours.ORANGE, colours.GOLD, colours.BLUE),
    (colours.BLUE, "#8fb5d9", colours.GOLD),
    (colours.GOLD, colours.ORANGE, "#3f5f86"),
    ("#5b8f6a", "#a7cfa0", colours.GOLD),
    ("#7a62a8", "#b9a3dc", colours.GOLD),
)


def for_prompt(prompt: str, reading: Reading) -> Scene:
    """Petals around a centre; the prompt decides their number, turn and colours."""
    seed = hashlib.sha256(prompt.strip().lower().encode()).digest()
    petals, inner = 5 + seed[0] % 4, 4.0 + seed[1] % 3
    outer, middle, centre = _PALETTES[seed[2] % len(_PALETTES)]
    if reading.colour:
        outer = reading.colour
        middle = colours.mixed(reading.colour, "#ffffff", 0.5)
    paths, paints = [], []
    for index in range(petals):
        paths.append(_petal(2 * math.pi * (index / petals + seed[3] / 256)))
        paints.append(outer if index % 2 == 0 or petals % 2 else middle)
    paths += [geometry.ellipse(SIDE / 2, SIDE / 2, inner + 2), geometry.ellipse(18, 18, inner)]
    paints += [middle, centre]
    form = Form(f"mark {seed.hex()}", tuple(paths), tuple(paints))
    item = Item(Glyph(form, form.paints))
    return Scene((item,), background=reading.background, colour=reading.colour).within(FULL)


def _petal(angle: float) -> geometry.Path:
    cos, sin = math.cos(angle), math.sin(angle)
    petal = geometry.parse("M18 18C11 12 11 4 18 1.5C25 4 25 12 18 18z")
    return petal.transform(cos, sin, -sin, cos, 18 - 18 * cos + 18 * sin, 18 - 18 * sin - 18 * cos)
