"""The names of SVG as models misspell them: in one case, as HTML does, or as React spells them."""

from lxml import etree

from generations.svg.tables import ATTRIBUTES, ELEMENTS, SVG

ELEMENT_NAMES = {name.lower(): name for name in ELEMENTS | {"a", "style", "script"}}
ATTRIBUTE_NAMES = {name.lower(): name for name in ATTRIBUTES} | {"style": "style", "class": "class"}
# strokeWidth is stroke-width to React; names without a hyphen are the same there.
REACT_NAMES = {name.replace("-", "").lower(): name for name in ATTRIBUTES if "-" in name}
REACT_NAMES |= {"classname": "class", "xlinkhref": "xlink:href", "xmlspace": "xml:space"}
_IN_SVG = f"{{{SVG}}}"


def element(name: str) -> str:
    """The element that is meant by `name`."""
    return ELEMENT_NAMES.get(name.lower(), name)


def attribute(name: str) -> str:
    """The attribute that is meant by `name`."""
    lower = name.lower()
    return ATTRIBUTE_NAMES.get(lower) or REACT_NAMES.get(lower) or name


def are_spelled(root: etree._Element) -> bool:
    """Whether every name in the tree is one that SVG knows, or one that it has nothing like."""
    for one in root.iter(_IN_SVG + "*"):
        name = one.tag[len(_IN_SVG) :]
        if element(name) != name or any(attribute(key) != key for key in one.attrib):
            return False
    return True
