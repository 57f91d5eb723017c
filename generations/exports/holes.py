"""Ids with a hole, into which every copy of a component puts what tells it from the others."""

import json
import re
from collections.abc import Callable

from lxml import etree

from generations.svg.finish_names import rename_attributes

HOLE = "\0"  # which XML never contains
Rename = Callable[[str], str]
_plain = re.compile(r"[^\s{}<>&\"'`\\]+(?: [^\s{}<>&\"'`\\]+)*")


def names_in(root: etree._Element) -> Rename | None:
    """How the ids of a drawing are written from now on; None where there are none."""
    names = {str(node.get("id")) for node in root.iter() if node.get("id")}
    if not names:
        return None
    return lambda name: f"{name}_{HOLE}" if name in names else name


def holed(attributes: dict[str, str], rename: Rename | None) -> dict[str, str]:
    """An element's attributes, with holes in its id and in all that it refers to."""
    if rename is None:
        return attributes
    link = attributes.get("xlink:href", "")
    if link.startswith("#"):
        attributes = {**attributes, "xlink:href": "#" + rename(link[1:])}
    written = dict(attributes)
    rename_attributes(written, rename)
    return written


def has_hole(value: str) -> bool:
    return HOLE in value


def template(value: str) -> str:
    """As JavaScript: a string, or a template with `id` in its holes."""
    if HOLE not in value:
        return json.dumps(value, ensure_ascii=False)
    text = value.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return "`" + text.replace(HOLE, "${id}") + "`"


def is_plain(said: str) -> bool:
    """Whether every language takes this text as it is, with all its blanks."""
    return bool(_plain.fullmatch(said))
