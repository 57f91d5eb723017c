"""References and ids as they are meant."""

import re
from collections.abc import Iterable

from generations.svg.meant import colours
from generations.svg.tables import LINKED

PAINTS = frozenset(("fill", "stroke"))
REFERENCES = frozenset("clip-path mask filter marker marker-start marker-mid marker-end".split())
MAX_LENGTH = 300

_good = re.compile(r"url\(#([^\s\"'()<>\\;{}#&`%]+)\)( [a-z]+)?")
_address = re.compile(r"\s*+url\s*+\(([^)]*+)\)?(?P<after>.*)", re.IGNORECASE | re.DOTALL)
_bare = re.compile(r"\s*+#?([\w.:-]+)\s*+;?\s*+")
_no_id = re.compile(r"[\s\"'()<>\\;{}#&`%\x00-\x1f\x7f-\x9f]+")
_sound = re.compile(r"[^a-z0-9]+")
_kind = re.compile(r"(?:linear|radial)?(?:gradient|grad|fill|clip|mask|filter|pattern)$")


class Ids:
    """The ids of a drawing, found again where they are written a little differently."""

    def __init__(self, found: Iterable[str]) -> None:
        self.names = {name for text in found if (name := _clean(text))}
        self.likely: dict[str, str] = {}
        for key in (_squash, _stem):
            self._learn(key)

    def _learn(self, key) -> None:
        keys = [(key(name), name) for name in sorted(self.names)]
        counts: dict[str, int] = {}
        for squashed, _ in keys:
            counts[squashed] = counts.get(squashed, 0) + 1
        for squashed, one in keys:
            if squashed and counts[squashed] == 1:
                self.likely.setdefault(squashed, one)

    def find(self, text: str) -> str | None:
        """The id that is meant by `text`, or None where there is none like it."""
        name = _clean(text)
        if name in self.names:
            return name
        return self.likely.get(_squash(name)) or self.likely.get(_stem(name))


def _clean(text: str) -> str:
    return _no_id.sub("-", text.strip().strip("#\"'`;, ")).strip("-")


def _squash(name: str) -> str:
    return _sound.sub("", name.lower())


def _stem(name: str) -> str:
    return _kind.sub("", _squash(name))


def name(text: str) -> str | None:
    """An id that can be referred to."""
    return _clean(text) or None


def paint(text: str, ids: Ids) -> str | None:
    """A colour, or a reference to a gradient or a pattern."""
    if len(text) > MAX_LENGTH:
        return text
    if "url" in text.lower():
        return reference(text, ids)
    colour = colours.meant(text)
    if colour is not None and (len(text) < 5 or colour.lower() == text.strip().lower()):
        return colour
    return _called(text, ids) or colour


def reference(text: str, ids: Ids) -> str | None:
    """`url(#id)` of something in the drawing, in whatever way it is named."""
    if len(text) > MAX_LENGTH:
        return text
    text = text.strip().strip("\"'`")
    good = _good.fullmatch(text)
    if good and good[1] in ids.names:
        return text
    address = _address.fullmatch(text)
    if not address:
        return _called(text, ids) or text
    wanted = address[1].rpartition("#")[2] or address[1]
    found = ids.find(wanted)
    if found is None:
        return text
    after = colours.meant(address["after"].strip(" ;)\"'")) if address["after"] else None
    return f"url(#{found}) {after}" if after else f"url(#{found})"


def _called(text: str, ids: Ids) -> str | None:
    bare = _bare.fullmatch(text)
    found = ids.find(bare[1]) if bare else None
    return f"url(#{found})" if found else None


def target(tag: str, text: str, ids: Ids) -> str:
    """The id that a link leads to, on the elements that have links within the drawing."""
    if tag not in LINKED or len(text) > MAX_LENGTH:
        return text
    if text.startswith("#") and text[1:] in ids.names:
        return text
    address = _address.fullmatch(text)
    wanted = (address[1] if address else text).rpartition("#")[2]
    found = ids.find(wanted)
    return f"#{found}" if found else text
