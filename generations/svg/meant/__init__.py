"""Values as they are meant where models misspell them: `rotate(45°)`, `12,5`, `light blue`.

A value that fits its grammar stays as it is; one with an evident meaning is written so; one
without is None. Guesses make no drawing safe: what comes out is sanitized like anything else.
"""

from collections.abc import Iterator, Mapping

from lxml import etree

from generations.svg.meant import colours, links, numbers, outlines, styles, transforms
from generations.svg.meant.links import Ids
from generations.svg.tables import ANIMATIONS, SVG, TEXT, TITLES, XLINK

WORDED = TEXT | TITLES | {"style", "script", "foreignObject", "metadata"}
# Where one of these says nothing usable the element would be drawn in the wrong place.
PLACES = frozenset("x y x1 y1 x2 y2 cx cy r width height d points".split())

__all__ = ["Ids", "are_meant", "attributes", "value"]
_IN_SVG = f"{{{SVG}}}"


def are_meant(root: etree._Element) -> bool:
    """Whether every value in the tree is written as it is meant, and no id is given twice."""
    elements = list(root.iter(_IN_SVG + "*"))
    found = [one.get("id") for one in elements if "id" in one.attrib]
    ids = Ids(found)
    return len(set(found)) == len(found) and all(_is_meant(one, ids) for one in elements)


def _is_meant(one: etree._Element, ids: Ids) -> bool:
    tag = one.tag[len(_IN_SVG) :]
    given = dict(_given(one))
    if tag == "style" and styles.sheet(one.text or "") != (one.text or ""):
        return False
    return attributes(tag, given, ids) == given and (tag in WORDED or not _has_markup(one))


def _given(one: etree._Element) -> Iterator[tuple[str, str]]:
    for name, text in one.attrib.items():
        if not name.startswith("{"):
            yield name, text
        elif name == f"{{{XLINK}}}href":
            yield "xlink:href", text


def _has_markup(one: etree._Element) -> bool:
    """Whether there are escaped tags where elements should be."""
    return "<" in (one.text or "") or any("<" in (child.tail or "") for child in one)


def attributes(tag: str, given: Mapping[str, str], ids: Ids) -> dict[str, str]:
    """The attributes of an element as they are meant; an element without a place is hidden."""
    if tag in ANIMATIONS:
        return dict(given)
    given = _turned(given)
    found: dict[str, str] = {}
    for name, text in given.items():
        meant = value(tag, name, text, ids)
        if meant is not None:
            found[name] = meant
        elif name in PLACES and tag not in TEXT and text.strip():
            found["display"] = "none"
    return found


def _turned(given: Mapping[str, str]) -> Mapping[str, str]:
    """With the transform of the style as the attribute, which more programs understand."""
    if "transform" not in given.get("style", "") or "transform" in given:
        return given
    style, transform = styles.turned(styles.meant(given["style"], Ids(())))
    if transform is None:
        return given
    rest = {name: text for name, text in given.items() if name != "style"}
    return rest | ({"style": style} if style else {}) | {"transform": transform}


def value(tag: str, name: str, text: str, ids: Ids) -> str | None:
    """What `text` means as the attribute `name`, or None where it means nothing."""
    if name in numbers.NAMES and not (tag in TEXT and name in ("x", "y", "rotate")):
        return numbers.meant(text)
    if name in colours.NAMES:
        return links.paint(text, ids) if name in links.PAINTS else colours.meant(text)
    if name in links.REFERENCES:
        return links.reference(text, ids)
    match name:
        case "d":
            return outlines.path(text)
        case "points":
            return outlines.points(text)
        case "transform" | "gradientTransform" | "patternTransform":
            return transforms.meant(text)
        case "style":
            return styles.meant(text, ids)
        case "href" | "xlink:href":
            return links.target(tag, text, ids)
        case "id":
            return links.name(text)
    return text
