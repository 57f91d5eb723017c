"""What a drawing costs to draw, counted over everything that its references repeat (§2.7).

One iterative depth-first walk over elements and references; each node is summed once, so that
a drawing that would expand to billions of parts is refused in the time of its own size.
"""

from collections.abc import Iterator
from typing import NamedTuple

from generations.svg import dashes
from generations.svg.errors import Rejected
from generations.svg.node import Node, walk
from generations.svg.tables import (
    ANIMATIONS,
    MAX_ANIMATIONS,
    MAX_DRAWN,
    MAX_FILTER_DEPTH,
    MAX_PRIMITIVE_USES,
    MAX_PRIMITIVES,
    MAX_REFERENCE_DEPTH,
    MAX_WEIGHT,
    PRIMITIVES,
    RESOURCES,
    SHAPES,
    TEXT,
)

# Properties that descendants inherit, so that one reference may be drawn many times.
INHERITED = ("fill", "stroke", "marker", "marker-start", "marker-mid", "marker-end")
# Resources whose contents inherit from where the resource stands, not from where it is used.
CONTAINERS = frozenset("pattern marker mask clipPath symbol".split())
# Elements whose href is not drawn again where it stands.
UNDRAWN_LINKS = ANIMATIONS | {"mpath"}


class Cost(NamedTuple):
    """What one element comes to, with all that it contains and repeats."""

    drawn: int = 0  # shapes, texts and images
    weight: int = 0  # characters of geometry and text, elements, many dashes
    vertices: int = 0  # places where a marker may stand, at most
    primitives: int = 0  # filter primitives that run
    links: int = 0  # the longest chain of references
    filters: int = 0  # the most filters inside each other


ELEMENT_WEIGHT = 50  # of an element that draws nothing: browsers copy it all the same
LETTER_WEIGHT = 20  # of a letter, whose outline is a path
NOTHING = Cost()
ELEMENT = Cost(weight=ELEMENT_WEIGHT)


def check(root: Node, ids: dict[str, Node]) -> None:
    """Refuse a drawing that repeats itself, without end or too often."""
    nodes = list(walk(root))
    if sum([node.tag in ANIMATIONS for node in nodes]) > MAX_ANIMATIONS:
        raise Rejected("too_many_animations")
    if any(node.tag == "filter" and _primitives(node) > MAX_PRIMITIVES for node in nodes):
        raise Rejected("too_many_filters")
    period = dashes.shortest_period(nodes)
    if period or any(node.links or _filter(node) for node in nodes):
        _refuse(_Walk(root, ids, period).cost)


def _filter(node: Node) -> str:
    return node.style.get("filter") or node.attributes.get("filter", "")


def _refuse(cost: Cost) -> None:
    if cost.drawn > MAX_DRAWN or cost.weight > MAX_WEIGHT or cost.links > MAX_REFERENCE_DEPTH:
        raise Rejected("too_complex")
    if cost.primitives > MAX_PRIMITIVE_USES or cost.filters > MAX_FILTER_DEPTH:
        raise Rejected("too_many_filters")


def _primitives(node: Node) -> int:
    return sum(child.tag in PRIMITIVES for child in node.children)


