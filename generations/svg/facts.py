"""What holds for a whole drawing and tells what needs to be counted in it, and how."""

import re

from generations.svg import dashes, scales
from generations.svg.node import Node
from generations.svg.tables import (
    BLEND_WEIGHT,
    BROAD_STROKE_WEIGHT,
    CROSSING_WEIGHT,
    ELEMENT_WEIGHT,
    GROUP_WEIGHT,
    LONG_PATHS,
    SHAPES,
    STROKED_CROSSING_WEIGHT,
    TEXT,
    TRANSPARENT_WEIGHT,
)
from generations.svg.values import NUMBER

BROAD = 20  # strokes wider than this part of the drawing
_number = re.compile(NUMBER)
_RELATIVE = ("em", "ex", "%", "ch", "larger")


class Drawing:
    """What holds for the whole drawing, and decides what needs to be counted in it."""

    def __init__(self, root: Node, nodes: list[Node]) -> None:
        self.side = scales.of_root(root)
        self.period = dashes.shortest_period(nodes)
        links = {name for node in nodes for name in node.links}
        texts = sum([_length(node) for node in nodes if node.tag in SHAPES])
        self.has_markers = any("marker" in name for name in links)
        self.has_context = self.has_markers and any(map(_has_context, nodes))
        self.is_long = texts > LONG_PATHS
        self.crossing_weight, self.shape_weight = CROSSING_WEIGHT, ELEMENT_WEIGHT
        if any(property_of(node, "stroke") not in ("", "none") for node in nodes):
            self.crossing_weight = STROKED_CROSSING_WEIGHT
            if _largest(nodes, "stroke-width", 1.0) > self.side / BROAD:
                self.shape_weight = BROAD_STROKE_WEIGHT
        self.letter = 0.0
        if any(node.tag in TEXT for node in nodes):
            self.letter = _largest(nodes, "font-size", 16.0)
            self.letter += _largest(nodes, "stroke-width", 1.0)
        self.is_dear = bool(links or self.period or self.is_long or self.letter) or any(
            property_of(node, "filter") or layers(node) for node in nodes
        )
        self.is_dear |= self.shape_weight > ELEMENT_WEIGHT


def _length(shape: Node) -> int:
    return len(shape.attributes.get("d", "")) + len(shape.attributes.get("points", ""))


def _has_context(node: Node) -> bool:
    return any("context-" in property_of(node, name) for name in ("fill", "stroke"))


def _largest(nodes: list[Node], name: str, usual: float) -> float:
    """The largest size of that name, in units of the drawing, as far as numbers tell."""
    return max([usual, *(_size(value) for node in nodes if (value := property_of(node, name)))])


def _size(value: str) -> float:
    numbers = [abs(float(number)) for number in _number.findall(value)]
    return max(numbers, default=0.0) * (16 if value.endswith(_RELATIVE) else 4 / 3)


def property_of(node: Node, name: str) -> str:
    """What the element itself says of a property: its style before its attributes."""
    return node.style.get(name) or node.attributes.get(name, "")


def layers(node: Node) -> int:
    """What it takes to draw the element aside first, and mix it in then."""
    weight = 0
    if node.style.get("mix-blend-mode", "normal") != "normal":
        weight += BLEND_WEIGHT
    if property_of(node, "opacity").strip() not in ("", "1", "1.0"):
        weight += GROUP_WEIGHT if node.children else TRANSPARENT_WEIGHT
    return weight
