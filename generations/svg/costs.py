"""What a drawing costs to draw, counted over everything that its references repeat (§2.7).

One iterative depth-first walk over elements and references; each node is summed once, so that
a drawing that would expand to billions of parts is refused in the time of its own size.
"""

from collections.abc import Iterator
from typing import NamedTuple

from generations.svg import dashes, effects, paths, scales
from generations.svg.errors import Rejected
from generations.svg.facts import Drawing, layers, property_of
from generations.svg.node import Node, walk
from generations.svg.tables import (
    ANIMATIONS,
    BLUR_WEIGHT,
    ELEMENT_WEIGHT,
    LARGE_PATTERN_WEIGHT,
    LETTER_FULL_WEIGHT,
    LETTER_WEIGHT,
    LINK_WEIGHTS,
    LONG_PATHS,
    MAX_ANIMATIONS,
    MAX_DRAWN,
    MAX_EXPANDED_DEPTH,
    MAX_FILTER_DEPTH,
    MAX_PRIMITIVE_USES,
    MAX_PRIMITIVES,
    MAX_REFERENCE_DEPTH,
    MAX_SPREAD,
    MAX_WEIGHT,
    PRIMITIVES,
    REACH_WEIGHT,
    RESOURCES,
    SHAPES,
    TEXT,
    TEXT_PATH_SHARE,
)

# Properties that descendants inherit, so that one reference may be drawn many times.
INHERITED = ("fill", "stroke", "marker", "marker-start", "marker-mid", "marker-end")
# Resources whose contents inherit from where the resource stands, not from where it is used.
CONTAINERS = frozenset("pattern marker mask clipPath symbol".split())
# Attributes that make an element dearer than what it draws.
OWN = frozenset(("filter", "opacity", "transform", "viewBox"))
# Elements whose href is not drawn again where it stands.
UNDRAWN_LINKS = ANIMATIONS | {"mpath"}


class Cost(NamedTuple):
    """What one element comes to, with all that it contains and repeats."""

    drawn: int = 0  # shapes, texts and images
    weight: float = 0  # characters of geometry and text, elements, dashes, layers, effects
    vertices: int = 0  # places where a marker may stand, at most
    letters: int = 0
    primitives: int = 0  # filter primitives that run
    animations: int = 0
    blurs: int = 0
    text: int = 0  # characters of paths
    reach: float = 0  # of morphologies, in units of the element around
    sweep: float = 0  # how far the long paths travel, in units of the element around
    # The most of one, not the sum:
    blur: float = 0  # the widest blur, in units of the element around
    links: int = 0  # the longest chain of references
    filters: int = 0  # the most filters inside each other
    letter: float = 0  # the largest letter or stroke, in units of the element around
    depth: int = 0  # elements inside each other


SUMMED = 10  # of the fields above
NOTHING = Cost()
ELEMENT = Cost(weight=ELEMENT_WEIGHT)


def check(root: Node, ids: dict[str, Node]) -> None:
    """Refuse a drawing that repeats itself without end or too often, or is dear to draw."""
    nodes = list(walk(root))
    if sum([node.tag in ANIMATIONS for node in nodes]) > MAX_ANIMATIONS:
        raise Rejected("too_many_animations")
    if any(node.tag == "filter" and _primitives(node) > MAX_PRIMITIVES for node in nodes):
        raise Rejected("too_many_filters")
    drawing = Drawing(root, nodes)
    if drawing.is_dear:
        cost = _Walk(root, ids, drawing).cost
        if cost.text > LONG_PATHS and not drawing.is_long:  # short ones may be repeated
            drawing.is_long = True
            cost = _Walk(root, ids, drawing).cost
        _refuse_all(cost, drawing)


def _refuse(cost: Cost) -> None:
    """Refuse one element that is beyond the limits, so that nothing adds it up again."""
    if cost.depth > MAX_EXPANDED_DEPTH:
        raise Rejected("too_deep")
    if cost.primitives > MAX_PRIMITIVE_USES or cost.filters > MAX_FILTER_DEPTH:
        raise Rejected("too_many_filters")
    if cost.animations > MAX_ANIMATIONS:
        raise Rejected("too_many_animations")
    if cost.drawn > MAX_DRAWN or cost.weight > MAX_WEIGHT or cost.links > MAX_REFERENCE_DEPTH:
        raise Rejected("too_complex")


def _refuse_all(cost: Cost, drawing: Drawing) -> None:
    """Refuse what only the size of the whole drawing tells: blurs, long paths, large letters."""
    spread = min(1 + 6 * cost.blur / drawing.side, MAX_SPREAD)
    weight = cost.weight + cost.blurs * BLUR_WEIGHT * spread * spread
    weight += min(cost.reach / drawing.side, 1e6) * REACH_WEIGHT
    weight += cost.sweep / drawing.side * drawing.crossing_weight
    share = min(cost.letter / drawing.side, 1)
    weight += cost.letters * LETTER_FULL_WEIGHT * share * share
    if weight > MAX_WEIGHT:
        raise Rejected("too_complex")


def _primitives(node: Node) -> int:
    return sum(child.tag in PRIMITIVES for child in node.children)


