"""Where the shapes of a drawing lie, roughly: the middle of each, in units of the drawing."""

import math
import re
from collections.abc import Iterator

from generations.inspection.scale import length
from generations.svg import paths
from generations.svg.facts import property_of
from generations.svg.node import Node
from generations.svg.read import Reading
from generations.svg.tables import RESOURCES, SHAPES
from generations.svg.view import view_box
from generations.svg.words import NUMBER

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]

MOST = 2_000  # shapes looked at
UPRIGHT: Matrix = (1, 0, 0, 1, 0, 0)

_function = re.compile(r"([a-z]+)\s*+\(([^()]*+)\)", re.IGNORECASE)
_number = re.compile(NUMBER)


def share_outside(drawing: Reading) -> float:
    """The share of shapes whose middle lies outside the viewBox."""
    box = view_box(drawing.root.attributes.get("viewBox", ""))
    found = list(_middles(drawing))
    if box is None or not found:
        return 0.0
    left, top, width, height = box
    away = [not (left <= x <= left + width and top <= y <= top + height) for x, y in found]
    return sum(away) / len(away)


def _middles(drawing: Reading) -> Iterator[Point]:
    stack: list[tuple[Node, Matrix]] = [(child, UPRIGHT) for child in drawing.root.children]
    steps = 0
    while stack and steps < MOST:
        node, around = stack.pop()
        steps += 1
        if node.tag in RESOURCES:
            continue
        inside = _times(around, _matrix(property_of(node, "transform")))
        if node.tag in SHAPES:
            middle = _middle(node)
            if middle:
                yield _moved(inside, middle)
        elif node.tag == "use":
            target = drawing.ids.get(node.links.get("href", ""))
            shift = (1, 0, 0, 1, _side(node, "x"), _side(node, "y"))
            if target is not None:
                inner = target.children if target.tag == "symbol" else [target]
                stack += [(one, _times(inside, shift)) for one in inner]
        else:
            stack += [(child, inside) for child in node.children]


def _side(node: Node, name: str) -> float:
    return length(node.attributes.get(name, "0"), 0.0, 0.0)


def _middle(node: Node) -> Point | None:
    if node.tag in ("circle", "ellipse"):
        return _side(node, "cx"), _side(node, "cy")
    if node.tag == "rect":
        return (
            _side(node, "x") + _side(node, "width") / 2,
            _side(node, "y") + _side(node, "height") / 2,
        )
    if node.tag == "line":
        ends = [(_side(node, f"x{end}"), _side(node, f"y{end}")) for end in "12"]
        return _centre(ends)
    return _centre(
        list(paths.points(node.attributes.get("d") or node.attributes.get("points", "")))
    )


def _centre(points: list[Point]) -> Point | None:
    if not points:
        return None
    across, down = zip(*points, strict=True)
    return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2


def _matrix(text: str) -> Matrix:
    found = UPRIGHT
    for name, written in _function.findall(text) if text else ():
        found = _times(
            found, _of_function(name.lower(), [float(n) for n in _number.findall(written)])
        )
    return found


def _of_function(name: str, numbers: list[float]) -> Matrix:
    first, second, *_ = [*numbers, 0.0, 0.0]
    if name == "matrix" and len(numbers) == 6:
        a, b, c, d, e, f = numbers
        return a, b, c, d, e, f
    if name == "translate":
        return 1, 0, 0, 1, first, second
    if name == "scale" and numbers:
        return first, 0, 0, numbers[-1], 0, 0
    if name == "rotate":
        x, y = numbers[1:3] if len(numbers) >= 3 else (0.0, 0.0)
        turn = math.radians(first)
        spun = (math.cos(turn), math.sin(turn), -math.sin(turn), math.cos(turn), 0.0, 0.0)
        return _times(_times((1, 0, 0, 1, x, y), spun), (1, 0, 0, 1, -x, -y))
    return UPRIGHT


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (
        a * p + c * q,
        b * p + d * q,
        a * r + c * s,
        b * r + d * s,
        a * t + c * u + e,
        b * t + d * u + f,
    )


def _moved(matrix: Matrix, point: Point) -> Point:
    a, b, c, d, e, f = matrix
    x, y = point
    return a * x + c * y + e, b * x + d * y + f
