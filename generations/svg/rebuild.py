"""The hostile tree read once, and a new one built of what the tables allow (SVG_SAFETY §2.3-6).

Nothing is copied that is not named in `tables`; names outside the SVG namespace never lose
their namespace on the way in.
"""

from lxml import etree

from generations.svg import css, raster, variables
from generations.svg.errors import Rejected
from generations.svg.node import Node
from generations.svg.notes import Notes
from generations.svg.tables import (
    ANIMATIONS,
    ATTRIBUTES,
    COMPILED,
    ELEMENTS,
    LINKED,
    MAX_ATTRIBUTE_BYTES,
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_RASTER_PIXELS,
    MAX_VALUE,
    PROPERTIES,
    ROOT_WITHOUT,
    STYLED_GEOMETRY,
    SVG,
    TEXT,
    TITLES,
    XLINK,
    XML,
)
from generations.svg.values import GRAMMARS

IN_SVG = f"{{{SVG}}}"
ANY_IN_SVG = IN_SVG + "*"
NAMES = {IN_SVG + name: name for name in ELEMENTS}
WORDED = TEXT | TITLES  # elements whose text is kept
XLINK_HREF = f"{{{XLINK}}}href"
XML_SPACE = f"{{{XML}}}space"
BACKGROUNDS = ("background", "background-color")
NO_COLOURS = frozenset("none transparent inherit initial unset revert".split())
# A link is judged by the element that it is on.
CHECKS = {name: GRAMMARS[grammar] for name, grammar in ATTRIBUTES.items() if name != "href"}


