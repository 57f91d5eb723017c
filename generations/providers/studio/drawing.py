"""From a prompt to a drawing."""

from collections.abc import Callable
from dataclasses import dataclass

from . import colour_styles, layout, line_styles, mark, markup, words
from .scene import Scene
from .words import Reading

TWEMOJI = "Adapted from Twemoji, © Twitter, Inc and other contributors, CC BY 4.0."
LUCIDE = "Icons by Lucide, ISC licence."

_MOST_NAMED = 12

STYLES: dict[str, Callable[[Scene], str]] = {
    "outline": line_styles.outline,
    "filled": colour_styles.filled,
    "minimal": colour_styles.minimal,
    "modern": colour_styles.modern,
    "flat": colour_styles.flat,
    "gradient": colour_styles.gradient,
    "line-art": line_styles.line_art,
    "3d": colour_styles.solid,
    "cartoon": colour_styles.cartoon,
}


@dataclass(frozen=True)
class Drawing:
    """A finished SVG and what a person should know about it."""

    svg: str
    notes: tuple[str, ...]


def draw(prompt: str, style: str) -> Drawing:
    """Draw the prompt in the style. Raises ValueError for a style that is not one of STYLES."""
    if style not in STYLES:
        raise ValueError(f"unknown style: {style}")
    reading = words.read(prompt)
    scene = (
        layout.lay_out(reading, lines=style == "outline")
        if reading.things
        else mark.for_prompt(prompt, reading)
    )
    svg = markup.document(
        STYLES[style](scene),
        title=" ".join(prompt.split())[:120],
        description=_describe(reading, scene, style),
    )
    return Drawing(svg, _notes(reading))


def _describe(reading: Reading, scene: Scene, style: str) -> str:
    names = [
        f"{thing.count} × {thing.name}" if thing.count > 1 else thing.name
        for thing in reading.things
    ]
    what = ", ".join(names) or "abstract mark"
    return " ".join([f"{what}, {style} style.", *_credits(scene)])


def _credits(scene: Scene) -> list[str]:
    """Whom the pictures are owed to; our own (+) and the abstract mark to nobody."""
    names = [item.glyph.form.name for item in scene.items]
    from_lucide = any(name.startswith("@") for name in names)
    from_twemoji = any(not name.startswith(("@", "+", "mark ")) for name in names)
    return [TWEMOJI] * from_twemoji + [LUCIDE] * from_lucide


def _notes(reading: Reading) -> tuple[str, ...]:
    notes = list(reading.notes)
    if reading.unknown:
        unknown = [f"“{word}”" for word in dict.fromkeys(reading.unknown)]
        notes.append(f"The studio does not know {_some(unknown)}.")
    if reading.unshown:
        notes.append(f"Not shown: {_some(reading.unshown)}.")
    if not reading.things:
        notes.append("Nothing in the prompt could be drawn, so this is an abstract mark.")
    return tuple(notes)


def _some(names: list[str]) -> str:
    """The first names of a list and how many more there are."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
