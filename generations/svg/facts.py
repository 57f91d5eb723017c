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
from generations.svg.words import NUMBER

BROAD = 20  # strokes wider than this part of the drawing
LAYERED = ("filter", "opacity", "mix-blend-mode")
_number = re.compile(NUMBER)
_RELATIVE = ("em", "ex", "%", "ch", "larger")


class Drawing:
    """What holds for the whole drawing, and decides what needs to be counted in it.

    `names` are those of all its attributes and style: where one is missing nobody looks for it.
    """

    def __init__(self, nodes: list[Node]) -> None:
        self.root, self.nodes = nodes[0], nodes
        self.tags = {node.tag for node in nodes}
        self.names: set[str] = set()
        self.links: set[str] = set()
        for node in nodes:
            self.names.update(node.attributes, node.style)
            if node.links:
                self.links.update(node.links)
        self.side = scales.of_root(self.root)
        self.is_long = self._path_characters() > LONG_PATHS
        self.has_markers = any("marker" in name for name in self.links)
        self.has_context = self.has_markers and any(
            "context-" in value for name in ("fill", "stroke") for value in self._values(name)
        )
        self.period = None
        if not self.names.isdisjoint(dashes.SAID_BY):
            self.period = dashes.shortest_period(nodes)
        self._weigh_strokes()
        self.letter = 0.0
        if not TEXT.isdisjoint(self.tags):
            self.letter = self._largest("font-size", 16.0) + self._largest("stroke-width", 1.0)
        self.is_dear = bool(self.links or self.period or self.is_long or self.letter)
        self.is_dear |= self.shape_weight > ELEMENT_WEIGHT
        self.is_dear = self.is_dear or self._has_layers()

    def tagged(self, tag: str) -> list[Node]:
        return [node for node in self.nodes if node.tag == tag] if tag in self.tags else []

    def _values(self, name: str) -> set[str]:
        """All that is said of a property, each value once."""
        return {property_of(node, name) for node in self.nodes} if name in self.names else set()

    def _largest(self, name: str, usual: float) -> float:
        """The largest size of that name, in units of the drawing, as far as numbers tell."""
        return max([usual, *map(_size, self._values(name))])

    def _path_characters(self) -> int:
        if self.names.isdisjoint(("d", "points")):
            return 0
        return sum([_length(node.attributes) for node in self.nodes if node.tag in SHAPES])

    def _weigh_strokes(self) -> None:
        self.crossing_weight, self.shape_weight = CROSSING_WEIGHT, ELEMENT_WEIGHT
        if self._values("stroke") - {"", "none"}:
            self.crossing_weight = STROKED_CROSSING_WEIGHT
            if self._largest("stroke-width", 1.0) > self.side / BROAD:
                self.shape_weight = BROAD_STROKE_WEIGHT

    def _has_layers(self) -> bool:
        if self.names.isdisjoint(LAYERED):
            return False
        return any(property_of(node, "filter") or layers(node) for node in self.nodes)


def _length(attributes: dict[str, str]) -> int:
    return len(attributes.get("d", "")) + len(attributes.get("points", ""))


def _size(value: str) -> float:
    numbers = [abs(float(number)) for number in _number.findall(value)]
    return max(numbers, default=0.0) * (16 if value.endswith(_RELATIVE) else 4 / 3)


def property_of(node: Node, name: str) -> str:
    """What the element itself says of a property: its style before its attributes."""
    return (node.style and node.style.get(name)) or node.attributes.get(name, "")


def layers(node: Node) -> int:
    """What it takes to draw the element aside first, and mix it in then."""
    weight = 0
    if node.style and node.style.get("mix-blend-mode", "normal") != "normal":
        weight += BLEND_WEIGHT
    opacity = property_of(node, "opacity")
    if opacity and opacity.strip() not in ("", "1", "1.0"):
        weight += GROUP_WEIGHT if node.children else TRANSPARENT_WEIGHT
    return weight
