"""What a drawing costs to draw, counted over everything that its references repeat (§2.7).

One iterative depth-first walk over elements and references; each node is summed once, so that
a drawing that would expand to billions of parts is refused in the time of its own size.
"""

from collections.abc import Iterator

from generations.svg import dashes, effects, paths, scales
from generations.svg.cost import Cost
from generations.svg.errors import Rejected
from generations.svg.facts import Drawing, layers, property_of
from generations.svg.inheritance import inherited_links
from generations.svg.node import Node
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

# Attributes that make an element dearer than what it draws.
OWN = frozenset(("filter", "opacity", "transform", "viewBox"))
# Elements whose href is not drawn again where it stands.
UNDRAWN_LINKS = ANIMATIONS | {"mpath"}
NOTHING = Cost()

Links = list[tuple[str, Node]]  # what a node refers to, each with the property that says so


def check(nodes: list[Node], ids: dict[str, Node]) -> None:
    """Refuse a drawing that repeats itself without end or too often, or is dear to draw.

    `nodes` are all of it in document order, beginning with the root.
    """
    drawing = Drawing(nodes)
    if _animations(drawing) > MAX_ANIMATIONS:
        raise Rejected("too_many_animations")
    if any(_primitives(node) > MAX_PRIMITIVES for node in drawing.tagged("filter")):
        raise Rejected("too_many_filters")
    if drawing.is_dear:
        cost = _Walk(ids, drawing).cost
        if cost.text > LONG_PATHS and not drawing.is_long:  # short ones may be repeated
            drawing.is_long = True
            cost = _Walk(ids, drawing).cost
        _refuse_all(cost, drawing)


def weigh(nodes: list[Node], ids: dict[str, Node]) -> Cost:
    """What a drawing comes to that may be drawn. Raises Rejected for one that may not."""
    return _Walk(ids, Drawing(nodes)).cost


def _animations(drawing: Drawing) -> int:
    return sum(len(drawing.tagged(tag)) for tag in ANIMATIONS)


def _primitives(node: Node) -> int:
    return sum(child.tag in PRIMITIVES for child in node.children)


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


