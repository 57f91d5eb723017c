"""The paints and markers that the contents of a resource inherit from around it."""

from generations.svg.facts import Drawing
from generations.svg.node import Node

# Properties that descendants inherit, so that one reference may be drawn many times.
INHERITED = ("fill", "stroke", "marker", "marker-start", "marker-mid", "marker-end")
# Resources whose contents inherit from where the resource stands, not from where it is used.
CONTAINERS = frozenset("pattern marker mask clipPath symbol".split())

_names = frozenset(INHERITED)


def inherited_links(drawing: Drawing) -> dict[int, dict[str, str]]:
    """For each container, what is inherited there: ids by property."""
    found: dict[int, dict[str, str]] = {}
    if not drawing.links or CONTAINERS.isdisjoint(drawing.tags):
        return found
    stack: list[tuple[Node, dict[str, str]]] = [(drawing.root, {})]
    while stack:
        node, around = stack.pop()
        if around and node.tag in CONTAINERS:
            found[id(node)] = around
        if node.children:
            around = _with_own(node, around)
            stack += [
                (child, around)
                for child in node.children
                if child.children or (around and child.tag in CONTAINERS)
            ]
    return found


def _with_own(node: Node, around: dict[str, str]) -> dict[str, str]:
    if _names.isdisjoint(node.attributes) and _names.isdisjoint(node.style):
        return around
    changed = {
        name: node.links.get("style:" + name) or node.links.get(name, "")
        for name in INHERITED
        if name in node.style or name in node.attributes
    }
    return {**around, **changed}
