"""The names of SVG as models misspell them: in one case, as HTML does, or as React spells them."""

import re

from lxml import etree

from generations.svg.tables import ATTRIBUTES, ELEMENTS, SVG

XHTML = "http://www.w3.org/1999/xhtml"
# Elements of pages, which show nothing in a drawing: it is what is inside them that is meant.
HTML = frozenset(
    """html head body main header footer nav section article aside div span p br hr b i u em strong
    small center font h1 h2 h3 ul ol li table tr td th figure figcaption button form input label
    select textarea option img picture source video audio track iframe embed object canvas meta
    link base template slot noscript area col param wbr pre code""".split()
)

_separators = re.compile(r"[-_:]+")
_IN_SVG = f"{{{SVG}}}"


def _squashed(name: str) -> str:
    """A name without what tells its words apart: stroke-width, strokeWidth and stroke_width."""
    return _separators.sub("", name).lower()


ELEMENT_NAMES = {_squashed(name): name for name in ELEMENTS | {"a", "style", "script"}}
KNOWN = frozenset(ELEMENT_NAMES.values())
ATTRIBUTE_NAMES = {_squashed(name): name for name in ATTRIBUTES} | {"style": "style"}
ATTRIBUTE_NAMES |= {"class": "class", "classname": "class", "xlinkhref": "xlink:href"}
ATTRIBUTE_NAMES |= {"xmlspace": "xml:space", "colour": "color"}


def element(name: str) -> str:
    """The element that is meant by `name`."""
    return ELEMENT_NAMES.get(_squashed(name), name)


def attribute(name: str) -> str:
    """The attribute that is meant by `name`."""
    return ATTRIBUTE_NAMES.get(_squashed(name), name)


def are_spelled(root: etree._Element) -> bool:
    """Whether every name in the tree is one that SVG knows, or one that it has nothing like."""
    return all(_is_spelled(one) for one in root.iter("*"))


def _is_spelled(one: etree._Element) -> bool:
    space, _, name = one.tag.rpartition("}")
    if space + "}" != _IN_SVG:
        is_meant = space[1:] in ("", XHTML) or "svg" in space.lower()
        return not (is_meant and name.lower() in ELEMENT_NAMES)
    if name in HTML or element(name) != name:
        return False
    return all(attribute(key) == key for key in _plain(one))


def _plain(one: etree._Element) -> list[str]:
    return [key for key in one.attrib if not key.startswith("{")]
