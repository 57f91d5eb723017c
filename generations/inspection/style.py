"""Does a drawing keep the rules of its style? Each check answers with what breaks them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generations.inspection.rules import RULES, Rules
from generations.inspection.seen import Seen
from generations.svg.node import Node

MANY = 20  # widths: who has so many has no usual one
ALIKE = 0.04  # widths that differ by less of themselves are one width


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken rule, and the element that breaks it, where it is one."""

    code: str
    sentence: str
    node: Node | None = None


def breaches(shapes: Sequence[Seen], style: str) -> Iterator[Breach]:
    """All that `style` does not allow; nothing for a style without rules."""
    rules = RULES.get(style)
    if rules is None:
        return
    for check in CHECKS:
        yield from check(shapes, rules)


def _fills(shapes: Sequence[Seen], rules: Rules) -> Iterator[Breach]:
    if rules.fills is False:
        for one in shapes:
            if one.fill:
                yield Breach(
                    "style_fill",
                    f"This {one.node.tag} is filled, and the style has no filled areas. Set "
                    'fill="none" on it or on a group around it (a shape that says nothing is '
                    "filled black), and draw it with a stroke.",
                    one.node,
                )


def _strokes(shapes: Sequence[Seen], rules: Rules) -> Iterator[Breach]:
    if rules.strokes is False:
        for one in shapes:
            if one.stroke and one.stroke != one.fill:
                yield Breach(
                    "style_stroke",
                    f"This {one.node.tag} has a stroke, and the style has none. Draw it as a "
                    "filled shape, and show lines within it by gaps.",
                    one.node,
                )


def _one_width(shapes: Sequence[Seen], rules: Rules) -> Iterator[Breach]:
    if not rules.has_one_width:
        return
    groups = _groups(shapes)
    if len(groups) < 2:
        return
    usual = max(groups, key=lambda width: len(groups[width]))
    for width, members in groups.items():
        for one in members if width != usual else ():
            yield Breach(
                "style_stroke_widths",
                f"The stroke of this {one.node.tag} is {width:.3g} wide as drawn, that of most "
                f"of the drawing {usual:.3g}. Use one stroke-width everywhere, and none that a "
                "transform enlarges.",
                one.node,
            )


def _groups(shapes: Sequence[Seen]) -> dict[float, list[Seen]]:
    """Who is drawn with which width; those that are hard to tell apart are one."""
    groups: dict[float, list[Seen]] = {}
    for one in shapes:
        if one.stroke and one.width > 0:
            like = [width for width in groups if abs(width - one.width) <= ALIKE * width]
            groups.setdefault(like[0] if like else one.width, []).append(one)
        if len(groups) == MANY:
            break
    return groups


def _widths(shapes: Sequence[Seen], rules: Rules) -> Iterator[Breach]:
    if not rules.widths or not rules.tolerated_widths:
        return
    low, high = rules.tolerated_widths
    for one in shapes:
        if one.stroke and one.width > 0 and not low * 0.98 <= one.width <= high * 1.02:
            yield Breach(
                "style_stroke_width",
                f"The stroke of this {one.node.tag} is {one.width:.3g} wide as drawn, on a side "
                f"of 256. Take a stroke-width from {rules.widths[0]:g} to {rules.widths[1]:g}.",
                one.node,
            )


def _gradients(shapes: Sequence[Seen], rules: Rules) -> Iterator[Breach]:
    gradual = [one for one in shapes if any(p and p.is_gradient for p in (one.fill, one.stroke))]
    if rules.gradients is False:
        for one in gradual:
            yield Breach(
                "style_gradient",
                f"This {one.node.tag} is painted with a gradient, and the style has none. Paint "
                "it with one plain colour.",
                one.node,
            )
    if rules.gradients and not gradual:
        yield Breach(
            "style_no_gradient",
            "No visible shape is painted with a gradient, and the style is made of them. Define "
            "a linearGradient or radialGradient of at least two colours in defs and fill the "
            'main shapes with it, as in fill="url(#sky)".',
        )


def _effects(shapes: Sequence[Seen], rules: Rules) -> Iterator[Breach]:
    if rules.effects is False:
        for one in shapes:
            if one.is_filtered:
                yield Breach(
                    "style_effect",
                    f"This {one.node.tag} is drawn through a filter, and the style has no "
                    "effects. Leave the filter out.",
                    one.node,
                )


def _shapes(shapes: Sequence[Seen], rules: Rules) -> Iterator[Breach]:
    count = len({id(one.node) for one in shapes})  # what is drawn again by `use` is one
    if rules.shapes and rules.tolerated_shapes and count > rules.tolerated_shapes:
        yield Breach(
            "style_shapes",
            f"The drawing has {count} shapes. The style wants at most {rules.shapes}: leave out "
            "what the idea does not need, and join what belongs together into one path.",
        )


def _tones(shapes: Sequence[Seen], rules: Rules) -> Iterator[Breach]:
    if not rules.tones:
        return
    paints = {(p.text, round(p.alpha, 2)) for one in shapes for p in (one.fill, one.stroke) if p}
    gradual = any(p.is_gradient for one in shapes for p in (one.fill, one.stroke) if p)
    if len(paints) < rules.tones and not gradual and not any(one.is_filtered for one in shapes):
        yield Breach(
            "style_tones",
            "The drawing looks flat: it has no gradient and fewer than three tones. Give each "
            "form a light, a middle and a dark side.",
        )


def _contours(shapes: Sequence[Seen], rules: Rules) -> Iterator[Breach]:
    if not rules.has_dark_contours:
        return
    if not any(p and p.is_dark for one in shapes for p in (one.stroke, one.fill)):
        yield Breach(
            "style_contours",
            "Nothing in the drawing is dark, and the style has thick dark contours. Give the "
            "shapes a dark stroke, 6 to 10 wide.",
        )


CHECKS = (_fills, _strokes, _one_width, _widths, _gradients, _effects, _shapes, _tones, _contours)
