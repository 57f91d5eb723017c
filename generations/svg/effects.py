"""What a filter costs to run: its graph as a browser walks it, and its primitives by kind.

Measured in Chromium 156 without a GPU: it walks the graph of a filter as if it were a tree, so
that twenty blends of each other are a million steps; and a convolution of nine by nine takes
a hundred times as long as a flood.
"""

import re
from typing import NamedTuple

from generations.svg.node import Node
from generations.svg.tables import (
    EFFECT_WEIGHT,
    EFFECT_WEIGHTS,
    MAX_BLUR,
    MAX_WALK,
    PRIMITIVES,
    WALK_WEIGHT,
)
from generations.svg.words import NUMBER

# Inputs that are no result of another primitive; any other unknown name means the one before.
SOURCES = frozenset("SourceGraphic SourceAlpha FillPaint StrokePaint".split())
TWO_INPUTS = frozenset("feBlend feComposite feDisplacementMap".split())
BLURS = frozenset("feGaussianBlur feDropShadow".split())

_number = re.compile(NUMBER)
_blurs = re.compile(r"(?:blur|drop-shadow)\(((?:[^()]|\([^()]*\))*)\)", re.IGNORECASE)


class Effect(NamedTuple):
    """How many primitives run, what they weigh, how many of them blur, and how widely.

    `reach` is how far the others look around a pixel, all together.
    """

    primitives: int = 0
    weight: int = 0
    blurs: int = 0
    blur: float = 0
    reach: float = 0


def of_filter(node: Node) -> Effect:
    """What one run of this `filter` element comes to."""
    primitives = [child for child in node.children if child.tag in PRIMITIVES]
    spreads = [_largest(one, "stdDeviation") for one in primitives if one.tag in BLURS]
    reach = sum(_largest(one, "radius") for one in primitives if one.tag == "feMorphology")
    weight = WALK_WEIGHT * _walk(primitives) + sum(map(_weight, primitives))
    return Effect(len(primitives), weight, len(spreads), max(spreads, default=0), reach)


def of_functions(filters: str) -> Effect:
    """What the filter functions of a `filter` property come to."""
    count = filters.count("(") - filters.count("url(")
    blurs = _blurs.findall(filters)
    widths = [abs(float(number)) for one in blurs for number in _number.findall(one)]
    widest = min(max(widths, default=0), MAX_BLUR)  # a colour's numbers are among them
    return Effect(count, count * EFFECT_WEIGHT, len(blurs), widest)


def _walk(primitives: list[Node]) -> int:
    """How many steps it takes to walk from the last primitive back to all that it is made of."""
    steps: dict[str, int] = {}
    last, longest = 1, 0
    for primitive in primitives:
        inputs = [1 if name in SOURCES else steps.get(name, last) for name in _inputs(primitive)]
        last = min(1 + sum(inputs), MAX_WALK)
        longest = max(longest, last)
        steps[primitive.attributes.get("result", "")] = last
        steps.pop("", None)
    return longest


def _inputs(primitive: Node) -> list[str]:
    """The names of what it reads; the empty name is the primitive before."""
    if primitive.tag == "feMerge":
        return [one.attributes.get("in", "") for one in primitive.children]
    names = ("in", "in2") if primitive.tag in TWO_INPUTS else ("in",)
    return [primitive.attributes.get(name, "") for name in names]


def _weight(primitive: Node) -> int:
    weight = EFFECT_WEIGHTS.get(primitive.tag, EFFECT_WEIGHT)
    if primitive.tag == "feTurbulence":
        return weight * max(1, int(primitive.attributes.get("numOctaves", "1")))
    if primitive.tag == "feConvolveMatrix":
        sides = [int(number) for number in primitive.attributes.get("order", "3").split()]
        return weight * sides[0] * sides[-1]
    if primitive.tag == "feMerge":
        return weight * max(1, len(primitive.children))
    return weight


def _largest(primitive: Node, attribute: str) -> float:
    """The largest number that it has or is animated to."""
    values = [primitive.attributes.get(attribute, "2")]
    for child in primitive.children:
        values += [child.attributes.get(name, "") for name in ("from", "to", "by", "values")]
    numbers = [abs(float(number)) for value in values for number in _number.findall(value)]
    return max(numbers, default=0.0)
