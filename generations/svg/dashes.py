"""How many dashes a drawing may ask for: a fine pattern on a long path is a bomb (§5)."""

import re

from generations.svg.node import Node
from generations.svg.tables import FEW_DASHES, MAX_DASHES
from generations.svg.words import NUMBER

_number = re.compile(NUMBER)
# Where one of these is missing in the whole drawing nothing is dashed.
SAID_BY = ("stroke-dasharray", "attributeName")
LENGTHS = ("width", "height", "r", "rx", "ry", "x1", "y1", "x2", "y2")


def shortest_period(nodes: list[Node]) -> float | None:
    """The shortest dash pattern of the drawing in user units; None where nothing is dashed.

    One for all shapes: patterns are inherited, also through `use`.
    """
    patterns = {pattern for node in nodes for pattern in _patterns(node)}
    periods = [sum(_numbers(pattern)) for pattern in patterns]
    if not periods:
        return None
    if any(_vector_effect(node) for node in nodes):  # dashes that do not grow with the drawing
        return min(periods) / 100
    return min(periods)


def _patterns(node: Node) -> list[str]:
    attributes = node.attributes
    found = [attributes.get("stroke-dasharray"), node.style.get("stroke-dasharray")]
    if attributes.get("attributeName") == "stroke-dasharray":
        for name in ("from", "to", "by", "values"):
            found += attributes.get(name, "").split(";")
    return [pattern for pattern in found if pattern and _number.search(pattern)]


def _vector_effect(node: Node) -> bool:
    return "vector-effect" in node.attributes or "vector-effect" in node.style


def count(shape: Node, period: float) -> int:
    """How many dashes `shape` has at most, as far as they are many; 0 where they are few."""
    attributes = shape.attributes
    text = attributes.get("d") or attributes.get("points")
    if text:
        length = 2 * sum(_numbers(text))
    else:
        said = [attributes[name] for name in LENGTHS if name in attributes]
        length = 7 * sum([sum(_numbers(value)) for value in said])
    dashes = min(length / max(period, 1e-9), MAX_DASHES)
    return int(dashes) if dashes > FEW_DASHES else 0


def _numbers(text: str) -> list[float]:
    return [abs(float(number)) for number in _number.findall(text)]