class _Walk:
    """The walk over one drawing: `costs` by node, None while a node is being summed."""

    def __init__(self, ids: dict[str, Node], drawing: Drawing) -> None:
        self.ids = ids
        self.drawing = drawing
        self.costs: dict[int, Cost | None] = {}
        self.effects: dict[int, effects.Effect] = {}
        self.inherited = inherited_links(drawing)
        self.cost = self._sum(drawing.root)

    def _sum(self, root: Node) -> Cost:
        stack = [self._visit(root)]
        while stack:
            node, links, needs = stack[-1]
            needed = next(needs, None)
            if needed is None:
                stack.pop()
                cost = self._cost(node, links)
                _refuse(cost)
                self.costs[id(node)] = cost
            elif id(needed) not in self.costs:
                stack.append(self._visit(needed))
            elif self.costs[id(needed)] is None:
                raise Rejected("cycle")
        return self.costs[id(root)] or NOTHING

    def _visit(self, node: Node) -> tuple[Node, Links, Iterator[Node]]:
        """Begin with `node`: what it refers to, and what must be summed before it."""
        self.costs[id(node)] = None
        links = self._links(node)
        needs = [one for one in node.children if one.children or one.links or self._inherits(one)]
        needs += [target for _, target in links]
        return node, links, iter(needs)

    def _inherits(self, leaf: Node) -> bool:
        return id(leaf) in self.inherited and _has_own(leaf)

    def _links(self, node: Node) -> Links:
        """First what it uses, then what marks that, then what paints them all."""
        around = self.inherited.get(id(node))
        if not node.links and not around:
            return []
        named = dict(around or {})
        named |= {name.removeprefix("style:"): target for name, target in node.links.items()}
        if node.tag in UNDRAWN_LINKS:
            named.pop("href", None)
        names = sorted(named, key=_order) if len(named) > 1 else list(named)
        ids = self.ids
        return [(name.partition(":")[0], ids[named[name]]) for name in names if named[name] in ids]

    def _cost(self, node: Node, links: Links) -> Cost:
        total = self._inside(node)
        if links:
            total = self._with_links(total, node, links)
        self._add_own(total, node)
        return total

    def _inside(self, node: Node) -> Cost:
        """What the element and its children draw where they stand."""
        total = self._drawn(node)
        for child in node.children:
            cost = self.costs.get(id(child)) or self._leaf(child)
            if child.tag in RESOURCES:  # drawn only where they are used
                total.add_undrawn(cost)
            else:
                total.add(cost)
        return total

    def _leaf(self, node: Node) -> Cost:
        """A child that holds and refers to nothing: it needs no visit."""
        total = self._drawn(node)
        if _has_own(node):
            self._add_own(total, node)
        return total

    def _drawn(self, node: Node) -> Cost:
        """What the element draws itself."""
        if node.tag in SHAPES:
            return self._shape(node)
        cost = Cost(ELEMENT_WEIGHT)
        if node.tag in TEXT or node.tag == "image":
            cost.drawn = 1
            cost.letters = len(node.text) + sum([len(child.tail) for child in node.children])
            cost.weight += LETTER_WEIGHT * cost.letters
            cost.letter = self.drawing.letter
        elif node.tag in ANIMATIONS:
            cost.animations = 1
        return cost

    def _shape(self, node: Node) -> Cost:
        drawing = self.drawing
        cost = Cost(drawing.shape_weight)
        cost.drawn = 1
        text = node.attributes.get("d") or node.attributes.get("points")
        if text:
            cost.text = len(text)
            cost.weight += cost.text
            if drawing.is_long:
                cost.sweep = paths.sweep(text)
        if drawing.period:
            cost.weight += dashes.count(node, drawing.period)
        if drawing.has_markers:
            cost.vertices = paths.vertices(text) if text else 1
        return cost

    def _with_links(self, inside: Cost, node: Node, links: Links) -> Cost:
        """`inside` with all that the node refers to, as often as that is drawn."""
        total = inside.copy()
        for name, target in links:
            cost = self.costs[id(target)] or NOTHING
            total.add(cost, _repeats(name, inside))
            total.links = max(total.links, cost.links + 1)
            self._add_link(total, name, node, target, inside)
            if name == "href" or (name.startswith("marker") and self.drawing.has_context):
                inside = total.copy()  # painted and marked like what is inside
        return total

    def _add_link(self, total: Cost, name: str, node: Node, target: Node, inside: Cost) -> None:
        """Add what the kind of a reference costs, beside what it refers to."""
        if name == "filter":
            if id(target) not in self.effects:
                self.effects[id(target)] = effects.of_filter(target)
            total.add_effect(self.effects[id(target)])
        elif name == "href" and node.tag == "textPath":  # every letter is looked for on the path
            total.weight += inside.letters * len(target.attributes.get("d", "")) / TEXT_PATH_SHARE
        elif target.tag == "pattern" and scales.is_large_tile(target, self.drawing.side):
            total.weight += LARGE_PATTERN_WEIGHT * _repeats(name, inside)
        elif target.tag in LINK_WEIGHTS:
            total.weight += LINK_WEIGHTS[target.tag] * _repeats(name, inside)

    def _add_own(self, total: Cost, node: Node) -> None:
        """Add what the style of `node` costs: layers, filter functions, its scale."""
        filters = property_of(node, "filter")
        if "(" in filters:
            total.add_effect(effects.of_functions(filters))
            total.filters += 1
        total.depth += 1
        total.weight += layers(node)
        if total.blur or total.reach or total.sweep or total.letter:
            total.enlarge(scales.of(node, self.drawing.side))


def _has_own(node: Node) -> bool:
    """Whether it says anything that may cost more than what it draws."""
    return bool(node.style) or not OWN.isdisjoint(node.attributes)


def _order(name: str) -> int:
    return 0 if name == "href" else 1 if name.startswith("marker") else 2


def _repeats(name: str, inside: Cost) -> int:
    """How often a reference is drawn: a paint per shape, a marker per vertex, others once."""
    if name in ("fill", "stroke"):
        return max(1, inside.drawn)
    return max(1, inside.vertices) if name.startswith("marker") else 1
