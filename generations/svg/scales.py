"""By how much an element enlarges what is inside it: its transform, its viewBox, its units."""

import math
import re

from generations.svg.node import Node
from generations.svg.view import view_box
from generations.svg.words import NUMBER

_function = re.compile(r"([a-z]+)\s*+\(([^()]*+)\)", re.IGNORECASE)
_number = re.compile(NUMBER)
UNITS = ("patternContentUnits", "maskContentUnits", "clipPathUnits", "primitiveUnits")
LARGEST = 1e9


def of(node: Node, side: float) -> float:
    """An upper bound, in a drawing whose viewBox has sides up to `side`."""
    scale = _of_transform(node.style.get("transform") or node.attributes.get("transform", ""))
    scale *= max([_of_animation(child) for child in node.children], default=1.0)
    if any(node.attributes.get(name) == "objectBoundingBox" for name in UNITS):
        scale *= max(side, 1.0)
    box = view_box(node.attributes.get("viewBox", ""))
    if box:
        scale *= max(_side(node, "width", side) / box[2], _side(node, "height", side) / box[3])
    return min(scale, LARGEST)


def of_tree(root: Node) -> float:
    """How much what is deepest in a drawing is enlarged at most, without what its uses add."""
    side, largest = of_root(root), 1.0
    stack = [(child, 1.0) for child in root.children]
    while stack:
        node, scale = stack.pop()
        scale = min(scale * max(of(node, side), 1.0), LARGEST)
        largest = max(largest, scale)
        stack += [(child, scale) for child in node.children]
    return largest


def of_root(node: Node) -> float:
    """The longer side of the drawing's viewBox: what 100 % means in it."""
    box = view_box(node.attributes.get("viewBox", ""))
    return max(box[2:]) if box else 1.0


def is_large_tile(pattern: Node, side: float) -> bool:
    """Whether the tile of a pattern may be half as large as the drawing, or larger."""
    limit = 0.5 if pattern.attributes.get("patternUnits") != "userSpaceOnUse" else side / 2
    return any(_side(pattern, name, 0.0) > limit for name in ("width", "height"))


def _side(node: Node, name: str, side: float) -> float:
    """A width or height; where it is not a plain number it is taken for the whole drawing's."""
    names = {"width": "markerWidth", "height": "markerHeight"}
    value = node.attributes.get(names[name] if node.tag == "marker" else name, "")
    found = _number.fullmatch(value.removesuffix("px"))
    return abs(float(found.group())) if found else side


def _of_transform(transform: str) -> float:
    scale = 1.0
    for name, arguments in _function.findall(transform):
        numbers = [abs(float(number)) for number in _number.findall(arguments)] or [1.0]
        name = name.lower()
        if name.startswith("scale"):
            scale *= max(numbers)
        elif name == "matrix":
            scale *= math.hypot(*numbers[:4]) / (math.sqrt(2) if _is_even(numbers) else 1)
        elif name.startswith("skew"):
            scale *= 1 + max(abs(math.tan(math.radians(number))) for number in numbers)
    return scale


def _is_even(numbers: list[float]) -> bool:
    """Whether a matrix turns and scales both axes alike, as most do."""
    return len(numbers) > 3 and abs(numbers[0] - numbers[3]) + abs(numbers[1] - numbers[2]) < 1e-6


def _of_animation(node: Node) -> float:
    if node.tag != "animateTransform" or node.attributes.get("type") != "scale":
        return 1.0
    values = " ".join(node.attributes.get(name, "") for name in ("from", "to", "by", "values"))
    return max([1.0, *(abs(float(number)) for number in _number.findall(values))])
