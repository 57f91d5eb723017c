"""Whether a shape has anything to fill or to stroke at all."""

import re

from generations.inspection import scale
from generations.svg.node import Node
from generations.svg.words import NUMBER

ONE = rf"[\s,]*+{NUMBER}"
LONG = 1_000  # characters of a path: it is more than a few lines
# Straight lines, each beginning anew, of at most four numbers.
_lines = re.compile(rf"(?:[Mm]{ONE}{ONE}(?:[Ll]?{ONE}{ONE}|[HhVv]{ONE})?[\s,]*+[Zz]?\s*+)++")
_numbers = re.compile(NUMBER)


def has_area(node: Node) -> bool:
    """Whether there is anything to fill: a straight line has nothing inside."""
    if node.tag == "line":
        return False
    if node.tag in ("polyline", "polygon"):
        return len(_numbers.findall(node.attributes.get("points", ""))) >= 6
    if node.tag == "path":
        data = node.attributes.get("d", "")
        return len(data) > LONG or not _lines.fullmatch(data)
    return True


def has_size(node: Node) -> bool:
    """Whether it is more than a definition of nothing."""
    attributes = node.attributes
    if node.tag == "path":
        return bool(attributes.get("d"))
    if node.tag in ("polyline", "polygon"):
        return bool(attributes.get("points"))
    if node.tag == "rect":
        return all(scale.length(attributes.get(one, "0"), 1, 1) > 0 for one in ("width", "height"))
    if node.tag == "circle":
        return scale.length(attributes.get("r", "0"), 1, 1) > 0
    if node.tag == "ellipse":
        return all(scale.length(attributes.get(one, "auto"), 1, 1) > 0 for one in ("rx", "ry"))
    return True
