"""What is drawn of a drawing, each with the style that holds for it at last.

Inheritance, `use` and markers are followed; what draws nothing is not listed: no paint, no size,
no opacity, not displayed, never referred to.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from generations.inspection import extent, paint, scale
from generations.inspection.paint import FAINTEST, Paint
from generations.svg.facts import property_of
from generations.svg.node import Node
from generations.svg.read import Reading
from generations.svg.tables import ANIMATIONS, RESOURCES, SHAPES

MOST = 3_000  # shapes that are listed, and four times that looked at
SIDE = 256  # that widths are measured on, whatever the viewBox says
MARKERS = ("marker-start", "marker-mid", "marker-end", "marker")
INHERITED = """fill stroke stroke-width fill-opacity stroke-opacity color visibility
marker marker-start marker-mid marker-end""".split()
INITIAL = {"fill": "black", "stroke": "none", "stroke-width": "1", "color": "black"}
FOLLOWS = ("inherit", "unset", "revert", "")


@dataclass(frozen=True, slots=True)
class Seen:
    """One drawn shape or text. `width` is that of its stroke, on a side of 256."""

    node: Node
    fill: Paint | None
    stroke: Paint | None
    width: float
    is_filtered: bool


@dataclass(frozen=True, slots=True)
class _Around:
    """What holds where an element stands."""

    style: dict[str, str]
    viewport: scale.Viewport
    scale: float = 1.0
    opacity: float = 1.0
    is_filtered: bool = False
    depth: int = 0


def seen(drawing: Reading) -> list[Seen]:
    """All that is drawn, from the back to the front, up to a bound."""
    return _Eye(drawing).look()


class _Eye:
    """One look at one drawing."""

    def __init__(self, drawing: Reading) -> None:
        self.drawing = drawing
        self.ids = drawing.ids
        # What moves may come to be seen later, so nothing is taken for hidden.
        self.is_moving = any(node.tag in ANIMATIONS for node in drawing.nodes)
        self.steps = 0
        self.parents: dict[int, Node] = {}

    def look(self) -> list[Seen]:
        found: list[Seen] = []
        box = scale.view_box(self.drawing.root.attributes.get("viewBox", "")) or (0, 0, SIDE, SIDE)
        around = _Around(dict(INITIAL), box[2:], SIDE / max(box[2:]))
        for one in self._within(self.drawing.root, around):
            found.append(one)
            if len(found) == MOST:
                break
        return found

    def _within(self, root: Node, around: _Around) -> Iterator[Seen]:
        stack = [(root, around)]
        while stack and self.steps < 4 * MOST:
            node, around = stack.pop()
            self.steps += 1
            inside = self._inside(node, around)
            if inside is None:
                continue
            if node.tag in SHAPES or node.tag == "text":
                yield from self._drawn(node, inside)
                stack += self._markers(node, inside)
            elif node.tag == "use":
                stack += self._used(node, inside)
            elif node.tag == "image":
                yield Seen(node, paint.UNKNOWN, None, 0, inside.is_filtered)
            else:
                stack += [(child, inside) for child in self._children(node)]

    def _children(self, node: Node) -> list[Node]:
        shown = [child for child in node.children if child.tag not in RESOURCES]
        if node.tag == "switch":
            asks = ("systemLanguage", "requiredExtensions")
            shown = [child for child in shown if not any(ask in child.attributes for ask in asks)]
            return shown[:1]
        return shown[::-1]

    def _inside(self, node: Node, around: _Around) -> _Around | None:
        """What holds inside `node`; None where nothing of it shows."""
        opacity = around.opacity * paint.number(property_of(node, "opacity"), 1.0)
        hidden = property_of(node, "display") == "none" or opacity < FAINTEST
        if (hidden and not self.is_moving) or around.depth > 700:
            return None
        factor, viewport = around.scale, around.viewport
        if node is not self.drawing.root:
            factor *= scale.of_transform(node)
            if node.tag == "svg":
                enlarged, viewport = self._sized(node, viewport)
                factor *= enlarged
        filtered = property_of(node, "filter") not in ("", "none")
        return replace(
            around,
            style=_styled(node, around.style),
            viewport=viewport,
            scale=factor,
            opacity=opacity,
            is_filtered=around.is_filtered or filtered,
            depth=around.depth + 1,
        )

    def _sized(self, node: Node, around: scale.Viewport) -> tuple[float, scale.Viewport]:
        width = scale.length(node.attributes.get("width", ""), around[0], around[0])
        height = scale.length(node.attributes.get("height", ""), around[1], around[1])
        return scale.of_box(node, width, height)

    def _used(self, use: Node, inside: _Around) -> list[tuple[Node, _Around]]:
        target = self.ids.get(use.links.get("href", ""))
        if target is None or target.tag in RESOURCES - {"symbol"}:
            return []
        if target.tag != "symbol":
            return [(target, inside)]
        sized = Node("symbol", {**target.attributes, **_sides(use)})
        enlarged, viewport = self._sized(sized, inside.viewport)
        styled = _styled(target, inside.style)
        held = replace(inside, style=styled, viewport=viewport, scale=inside.scale * enlarged)
        return [(child, held) for child in self._children(target)]

    def _markers(self, node: Node, inside: _Around) -> list[tuple[Node, _Around]]:
        found = []
        for name in MARKERS:
            value = inside.style.get(name, "none")
            marker = self.ids.get(value[5:-1]) if value.startswith("url(#") else None
            if marker is not None and marker.tag == "marker":
                # Its lines are not measured: a width that nobody compares.
                held = replace(inside, style=self._style_at(marker), scale=0.0)
                found += [(child, held) for child in self._children(marker)]
        return found

    def _style_at(self, node: Node) -> dict[str, str]:
        """The style of an element where it is defined."""
        if not self.parents:
            self.parents = {id(c): parent for parent in self.drawing.nodes for c in parent.children}
        line = [node]
        while id(line[-1]) in self.parents:
            line.append(self.parents[id(line[-1])])
        style = dict(INITIAL)
        for one in reversed(line):
            style = _styled(one, style)
        return {name: value for name, value in style.items() if name not in MARKERS}

    def _drawn(self, node: Node, inside: _Around) -> Iterator[Seen]:
        style = inside.style
        if style.get("visibility") in ("hidden", "collapse") and not self.is_moving:
            return
        fill = self._paint("fill", style, inside.opacity) if extent.has_area(node) else None
        stroke = self._paint("stroke", style, inside.opacity)
        width = self._width(node, inside) if stroke else 0.0
        if stroke and width <= 0 and inside.scale > 0:
            stroke = None
        if (fill or stroke or self.is_moving) and extent.has_size(node):
            yield Seen(node, fill, stroke, width, inside.is_filtered)

    def _paint(self, name: str, style: dict[str, str], opacity: float) -> Paint | None:
        found = paint.of(style[name], style["color"], self.ids)
        if found is None:
            return None
        alpha = paint.number(style.get(name + "-opacity", ""), 1.0) * opacity
        if alpha < FAINTEST and not self.is_moving:
            return None
        return found if alpha >= 1 else replace(found, alpha=found.alpha * alpha)

    def _width(self, node: Node, inside: _Around) -> float:
        across, down = inside.viewport
        whole = math.sqrt((across * across + down * down) / 2)
        width = scale.length(inside.style["stroke-width"], whole, 1.0)
        if property_of(node, "vector-effect") == "non-scaling-stroke":
            box = scale.view_box(self.drawing.root.attributes.get("viewBox", ""))
            return width * SIDE / max(box[2:]) if box else width
        return width * inside.scale


def _styled(node: Node, around: dict[str, str]) -> dict[str, str]:
    own: dict[str, str] = {}
    for name in INHERITED:
        value = property_of(node, name)
        if value and value not in FOLLOWS:
            own[name] = INITIAL.get(name, "") if value == "initial" else value
    if not own:
        return around
    if own.get("color", "").lower() == "currentcolor":
        del own["color"]
    return {**around, **own}


def _sides(use: Node) -> dict[str, str]:
    return {name: use.attributes[name] for name in ("width", "height") if name in use.attributes}