class _Walk:
    """The walk over one drawing: `costs` by node, None while a node is being summed."""

    def __init__(self, root: Node, ids: dict[str, Node], period: float | None) -> None:
        self.ids = ids
        self.period = period
        self.costs: dict[int, Cost | None] = {}
        self.inherited = _inherited_links(root)
        self.cost = self._sum(root)

    def _sum(self, root: Node) -> Cost:
        stack = [(root, self._needs(root))]
        self.costs[id(root)] = None
        while stack:
            node, needs = stack[-1]
            needed = next(needs, None)
            if needed is None:
                stack.pop()
                cost = self._cost(node)
                _refuse(cost)
                self.costs[id(node)] = cost
            elif id(needed) not in self.costs:
                self.costs[id(needed)] = None
                stack.append((needed, self._needs(needed)))
            elif self.costs[id(needed)] is None:
                raise Rejected("cycle")
        return self.costs[id(root)] or NOTHING

    def _needs(self, node: Node) -> Iterator[Node]:
        """What must be summed before `node`; leaves that refer to nothing need no visit."""
        for child in node.children:
            if child.children or child.links or _filter(child):
                yield child
        for _, target in self._links(node):
            yield target

    def _links(self, node: Node) -> Iterator[tuple[str, Node]]:
        """The nodes that `node` refers to, each with the property that says so; href first."""
        target = node.links.get("href")
        if target in self.ids and node.tag not in UNDRAWN_LINKS:
            yield "href", self.ids[target]
        for name, target in node.links.items():
            if target in self.ids and name != "href":
                yield name.removeprefix("style:").partition(":")[0], self.ids[target]
        for name, target in self.inherited.get(id(node), {}).items():
            if target in self.ids:
                yield name, self.ids[target]

    def _cost(self, node: Node) -> Cost:
        inside = self._inside(node)
        total = inside
        for name, target in self._links(node):
            cost = self.costs[id(target)] or NOTHING
            total = _plus(total, cost, _repeats(name, inside))
            if name == "href":  # what is used is painted and marked like what is inside
                inside = total
            if name == "filter":
                total = total._replace(primitives=total.primitives + _primitives(target))
        filters = _filter(node)
        if "(" in filters:
            functions = filters.count("(") - filters.count("url(")
            total = total._replace(
                primitives=total.primitives + functions, filters=total.filters + 1
            )
        return total

    def _inside(self, node: Node) -> Cost:
        """What the element and its children draw where they stand."""
        drawn, weight, vertices, primitives, links, filters = self._own(node)
        for child in node.children:
            cost = self.costs.get(id(child)) or self._own(child)
            links, filters = max(links, cost.links), max(filters, cost.filters)
            if child.tag not in RESOURCES:  # those are drawn only where they are used
                drawn += cost.drawn
                weight += cost.weight
                vertices += cost.vertices
                primitives += cost.primitives
        return Cost(drawn, weight, vertices, primitives, links, filters)

    def _own(self, node: Node) -> Cost:
        """What the element draws itself."""
        attributes = node.attributes
        if node.tag in SHAPES:
            length = len(attributes.get("d", "")) + len(attributes.get("points", ""))
            weight = ELEMENT_WEIGHT + length
            if self.period:
                weight += dashes.count(node, self.period)
            return Cost(drawn=1, weight=weight, vertices=length // 3 + 1)
        if node.tag in TEXT or node.tag == "image":
            letters = len(node.text) + sum(len(child.tail) for child in node.children)
            return Cost(drawn=1, weight=ELEMENT_WEIGHT + LETTER_WEIGHT * letters)
        return ELEMENT


def _repeats(name: str, inside: Cost) -> int:
    """How often a reference is drawn: a paint per shape, a marker per vertex, others once."""
    if name in ("fill", "stroke"):
        return max(1, inside.drawn)
    return max(1, inside.vertices) if name.startswith("marker") else 1


def _plus(one: Cost, other: Cost, times: int) -> Cost:
    """`one` and `times` the `other`, which is one reference further away.

    Sums stay small: a node beyond the limits is refused before anything adds it up again.
    """
    return Cost(
        one.drawn + times * other.drawn,
        one.weight + times * other.weight,
        one.vertices + times * other.vertices,
        one.primitives + times * other.primitives,
        max(one.links, other.links + 1),
        max(one.filters, other.filters),
    )


def _inherited_links(root: Node) -> dict[int, dict[str, str]]:
    """For each container, the paints and markers that its contents inherit from around it."""
    found: dict[int, dict[str, str]] = {}
    stack: list[tuple[Node, dict[str, str]]] = [(root, {})]
    while stack:
        node, around = stack.pop()
        if around and node.tag in CONTAINERS:
            found[id(node)] = around
        around = _with_own(node, around)
        stack.extend((child, around) for child in node.children if child.children or around)
    return found


def _with_own(node: Node, around: dict[str, str]) -> dict[str, str]:
    changed = {
        name: node.links.get("style:" + name) or node.links.get(name, "")
        for name in INHERITED
        if name in node.style or name in node.attributes
    }
    return {**around, **changed} if changed else around
