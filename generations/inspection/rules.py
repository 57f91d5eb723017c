"""What each style asks of a drawing: what a machine can tell as data, the rest as advice.

`prompts` makes its sentences of these rules, and `style` its faults, so that a model is never
blamed for what it was not told.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one style. What is None or empty is left to the model.

    Widths are those of strokes on a side of 256. They are asked for within `widths`, and a fault
    beyond `tolerated_widths`, if there are such; the number of shapes likewise.
    """

    intent: str
    advice: tuple[str, ...] = ()
    fills: bool | None = None
    strokes: bool | None = None
    gradients: bool | None = None
    effects: bool | None = None
    has_one_width: bool = False
    widths: tuple[float, float] | None = None
    tolerated_widths: tuple[float, float] | None = None
    shapes: int | None = None
    tolerated_shapes: int | None = None
    tones: int | None = None
    has_dark_contours: bool = False


RULES = {
    "outline": Rules(
        "Outlines only.",
        ("One stroke colour.", "Round line caps and joins."),
        fills=False,
        gradients=False,
        effects=False,
        has_one_width=True,
        widths=(8, 12),
    ),
    "filled": Rules(
        "Solid silhouettes.",
        ("One or two colours; show inner detail by gaps and by the second colour.",),
        strokes=False,
        gradients=False,
        effects=False,
    ),
    "minimal": Rules(
        "As few shapes as will carry the idea.",
        ("One or two colours; much empty space; nothing decorative.",),
        gradients=False,
        effects=False,
        shapes=6,
        tolerated_shapes=24,
    ),
    "modern": Rules(
        "Bold geometric shapes with generous rounded corners.",
        ("A fresh palette of three or four colours, one clear accent, crisp overlaps.",),
    ),
    "flat": Rules(
        "Flat colour areas in a palette of three to five colours.",
        ("Depth by a darker or lighter flat tone.", "No strokes as contours."),
        gradients=False,
        effects=False,
    ),
    "gradient": Rules(
        "Shapes are filled with gradients from defs.",
        (
            "Two or three harmonious stops each, light coming from the upper left.",
            "No contours.",
        ),
        gradients=True,
    ),
    "line-art": Rules(
        "Drawn with flowing thin lines as with a pen.",
        ("One dark stroke colour; widths varied on purpose; fine inner detail.",),
        fills=False,
        gradients=False,
        effects=False,
        widths=(2, 5),
        tolerated_widths=(1, 6),
    ),
    "3d": Rules(
        "Looks solid: isometric or in simple perspective.",
        ("Gradients for rounding, a soft flat shadow on the ground.",),
        tones=3,
    ),
    "cartoon": Rules(
        "Playful and exaggerated.",
        (
            "Contours 6 to 10 wide with round joins, bright flat fills, a lighter patch as "
            "highlight, friendly eyes on living things.",
        ),
        has_dark_contours=True,
    ),
}


def sentences(rules: Rules) -> Iterator[str]:
    """The rules in words, for a model."""
    yield rules.intent
    if rules.fills is False:
        yield (
            'No filled areas: fill="none" on every shape, or once on a group around them '
            "(a shape that says nothing is filled black)."
        )
    if rules.strokes is False:
        yield "No strokes."
    if rules.has_one_width and rules.widths:
        yield f"One stroke-width for the whole drawing, from {_range(rules.widths)}."
    elif rules.widths:
        yield f"Every stroke-width from {_range(rules.widths)}."
    if rules.gradients is False:
        yield "No gradients."
    if rules.gradients:
        yield (
            "At least one linearGradient or radialGradient of two or more colours, used as the "
            'fill of a visible shape, as in fill="url(#sky)".'
        )
    if rules.shapes:
        yield f"At most {rules.shapes} shapes."
    if rules.tones:
        yield (
            "Each form has a light, a middle and a dark side: at least three tones, or gradients."
        )
    if rules.has_dark_contours:
        yield "Thick dark contours around the shapes."
    yield from rules.advice


def _range(widths: tuple[float, float]) -> str:
    return f"{widths[0]:g} to {widths[1]:g}"
