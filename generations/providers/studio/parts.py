"""Parts of glyphs: the door of a house, the eyes of a cat."""

from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from . import colours, geometry, glyphs
from .glyphs import Form, Glyph
from .vocabulary import singulars

EYES = frozenset({"eye", "eyes"})


@lru_cache(maxsize=1)
def known() -> dict[str, dict[str, tuple[int, ...]]]:
    text = files(__package__).joinpath("parts.txt").read_text("utf-8")
    rows = (line.partition(" : ") for line in text.splitlines() if " : " in line)
    return {name: _parsed(rest) for name, _, rest in rows if not name.startswith("#")}


def _parsed(text: str) -> dict[str, tuple[int, ...]]:
    pairs = (pair.strip().partition("=") for pair in text.split(";"))
    return {name: tuple(int(number) for number in shapes.split(",")) for name, _, shapes in pairs}


def shapes(picture: str, part: str) -> tuple[int, ...]:
    """The shapes that are this part of a picture; none if it cannot be told apart."""
    its_parts = known().get(picture, {})
    forms = (part, *singulars(part))
    return next((its_parts[form] for form in forms if form in its_parts), ())


def has(picture: str, part: str) -> bool:
    if part in EYES:
        return bool(glyphs.eyes(glyphs.load(picture)))
    return bool(shapes(picture, part))


def painted(glyph: Glyph, picture: str, wanted: dict[str, str]) -> Glyph:
    """The glyph with the parts in the colours asked for."""
    for part, colour in wanted.items():
        if part in EYES:
            glyph = _with_eyes(glyph, colour)
        else:
            glyph = _with_part(glyph, shapes(picture, part), colour)
    return glyph


def _with_part(glyph: Glyph, numbers: tuple[int, ...], colour: str) -> Glyph:
    """The part's own shades are kept as steps around the new colour."""
    weighted = [glyph.weighted[number] for number in numbers]
    if not weighted:
        return glyph
    main = max(weighted, key=lambda pair: pair[1])[0]
    paints = list(glyph.paints)
    for number in numbers:
        step = colours.to_lch(paints[number])[0] - colours.to_lch(main)[0]
        paints[number] = colours.shifted(colour, light=max(-0.2, min(0.2, 0.7 * step)))
    return replace(glyph, paints=tuple(paints))


def _with_eyes(glyph: Glyph, colour: str) -> Glyph:
    """A coloured iris a little larger than the eye, and a pupil on it."""
    pair = glyphs.eyes(glyph.form)
    if not pair:
        return glyph
    irises, pupils = [], []
    for _, loop in pair:
        left, top, right, bottom = loop.bounds
        x, y, rx, ry = (
            (left + right) / 2,
            (top + bottom) / 2,
            (right - left) / 2,
            (bottom - top) / 2,
        )
        irises.append(geometry.ellipse(x, y, rx * 1.45, ry * 1.35))
        pupils.append(geometry.ellipse(x, y, rx * 0.6, ry * 0.7))
    form = Form(
        f"{glyph.form.name} {colour} eyes",
        (*glyph.form.paths, geometry.joined(irises), geometry.joined(pupils)),
        (*glyph.form.paints, colour, colours.INK),
    )
    return Glyph(form, (*glyph.paints, colour, colours.INK))


def left_away(glyph: Glyph, picture: str, unwanted: tuple[str, ...]) -> Glyph:
    """The glyph without some of its parts."""
    form = glyph.form
    gone = {number for part in unwanted for number in shapes(picture, part)}
    kept = [index for index in range(len(form.paths)) if index not in gone]
    if not gone or not kept:
        return glyph
    name = f"{form.name} without {' '.join(unwanted)}"
    paths, paints = (tuple(row[index] for index in kept) for row in (form.paths, form.paints))
    return Glyph(Form(name, paths, paints), tuple(glyph.paints[index] for index in kept))
