"""Ids that no other drawing has, so that many can stand in one page."""

import re
from collections.abc import Callable, Iterable
from hashlib import sha256

from generations.svg.labels import ID
from generations.svg.moments import EVENTS
from generations.svg.node import Node
from generations.svg.tables import MAX_ID, PREFIX

LABELS = ("aria-labelledby", "aria-describedby")
TIMES = ("begin", "end")
MARK = 9  # characters of a drawing's mark and its underscore

Rename = Callable[[str], str]

_reference = re.compile(rf"url\(#({ID})\)")
_event = re.compile(rf"(?P<id>{ID})(?P<rest>\.(?:{EVENTS})(?:\s*[+-].*)?)")
_marked = re.compile(rf"{PREFIX}([0-9a-f]{{{MARK - 1}}})_.")


def prefix(nodes: list[Node], key: str) -> None:
    """Put the mark of `key` into every id and every reference, in place of an earlier mark."""
    mark = f"{PREFIX}{sha256(key.encode('utf-8', 'replace')).hexdigest()[: MARK - 1]}_"
    names: set[str] = set()
    _rename(nodes, _noted(names))
    known = len(PREFIX) + (MARK if _is_marked(names) else 0)
    _rename(nodes, lambda name: mark + _short(name[known:]))


def _noted(names: set[str]) -> Rename:
    def note(name: str) -> str:
        names.add(name)
        return name

    return note


def _is_marked(names: Iterable[str]) -> bool:
    """Whether all names bear the mark of one drawing."""
    marks = {found and found[1] for found in map(_marked.match, names)}
    return len(marks) == 1 and None not in marks


def _short(name: str) -> str:
    """A name that the mark leaves room for."""
    room = MAX_ID - MARK
    if len(name) <= room:
        return name
    return f"{name[: room - MARK]}_{sha256(name.encode()).hexdigest()[: MARK - 1]}"


def _rename(nodes: list[Node], rename: Rename) -> None:
    for node in nodes:
        rename_attributes(node.attributes, rename)
        for name, value in node.style.items():
            if "url(#" in value:
                node.style[name] = _references(value, rename)
        for name, target in node.links.items():
            node.links[name] = rename(target)


def rename_attributes(attributes: dict[str, str], rename: Rename) -> None:
    """Give an element's id and all that it refers to the names that `rename` has for them."""
    for name, value in attributes.items():
        if name == "id":
            attributes[name] = rename(value)
        elif name == "href" and value.startswith("#"):
            attributes[name] = "#" + rename(value[1:])
        elif name in LABELS:
            attributes[name] = " ".join(rename(one) for one in value.split())
        elif name in TIMES:
            attributes[name] = "; ".join(_moment(one, rename) for one in value.split("; "))
        elif "url(#" in value:
            attributes[name] = _references(value, rename)


def _references(value: str, rename: Rename) -> str:
    return _reference.sub(lambda found: f"url(#{rename(found[1])})", value)


def _moment(moment: str, rename: Rename) -> str:
    found = _event.fullmatch(moment)
    if not found or not found["id"].startswith(PREFIX):
        return moment
    return rename(found["id"]) + found["rest"]
