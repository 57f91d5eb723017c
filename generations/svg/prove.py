"""The last word: the output read again and judged apart from what made it (SVG_SAFETY §2.10).

`assert_safe` shares the tables of names with the builder, but none of its code; nh3 reads the
text as a browser's HTML parser would. Both fail closed.
"""

import re
from functools import lru_cache

import nh3
from lxml import etree

from generations.svg.errors import Rejected
from generations.svg.tables import (
    ANIMATABLE,
    ANIMATIONS,
    ATTRIBUTES,
    ELEMENTS,
    MAX_BYTES,
    PREFIX,
    PROPERTIES,
    ROOT_ANIMATABLE,
    ROOT_WITHOUT,
    SVG,
)

NAMES = frozenset(ATTRIBUTES) - {"href", "id", "attributeName", "aria-label"} - {"xml:space"}
TAGS = {f"{{{SVG}}}{name}": name for name in ELEMENTS}
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
PROSE = frozenset(("aria-label", "aria-roledescription"))
MOVING = [f"{{{SVG}}}{name}" for name in ANIMATIONS]
LISTS = frozenset("from to by values keyTimes keySplines keyPoints".split())
SHORT = 80  # characters of what recurs in every drawing, so that its judgement is remembered
CLOCKS = frozenset("begin end dur min max repeatDur".split())

_reference = re.compile(rf"url\(#{PREFIX}[^\s\"'()<>\\;{{}}#&`%]+\)")
_fragment = re.compile(rf"#{PREFIX}[^\s\"'()<>\\;{{}}#&`%]+")
_name = re.compile(rf"{PREFIX}[^\s\"'()<>\\;{{}}#&`%]+")
_picture = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
# Words and numbers, in which nothing can hide.
_simple = re.compile(r"[\w #.,%+\-]*+", re.ASCII)
# Nothing that could be a URL, an escape, a rule, a comment, markup or a string delimiter.
_harmless = re.compile(r"[^:\\@{}<>\"`&;]*+")
_list = re.compile(r"[^:\\@{}<>\"`&]*+")  # `values` has semicolons
_clock = re.compile(rf"(?:{PREFIX}[^\s\"'()<>\\;{{}}#&`%]+|[0-9a-zA-Z:.+\-; ()])*+")
_loads = re.compile(r"url\(|//|/\*|image-set|src\(|element\(|expression|javascript", re.IGNORECASE)

_cleaner = nh3.Cleaner(
    tags=set(ELEMENTS),
    clean_content_tags=set(),
    attributes={"*": set(ATTRIBUTES) | {"xmlns", "style", "space"}},
    url_schemes={"data"},
    link_rel=None,
)


def prove(svg: str) -> None:
    """Refuse `svg` unless both an XML and an HTML reader find only what is allowed in it."""
    data = svg.encode()
    if len(data) > MAX_BYTES:
        raise Rejected("too_large")
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise Rejected("unproven") from None
    if root.tag != f"{{{SVG}}}svg" or not assert_safe(root) or not _same_as_html(svg):
        raise Rejected("unproven")


def assert_safe(root: etree._Element) -> bool:
    """Whether every element, attribute and value of the parsed output is an allowed one."""
    if not _is_root_at_rest(root):
        return False
    seen: set[str] = set()
    simple = _simple.fullmatch
    for element in root.iter():
        name = TAGS.get(element.tag)
        if name is None or element.prefix is not None:
            return False
        for attribute, value in element.items():
            if attribute in NAMES and simple(value):
                continue
            if attribute == "id":
                if value in seen:
                    return False
                seen.add(value)
            if not _is_safe(name, attribute, value):
                return False
    return True


def _is_root_at_rest(root: etree._Element) -> bool:
    """Whether the root has a size of its own and nothing that moves or mixes it (§2.8)."""
    box = root.get("viewBox", "").split(" ")
    style = {part.partition(":")[0] for part in root.get("style", "").split(";")}
    if len(box) != 4 or (style | set(root.keys())) & ROOT_WITHOUT:
        return False
    moving = [one for one in root if one.tag in MOVING and "href" not in one.attrib]
    own = root.get("id")
    if own is not None:
        moving += [one for one in root.iter(*MOVING) if one.get("href") == "#" + own]
    return not any(one.get("attributeName") not in ROOT_ANIMATABLE for one in moving)


def _is_safe(element: str, name: str, value: str) -> bool:
    """The few attributes whose values need more than harmless characters."""
    if name == "id":
        return bool(_name.fullmatch(value))
    if name == "href":
        return bool((_picture if element == "image" else _fragment).fullmatch(value))
    if name == "attributeName":
        return element in ANIMATIONS and value in ANIMATABLE
    if name == "style":
        return all(_is_safe_declaration(part) for part in value.split(";"))
    if name == SPACE:
        return value == "preserve"
    if name in PROSE:
        return True
    if name in CLOCKS:
        return bool(_clock.fullmatch(value))
    return name in NAMES and _is_safe_value(value, _list if name in LISTS else _harmless)


def _is_safe_declaration(declaration: str) -> bool:
    is_short = len(declaration) <= SHORT
    return (_declaration_remembered if is_short else _declaration)(declaration)


def _declaration(declaration: str) -> bool:
    name, colon, value = declaration.partition(":")
    return bool(colon) and name in PROPERTIES and _judged(value, _harmless)


def _is_safe_value(value: str, characters: re.Pattern) -> bool:
    return (_judged_remembered if len(value) <= SHORT else _judged)(value, characters)


def _judged(value: str, characters: re.Pattern) -> bool:
    rest = _reference.sub("", value)
    return bool(characters.fullmatch(rest)) and not _loads.search(rest)


_judged_remembered = lru_cache(maxsize=4096)(_judged)
_declaration_remembered = lru_cache(maxsize=4096)(_declaration)


def _same_as_html(svg: str) -> bool:
    """Whether an HTML parser keeps every element and attribute, in a fragment of a page."""
    cleaned = _cleaner.clean(svg)
    elements = svg.count("<") - svg.count("</")
    return cleaned.count("</") == elements and cleaned.count('="') == svg.count('="')
