"""The fresh tree that a drawing is rebuilt into: plain data, nothing of the hostile tree."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """One SVG element of the new tree. `links` names the ids that its attributes refer to."""

    tag: str
    attributes: dict[str, str]
    style: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    text: str = ""
    tail: str = ""


def walk(root: Node) -> Iterator[Node]:
    """Every node of the tree in document order."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if node.children:
            stack += node.children[::-1]
