"""A drawing without what draws nothing and says nothing."""

import re

from generations.svg.facts import property_of
from generations.svg.finish_paths import number, path, points
from generations.svg.node import Node
from generations.svg.read import Reading
from generations.svg.tables import RESOURCES, SHAPES, TITLES

# Fewer digits after the point change a pixel here and there: edges are drawn by finer steps.
DECIMALS = 6
# Inherited, and what they are where nobody says anything.
USUAL = {
    "fill": ("black", "#000", "#000000"),
    "stroke": ("none",),
    "stroke-width": ("1",),
    "stroke-linecap": ("butt",),
    "stroke-linejoin": ("miter",),
    "stroke-miterlimit": ("4",),
    "fill-rule": ("nonzero",),
    "fill-opacity": ("1",),
    "stroke-opacity": ("1",),
}
LENGTHS = tuple("x y x1 y1 x2 y2 cx cy r rx ry width height stroke-width".split())
ZEROS = ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy")
PAINTS = ("fill", "stroke", "stop-color", "flood-color", "color")
HOLDERS = frozenset(("svg", "g", "symbol", "mask", "marker"))
REUSED = frozenset(("use", "marker"))

_nothing = re.compile(r"0+(?:\.0*)?|\.0+")
_long_hex = re.compile(r"#([0-9a-fA-F])\1([0-9a-fA-F])\2([0-9a-fA-F])\3")
_hex = re.compile(r"#[0-9a-fA-F]{3,8}")


def round_off(drawing: Reading, decimals: int = DECIMALS) -> None:
    """Write the geometry of every shape with as few characters as its numbers take."""
    for node in drawing.nodes:
        if node.tag in SHAPES:
            _round_shape(node.attributes, decimals)


def _round_shape(attributes: dict[str, str], decimals: int) -> None:
    for name, value in attributes.items():
        if name == "d":
            attributes[name] = path(value, decimals)
        elif name == "points":
            attributes[name] = points(value, decimals)
        elif name in LENGTHS:
            attributes[name] = number(value, decimals)


def tidy(drawing: Reading) -> None:
    """Drop what is empty, unused or says what holds anyway."""
    _drop_unused(drawing)
    _join_groups(drawing.root)
    is_reused = any(node.tag in REUSED for node in drawing.nodes)
    stack: list[tuple[Node, dict[str, str]]] = [(drawing.root, {})]
    while stack:
        node, around = stack.pop()
        _shorten(node)
        if not is_reused:
            _forget(node, around)
            own = {name: property_of(node, name) for name in USUAL if property_of(node, name)}
            around = {**around, **own} if own else around
        stack += [(child, around) for child in node.children]


def _drop_unused(drawing: Reading) -> None:
    used = {target for node in drawing.nodes for target in node.links.values()}

    def is_needed(node: Node) -> bool:
        return node.attributes.get("id") in used or any(map(is_needed, node.children))

    for node in drawing.nodes:
        if node.tag == "defs":
            node.children = [child for child in node.children if is_needed(child)]
        else:
            node.children = [
                child
                for child in node.children
                if child.tag not in RESOURCES - {"defs"} or is_needed(child)
            ]


def _join_groups(root: Node) -> None:
    """Leave out groups that hold nothing, and those that do nothing for what they hold."""
    for node in _from_leaves(root):
        if node.tag in HOLDERS or node.tag == "defs":
            node.children = [one for child in node.children for one in _in_place_of(child, node)]


def _from_leaves(root: Node) -> list[Node]:
    found = [root]
    for node in found:
        found += node.children
    return found[::-1]


def _in_place_of(child: Node, parent: Node) -> list[Node]:
    if child.tag == "defs" and not child.children:
        return []
    if child.tag != "g" or child.links or "id" in child.attributes:
        return [child]
    if not child.children:
        return [child] if "filter" in child.style or "filter" in child.attributes else []
    says = child.attributes or child.style
    named = any(one.tag in TITLES for one in child.children)
    return [child] if says or named or parent.tag == "defs" else child.children


def _shorten(node: Node) -> None:
    attributes = node.attributes
    for name in PAINTS:
        if name in attributes:
            attributes[name] = _short_colour(attributes[name])
    if node.tag in SHAPES:
        for name in ZEROS:
            if _nothing.fullmatch(attributes.get(name, "")):
                del attributes[name]
    if attributes.get("opacity") == "1" and "opacity" not in node.style:
        del attributes["opacity"]


def _short_colour(value: str) -> str:
    if not _hex.fullmatch(value):
        return value
    found = _long_hex.fullmatch(value)
    return f"#{found[1]}{found[2]}{found[3]}".lower() if found else value.lower()


def _forget(node: Node, around: dict[str, str]) -> None:
    """Drop the properties that the element would inherit all the same."""
    for name, usual in USUAL.items():
        value = node.attributes.get(name)
        if value is None or name in node.style or name in node.links:
            continue
        if value == around[name] if name in around else value in usual:
            del node.attributes[name]