class Builder:
    """One rebuilding: the CSS of the drawing, what was counted so far, and the notes."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.sheet = css.Sheet()
        self.count = 0
        self.pixels = 0
        self.background = ""
        self.variables: dict[int, dict[str, str]] = {}  # by the id of the node

    def build(self, source: etree._Element) -> Node:
        """The new tree for `source`, the root of the hostile one."""
        self._read_sheets(source)
        root = self._node(source, "svg", is_root=True)
        stack = [(source, root, 1)]
        while stack:
            element, node, depth = stack.pop()
            if node.tag in TITLES:
                node.text = _direct_text(element)
                continue
            pairs = self._children(element, node)
            if pairs and depth == MAX_DEPTH:
                raise Rejected("too_deep", pairs[0][0].sourceline, 1)
            stack += [
                (child, made, depth + 1)
                for child, made in reversed(pairs)
                if len(child) or made.tag in WORDED
            ]
        self._paint_background(root)
        return root

    def _read_sheets(self, source: etree._Element) -> None:
        for style in source.iter(IN_SVG + "style"):
            kind, media = style.get("type", "text/css"), style.get("media", "all")
            if kind.strip() in ("", "text/css") and media.strip() in ("", "all", "screen"):
                self.sheet.add(_direct_text(style))
            else:
                self.notes.dropped("element", "style")
        if self.sheet.dropped:
            self.notes.say("rules of the style sheet dropped")

    def _paint_background(self, root: Node) -> None:
        """The background of the root as a rectangle, larger than any box it is shown in."""
        if self.background.lower() in NO_COLOURS or not self.background:
            return
        self._count()
        area = {"x": "-500%", "y": "-500%", "width": "1100%", "height": "1100%"}
        paint = {"fill": self.background, "fill-opacity": "1", "stroke": "none"}
        titles = [child for child in root.children if child.tag in TITLES]
        drawn = [child for child in root.children if child.tag not in TITLES]
        root.children = [*titles, Node("rect", area | paint), *drawn]

    def _count(self) -> None:
        self.count += 1
        if self.count >= MAX_ELEMENTS:
            raise Rejected("too_many_elements")

    def _children(self, element: etree._Element, node: Node) -> list[tuple]:
        """Make the allowed children of `element`; text is kept where text is drawn."""
        if node.tag in TEXT:
            return self._mixed_children(element, node)
        pairs = []
        for child in element.iterchildren(ANY_IN_SVG):
            made = self._child(child, node)
            if made is not None:
                pairs.append((child, made))
        return pairs

    def _mixed_children(self, element: etree._Element, node: Node) -> list[tuple]:
        pairs: list[tuple] = []
        node.text = element.text or ""
        for child in element:
            made = self._child(child, node) if isinstance(child.tag, str) else None
            if made is not None:
                made.tail = child.tail or ""
                pairs.append((child, made))
            elif child.tail and node.children:
                node.children[-1].tail += child.tail
            elif child.tail:
                node.text += child.tail
        return pairs

    def _child(self, child: etree._Element, parent: Node) -> Node | None:
        name = NAMES.get(child.tag) or self._other_name(child.tag, parent)
        if name is None:
            return None
        self._count()
        around = self.variables.get(id(parent)) if self.variables else None
        node = self._node(child, name, around=around)
        if name in ANIMATIONS and not _is_animation(node):
            self.notes.dropped("element", name)
            return None
        if name == "image" and "href" not in node.attributes:
            return None
        parent.children.append(node)
        return node

    def _other_name(self, tag: str, parent: Node) -> str | None:
        """What an element becomes whose name is not an allowed one: links are groups."""
        if tag == IN_SVG + "a":
            return "tspan" if parent.tag in TEXT else "g"
        if tag.startswith(IN_SVG) and tag != IN_SVG + "style":
            self.notes.dropped("element", tag[len(IN_SVG) :])
        return None

    def _node(
        self,
        element: etree._Element,
        tag: str,
        is_root: bool = False,
        around: dict[str, str] | None = None,
    ) -> Node:
        """The new element with the attributes and the style that are allowed on it."""
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise Rejected("too_many_attributes", element.sourceline, 1)
        given = dict(element.items())
        # A picture has its own limit.
        if tag != "image" and sum(map(len, given.values())) > MAX_ATTRIBUTE_BYTES:
            raise Rejected("attribute_too_long", element.sourceline, 1)
        node = Node(tag, {})
        pending = self._attributes(node, given, is_root)
        known = around or {}
        if self.sheet.rules or "style" in given:
            known = self._style(node, element, is_root, known)
        for name, value in pending.items():
            text = variables.substituted(value, known.get)
            self._give(node, name, CHECKS[name](text) if text else None)
        if known:
            self.variables[id(node)] = known
        elif self.variables:
            self.variables.pop(id(node), None)
        return node

    def _attributes(self, node: Node, given: dict[str, str], is_root: bool) -> dict[str, str]:
        """Copy what is allowed; returns the values that ask for custom properties."""
        pending: dict[str, str] = {}
        for name, value in given.items():
            if is_root and name in ROOT_WITHOUT:
                continue
            check = CHECKS.get(name)
            if check is None:
                self._special(node, given, name, value)
                continue
            clean = check(value)
            if clean is None and "var(" in value and name in PROPERTIES:
                pending[name] = value[: MAX_VALUE + 1]
            elif clean is None or "url(#" in clean:
                self._give(node, name, clean)
            else:
                node.attributes[name] = clean
        if "attributeName" in node.attributes and node.tag not in ANIMATIONS:
            del node.attributes["attributeName"]
        return pending

    def _give(self, node: Node, name: str, clean: str | None) -> None:
        """Set a judged attribute, and remember what it refers to."""
        if clean is None:
            self.notes.dropped("value of", name)
            return
        node.attributes[name] = clean
        if "url(#" in clean:
            _link(node, name, clean)

    def _special(self, node: Node, given: dict[str, str], name: str, value: str) -> None:
        """The attributes that are not simply looked up: links and `xml:space`."""
        if name in ("style", "class"):
            return
        if name == XML_SPACE and value == "preserve":
            node.attributes["xml:space"] = "preserve"
        elif name == "href" or (name == XLINK_HREF and "href" not in given):
            self._href(node, value)
        elif not name.startswith("{"):
            self.notes.dropped("attribute", name)

    def _href(self, node: Node, value: str) -> None:
        """`#id` on elements that refer to others, raster data on images, else nothing."""
        if node.tag == "image":
            self._picture(node, value)
            return
        target = GRAMMARS["href"](value) if node.tag in LINKED else None
        if target is None:
            self.notes.dropped("link of", node.tag)
        else:
            node.attributes["href"] = "#" + target
            node.links["href"] = target

    def _picture(self, node: Node, value: str) -> None:
        picture = raster.read(value)
        if picture is None:
            self.notes.dropped("link of", "image")
            return
        self.pixels += picture.pixels
        if self.pixels > MAX_RASTER_PIXELS:
            raise Rejected("image_too_large")
        node.attributes["href"] = picture.url

    def _style(
        self, node: Node, element: etree._Element, is_root: bool, around: dict[str, str]
    ) -> dict[str, str]:
        """The cascaded style; it hides presentation attributes, so its links count too.

        Returns the custom properties that hold inside the element.
        """
        inline = self.sheet.inline(element.get("style", ""))
        declared = css.cascade(self.sheet.match(element), inline)
        if not is_root and all(one.is_plain for one in declared.values()):
            node.style = {name: one.value for name, one in declared.items()}
            return around
        known = self._variables(declared, around)
        for name, one in declared.items():
            if name.startswith("--"):
                continue
            value: str | None = one.value
            if one.pending:
                text = variables.substituted(one.value, known.get)
                value = css.judged(name, text) if text else None
            if value is not None:
                self._declare(node, name, value, is_root)
        return known

    def _variables(
        self, declared: dict[str, css.Declaration], around: dict[str, str]
    ) -> dict[str, str]:
        own = {name: one.value for name, one in declared.items() if name.startswith("--")}
        if not own:
            return around
        known = variables.resolved(own, around)
        self.sheet.spend(css.Declaration(*pair) for pair in known.items())
        return known

    def _declare(self, node: Node, name: str, value: str, is_root: bool) -> None:
        """Put a declaration where it may stand: in the style, or where it is compiled to."""
        if name in COMPILED:
            if name in BACKGROUNDS:
                self.background = value if is_root else self.background
            elif not is_root and node.tag in STYLED_GEOMETRY[name]:
                node.attributes[name] = value
        elif not (is_root and name in ROOT_WITHOUT):
            node.style[name] = value
            if "url(#" in value:
                _link(node, "style:" + name, value)


def _link(node: Node, name: str, value: str) -> None:
    """Remember every id that `value` refers to."""
    for position, part in enumerate(value.split("url(#")[1:]):
        node.links[f"{name}:{position}" if position else name] = part.partition(")")[0]


def _is_animation(node: Node) -> bool:
    """Whether it says what it changes and to what; animateMotion names nothing (§2, SMIL).

    What is said twice is said once: `values` overrule the others, and `set` knows only `to`.
    A change given by difference alone is written as the values that it means (SMIL 3, 12.4.5).
    nh3 takes animations of other forms out of the page, and then nothing could be proven.
    """
    attributes = node.attributes
    if node.tag == "set":
        _forget(attributes, "from", "by", "values")
    elif "values" in attributes:
        _forget(attributes, "from", "to", "by")
    if node.tag == "animateMotion":
        return "attributeName" not in attributes
    if "attributeName" not in attributes:
        return False
    if node.tag == "set":
        return "to" in attributes
    if node.tag == "animate" and not attributes.keys() & {"values", "from", "to"}:
        difference = GRAMMARS["length"](attributes.pop("by", ""))
        if difference is None:
            return False
        attributes |= {"values": f"0;{difference}", "additive": "sum"}
    return True


def _forget(attributes: dict[str, str], *names: str) -> None:
    for name in names:
        attributes.pop(name, None)


def _direct_text(element: etree._Element) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)])