class _Walk:
    """The walk over one drawing: `costs` by node, None while a node is being summed."""

    def __init__(self, root: Node, ids: dict[str, Node], drawing: Drawing) -> None:
        self.ids = ids
        self.drawing = drawing
        self.costs: dict[int, Cost | None] = {}
        self.effects: dict[int, effects.Effect] = {}
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
            if child.children or child.links or child.style or OWN & child.attributes.keys():
                yield child
        for _, target in self._links(node):
            yield target

    def _links(self, node: Node) -> Iterator[tuple[str, Node]]:
        """The nodes that `node` refers to, each with the property that says so.

        First what it uses, then what marks that, then what paints them all.
        """
        named = dict(self.inherited.get(id(node), {}))
        named |= {name.removeprefix("style:"): target for name, target in node.links.items()}
        if node.tag in UNDRAWN_LINKS:
            named.pop("href", None)
        for name in sorted(named, key=_order):
            target = self.ids.get(named[name])
            if target is not None:
                yield name.partition(":")[0], target

    def _cost(self, node: Node) -> Cost:
        inside = self._inside(node)
        total = inside
        for name, target in self._links(node):
            cost = self.costs[id(target)] or NOTHING
            total = _plus(total, cost, _repeats(name, inside))
            total = self._with_link(total, name, node, target, inside)
            if name == "href" or (name.startswith("marker") and self.drawing.has_context):
                inside = total  # what is used is painted and marked like what is inside
        return self._with_own(total, node)

    def _with_link(self, total: Cost, name: str, node: Node, target: Node, inside: Cost) -> Cost:
        """`total` and what the kind of a reference costs, beside what it refers to."""
        if name == "filter":
            if id(target) not in self.effects:
                self.effects[id(target)] = effects.of_filter(target)
            return _with_effect(total, self.effects[id(target)])
        weight: float = LINK_WEIGHTS.get(target.tag, 0)
        if target.tag == "pattern" and scales.is_large_tile(target, self.drawing.side):
            weight = LARGE_PATTERN_WEIGHT
        if name == "href" and node.tag == "textPath":  # every letter is looked for on the path
            weight = inside.letters * len(target.attributes.get("d", "")) / TEXT_PATH_SHARE
        else:
            weight *= _repeats(name, inside)
        return total._replace(weight=total.weight + weight) if weight else total

    def _with_own(self, total: Cost, node: Node) -> Cost:
        """`total` with what the style of `node` adds: layers, filter functions, its scale."""
        filters = property_of(node, "filter")
        if "(" in filters:
            total = _with_effect(total, effects.of_functions(filters))
            total = total._replace(filters=total.filters + 1)
        is_large = total.blur or total.reach or total.sweep or total.letter
        scale = scales.of(node, self.drawing.side) if is_large else 1.0
        return total._replace(
            depth=total.depth + 1,
            weight=total.weight + layers(node),
            reach=total.reach * scale,
            sweep=total.sweep * scale,
            blur=total.blur * scale,
            letter=total.letter * scale,
        )

    def _inside(self, node: Node) -> Cost:
        """What the element and its children draw where they stand."""
        own = self._own(node)
        costs = [self.costs.get(id(child)) or self._own(child) for child in node.children]
        if not costs:
            return own
        # Resources are drawn only where they are used.
        here = [
            cost
            for child, cost in zip(node.children, costs, strict=True)
            if child.tag not in RESOURCES
        ]
        sums = [
            sum(field) for field in zip(own[:SUMMED], *[one[:SUMMED] for one in here], strict=True)
        ]
        most = [max(field) for field in zip(*[cost[SUMMED:] for cost in costs], strict=True)]
        return Cost._make([*sums, *most])

    def _own(self, node: Node) -> Cost:
        """What the element draws itself."""
        attributes = node.attributes
        if node.tag in SHAPES:
            text = attributes.get("d") or attributes.get("points") or ""
            weight = self.drawing.shape_weight + len(text)
            if self.drawing.period:
                weight += dashes.count(node, self.drawing.period)
            vertices = paths.vertices(text) if self.drawing.has_markers else 0
            sweep = paths.sweep(text) if self.drawing.is_long else 0
            return Cost(1, weight, vertices, text=len(text), sweep=sweep)
        if node.tag in TEXT or node.tag == "image":
            letters = len(node.text) + sum(len(child.tail) for child in node.children)
            weight = ELEMENT_WEIGHT + LETTER_WEIGHT * letters
            return Cost(drawn=1, weight=weight, letters=letters, letter=self.drawing.letter)
        if node.tag in ANIMATIONS:
            return Cost(weight=ELEMENT_WEIGHT, animations=1)
        return ELEMENT


def _order(name: str) -> int:
    return 0 if name == "href" else 1 if name.startswith("marker") else 2


def _with_effect(total: Cost, effect: effects.Effect) -> Cost:
    return total._replace(
        primitives=total.primitives + effect.primitives,
        weight=total.weight + effect.weight,
        blurs=total.blurs + effect.blurs,
        blur=max(total.blur, effect.blur),
        reach=total.reach + effect.reach,
    )


def _repeats(name: str, inside: Cost) -> int:
    """How often a reference is drawn: a paint per shape, a marker per vertex, others once."""
    if name in ("fill", "stroke"):
        return max(1, inside.drawn)
    return max(1, inside.vertices) if name.startswith("marker") else 1


def _plus(one: Cost, other: Cost, times: int) -> Cost:
    """`one` and `times` the `other`, which is one reference further away.

    Sums stay small: a node beyond the limits is refused before anything adds it up again.
    """
    sums = [a + times * b for a, b in zip(one[:SUMMED], other[:SUMMED], strict=True)]
    most = [max(a, b) for a, b in zip(one[SUMMED:], other[SUMMED:], strict=True)]
    return Cost._make([*sums, *most])._replace(links=max(one.links, other.links + 1))


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
