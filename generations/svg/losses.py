"""What a drawing lacks that its answer promised, or what had to be guessed for it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST = 20


class Loss(NamedTuple):
    """`code` is "cut" for a tag in which the answer ends, "size" for a viewBox that is a guess,
    "number" for a shape that says no place, "gap" for what an ellipsis stands for.

    `text` is the beginning of what is concerned, as the answer has it.
    """

    code: str
    text: str


_ellipsis = re.compile(r"\.\.\.|…")
_value = re.compile(r"[\s\"'](d|points|transform)\s{0,9}=\s{0,9}[{\"'][^\"']*\Z")
_name = re.compile(r"<([A-Za-z]{1,20})[^<>]*>[^<>]*\Z")
_offer = re.compile(r"\b(?:can|could|may|might|if|optional|feel|unchanged|repeat)\b", re.IGNORECASE)
WORDED = frozenset("text tspan textpath title desc style script".split())
NEAR = 400  # characters before an ellipsis that tell what it stands in


def gaps(drawing: str) -> Iterator[Loss]:
    """Where an ellipsis stands for shapes or path data."""
    for number, found in enumerate(_ellipsis.finditer(drawing)):
        if number == MOST:
            return
        at = found.start()
        start = max(drawing.rfind("<", 0, at), 0)
        if _is_gap(drawing, start, at):
            yield Loss("gap", drawing[start : at + 3][-80:])


def _is_gap(drawing: str, start: int, at: int) -> bool:
    inside = drawing.rfind(">", start, at) < 0
    if inside and drawing.startswith("<!--", start):
        end = drawing.find(">", at)
        return not _offer.search(drawing[start : end if end > 0 else at + 200][:NEAR])
    if inside:
        return bool(_value.search(drawing, max(start, at - 200_000), at))
    name = _name.match(drawing[start : start + NEAR])
    return not name or name[1].lower() not in WORDED
