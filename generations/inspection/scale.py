"""By how much a transform or a viewBox enlarges lines: one number, however lopsided it is."""

import math
import re

from generations.svg.facts import property_of
from generations.svg.node import Node
from generations.svg.view import PIXELS, view_box
from generations.svg.words import NUMBER

Viewport = tuple[float, float]

_function = re.compile(r"([a-z]+)\s*+\(([^()]*+)\)", re.IGNORECASE)
_number = re.compile(NUMBER)
_length = re.compile(rf"(?P<number>{NUMBER})(?P<unit>[a-z]*|%)", re.IGNORECASE)
UNITS = {**PIXELS, "": 1.0, "em": 16.0, "rem": 16.0, "ex": 8.0}


def of_transform(node: Node) -> float:
    text = property_of(node, "transform")
    factor = 1.0
    for name, written in _function.findall(text) if text else ():
        factor *= _of_function(name.lower(), [float(one) for one in _number.findall(written)])
    return math.sqrt(factor)


def _of_function(name: str, numbers: list[float]) -> float:
    """The factor by which areas grow."""
    if name == "matrix" and len(numbers) == 6:
        return abs(numbers[0] * numbers[3] - numbers[1] * numbers[2])
    if name == "scale" and numbers:
        return abs(numbers[0] * numbers[-1])
    if name in ("scalex", "scaley") and numbers:
        return abs(numbers[0])
    return 1.0


def of_box(node: Node, width: float, height: float) -> tuple[float, Viewport]:
    """What the viewBox of an element that is so large enlarges, and how large it is inside."""
    box = view_box(node.attributes.get("viewBox", ""))
    if box is None:
        return 1.0, (width, height)
    across, down = width / box[2], height / box[3]
    aspect = node.attributes.get("preserveAspectRatio", "")
    if "none" in aspect:
        return math.sqrt(across * down), box[2:]
    return (max if "slice" in aspect else min)(across, down), box[2:]


def length(value: str, whole: float, usual: float) -> float:
    """A length in units of the drawing; the usual one where it does not say a plain one."""
    found = _length.fullmatch(value.strip())
    if not found:
        return usual
    unit = found["unit"].lower()
    if unit == "%":
        return float(found["number"]) / 100 * whole
    return float(found["number"]) * UNITS[unit] if unit in UNITS else usual
