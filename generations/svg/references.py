"""What refers to what: animations and their targets, filter regions, the index of ids (§2.6).

Everything here is decided on the new tree, where an id means one node.
"""

import re
from collections.abc import Callable

from generations.svg.node import Node, walk
from generations.svg.notes import Notes
from generations.svg.tables import (
    ANIMATED_LIMITS,
    ANIMATIONS,
    MAX_REGION_PERCENT,
    MAX_REGION_UNITS,
    PRIMITIVES,
    ROOT_ANIMATABLE,
)
from generations.svg.values import GRAMMARS
from generations.svg.words import NUMBER

BOUNDED = PRIMITIVES | {"filter"}  # elements with a region
REGION = ("x", "y", "width", "height")
TRANSFORMS = frozenset(("transform", "gradientTransform", "patternTransform"))
ANIMATED = ("from", "to", "by", "values")

_number = re.compile(NUMBER)
_length = re.compile(rf"(?P<number>{NUMBER})(?P<unit>%|px)?")


def settle(root: Node, notes: Notes) -> tuple[list[Node], dict[str, Node]]:
    """All nodes in document order, and those that have an id by it, after dropping what may not be.

    That is: ids given twice, animations that may not be, links to nothing, and filter regions
    out of bounds. Targets of animations are never dropped themselves, so one pass settles it.
    """
    nodes = list(walk(root))
    ids = _index(nodes, notes)
    if not ANIMATIONS.isdisjoint([node.tag for node in nodes]):
        _settle_all_animations(nodes, ids, notes)
        nodes = list(walk(root))
        ids = _index(nodes, notes)
    for node in nodes:
        if node.links and "href" in node.links:
            _drop_dangling(node, ids)
        if node.tag in BOUNDED:
            _bound_region(node, notes)
    return nodes, ids


def _settle_all_animations(nodes: list[Node], ids: dict[str, Node], notes: Notes) -> None:
    for node in nodes:
        if any(one.tag in ANIMATIONS for one in node.children):
            _settle_animations(node, nodes[0], ids, notes)


def _index(nodes: list[Node], notes: Notes) -> dict[str, Node]:
    """The nodes that have an id; of two with the same one the first keeps it (§2.3)."""
    ids: dict[str, Node] = {}
    for node in nodes:
        name = node.attributes.get("id")
        if name in ids:
            del node.attributes["id"]
            notes.say("an id that was given twice dropped")
        elif name:
            ids[name] = node
    return ids


def _drop_dangling(node: Node, ids: dict[str, Node]) -> None:
    """An href to a missing id would find another drawing's element on a shared page."""
    if node.links["href"] not in ids:
        del node.links["href"], node.attributes["href"]


def _settle_animations(parent: Node, root: Node, ids: dict[str, Node], notes: Notes) -> None:
    kept = []
    for child in parent.children:
        if child.tag in ANIMATIONS:
            target = ids.get(child.links["href"]) if "href" in child.links else parent
            if target is None or not _may_animate(child, target, root):
                notes.dropped("element", child.tag)
                continue
        kept.append(child)
    parent.children = kept


def _may_animate(animation: Node, target: Node, root: Node) -> bool:
    """Whether this animation may act on `target`: the root must not move (§2.8)."""
    if target.tag in ANIMATIONS:
        return False
    name = animation.attributes.get("attributeName", "")
    if animation.tag == "animateMotion":
        return target is not root
    if animation.tag == "animateTransform" and name not in TRANSFORMS:
        return False
    if target is root and (name not in ROOT_ANIMATABLE or animation.tag == "animateTransform"):
        return False
    if name in REGION and target.tag in BOUNDED:
        return False
    return _is_bounded(animation, name)


def _is_bounded(animation: Node, name: str) -> bool:
    """Whether the animated values obey the limits that the attribute itself has."""
    values = [animation.attributes[key] for key in ANIMATED if key in animation.attributes]
    if name in ANIMATED_LIMITS:
        if animation.attributes.get("accumulate") == "sum":
            return False
        limit = ANIMATED_LIMITS[name]
        return all(abs(float(n)) <= limit for value in values for n in _number.findall(value))
    if name == "stroke-dasharray":
        dashes = GRAMMARS["dashes"]
        return all(dashes(part) for value in values for part in value.split(";") if part.strip())
    return True


def _bound_region(node: Node, notes: Notes) -> None:
    in_units = node.attributes.get("filterUnits") == "userSpaceOnUse" or node.tag != "filter"
    fits = _fits_units if in_units else _fits_box
    for name in REGION:
        if name in node.attributes and not _fits(node.attributes[name], fits):
            del node.attributes[name]
            notes.dropped("value of", name)


def _fits(value: str, fits: Callable[[float], bool]) -> bool:
    found = _length.fullmatch(value)
    if not found:
        return False
    number = abs(float(found["number"]))
    return number <= MAX_REGION_PERCENT if found["unit"] == "%" else fits(number)


def _fits_units(number: float) -> bool:
    return number <= MAX_REGION_UNITS


def _fits_box(number: float) -> bool:
    return number * 100 <= MAX_REGION_PERCENT
