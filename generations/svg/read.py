"""A sanitized drawing as the tree that it was written from."""

from dataclasses import dataclass

from generations.svg import parse, references
from generations.svg.node import Node
from generations.svg.notes import Notes
from generations.svg.rebuild import Builder
from generations.svg.text import prepare


@dataclass(frozen=True, slots=True)
class Reading:
    """`nodes` are all of it in document order, beginning with the root; `ids` those with a name."""

    nodes: list[Node]
    ids: dict[str, Node]

    @property
    def root(self) -> Node:
        return self.nodes[0]


def read(svg: str) -> Reading:
    """The tree of a sanitized drawing. Raises Rejected for text that is none."""
    notes = Notes()
    root = Builder(notes).build(parse.parse(prepare(svg)))
    return Reading(*references.settle(root, notes))
