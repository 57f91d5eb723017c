"""The hostile tree read once, and a new one built of what the tables allow (SVG_SAFETY §2.3-6).

Nothing is copied that is not named in `tables`; names outside the SVG namespace never lose
their namespace on the way in.
"""

from lxml import etree

from generations.svg import css, raster
from generations.svg.errors import Rejected
from generations.svg.node import Node
from generations.svg.notes import Notes
from generations.svg.tables import (
    ANIMATIONS,
    ATTRIBUTES,
    ELEMENTS,
    LINKED,
    MAX_ATTRIBUTE_BYTES,
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_RASTER_PIXELS,
    ROOT_WITHOUT,
    SVG,
    TEXT,
    TITLES,
    XLINK,
    XML,
)
from generations.svg.values import GRAMMARS

IN_SVG = f"{{{SVG}}}"
XLINK_HREF = f"{{{XLINK}}}href"
XML_SPACE = f"{{{XML}}}space"
CHECKS = {name: GRAMMARS[grammar] for name, grammar in ATTRIBUTES.items()}


class Builder:
    """One rebuilding: the CSS of the drawing, what was counted so far, and the notes."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.sheet = css.Sheet()
        self.count = 0
        self.pixels = 0

    def build(self, source: etree._Element) -> Node:
        """The new tree for `source`, the root of the hostile one."""
        self._read_sheets(source)
        root = self._node(source, "svg", is_root=True)
        stack = [(source, root, 1)]
        while stack:
            element, node, depth = stack.pop()
            if depth > MAX_DEPTH:
                raise Rejected("too_deep", element.sourceline, 1)
            if node.tag in TITLES:
                node.text = _direct_text(element)
                continue
            pairs = self._children(element, node)
            stack.extend((child, made, depth + 1) for child, made in reversed(pairs))
        return root

    def _read_sheets(self, source: etree._Element) -> None:
        for style in source.iter(IN_SVG + "style"):
            kind, media = style.get("type", "text/css"), style.get("media", "all")
            if kind.strip() in ("", "text/css") and media.strip() in ("", "all", "screen"):
                self.sheet.add("".join(style.itertext()))
            else:
                self.notes.dropped("element", "style")
        if self.sheet.dropped:
            self.notes.say("rules of the style sheet dropped")

    def _children(self, element: etree._Element, node: Node) -> list[tuple]:
        """Make the allowed children of `element`; text is kept where text is drawn."""
        if node.tag in TEXT:
            return self._mixed_children(element, node)
        pairs = []
        for child in element.iterchildren(IN_SVG + "*"):
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
        tag = child.tag
        if not tag.startswith(IN_SVG):
            return None
        name = tag[len(IN_SVG) :]
        if name == "a":
            name = "tspan" if parent.tag in TEXT else "g"
        if name not in ELEMENTS:
            if name != "style":
                self.notes.dropped("element", name)
            return None
        self.count += 1
        if self.count >= MAX_ELEMENTS:
            raise Rejected("too_many_elements")
        node = self._node(child, name)
        if name in ANIMATIONS and not _is_animation(node):
            self.notes.dropped("element", name)
            return None
        if name == "image" and "href" not in node.attributes:
            return None
        parent.children.append(node)
        return node

    def _node(self, element: etree._Element, tag: str, is_root: bool = False) -> Node:
        """The new element with the attributes and the style that are allowed on it."""
        attrib = element.attrib
        if len(attrib) > MAX_ATTRIBUTES:
            raise Rejected("too_many_attributes", element.sourceline, 1)
        items = attrib.items()
        # A picture has its own limit.
        if tag != "image" and sum([len(value) for _, value in items]) > MAX_ATTRIBUTE_BYTES:
            raise Rejected("attribute_too_long", element.sourceline, 1)
        node = Node(tag, {})
        for name, value in items:
            check = CHECKS.get(name)
            if check is None or name == "href":
                self._special(node, attrib, name, value)
                continue
            clean = check(value)
            if clean is None:
                self.notes.dropped("value of", name)
            elif not (is_root and name in ROOT_WITHOUT):
                node.attributes[name] = clean
                if "url(#" in clean:
                    _link(node, name, clean)
        if self.sheet.rules or "style" in attrib:
            self._style(node, element, is_root)
        return node

    def _special(self, node: Node, attrib, name: str, value: str) -> None:
        """The attributes that are not simply looked up: links and `xml:space`."""
        if name in ("style", "class"):
            return
        if name == XML_SPACE and value == "preserve":
            node.attributes["xml:space"] = "preserve"
        elif name == "href" or (name == XLINK_HREF and "href" not in attrib):
            self._href(node, value)
        elif not name.startswith("{"):
            self.notes.dropped("attribute", name)

    def _href(self, node: Node, value: str) -> None:
        """`#id` on elements that refer to others, raster data on images, else nothing."""
        if node.tag == "image":
            self._picture(node, value)
            return
        target = CHECKS["href"](value) if node.tag in LINKED else None
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

    def _style(self, node: Node, element: etree._Element, is_root: bool) -> None:
        """The cascaded style; it hides presentation attributes, so its links count too."""
        matched = (
            self.sheet.match(
                element.tag[len(IN_SVG) :], element.get("id", ""), element.get("class", "")
            )
            if self.sheet.rules
            else ()
        )
        for name, value in css.cascade(
            matched, self.sheet.inline(element.get("style", ""))
        ).items():
            if is_root and name in ROOT_WITHOUT:
                continue
            node.style[name] = value
            if "url(#" in value:
                _link(node, "style:" + name, value)


def _link(node: Node, name: str, value: str) -> None:
    """Remember every id that `value` refers to."""
    for position, part in enumerate(value.split("url(#")[1:]):
        node.links[f"{name}:{position}" if position else name] = part.partition(")")[0]


def _is_animation(node: Node) -> bool:
    """Whether it says what it changes and to what; animateMotion names nothing (§2, SMIL).

    A change given by difference alone is written as the values that it means (SMIL 3, 12.4.5):
    nh3 takes an animation without values out of the page, and then nothing could be proven.
    """
    attributes = node.attributes
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


def _direct_text(element: etree._Element) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)])
