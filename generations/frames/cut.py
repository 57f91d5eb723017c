"""The drawing so far in an answer that has not come to its end. Pure functions."""

import re
from dataclasses import dataclass

from lxml import etree

from generations import svg
from generations.svg.extract import extract
from generations.svg.parse import parse
from generations.svg.tables import ANIMATIONS, RESOURCES, SHAPES, SVG
from generations.svg.text import prepare

MOST_CHARACTERS = 60_000  # of an answer: beyond that a frame costs more than it is worth
DRAWN = frozenset(f"{{{SVG}}}{name}" for name in SHAPES | {"image", "use"})
TEXT = f"{{{SVG}}}text"
UNDRAWN = frozenset(f"{{{SVG}}}{name}" for name in RESOURCES)

_end_of_tag = re.compile(r">|&gt;|\\u003e|%3e", re.IGNORECASE)
# in what `svg.serialise` writes, where an attribute holds no ">"
_moving = re.compile(rf"<({'|'.join(ANIMATIONS)})\b(?:[^>]*/>|[^>]*>.*?</\1>)", re.DOTALL)
_thought = re.compile(r"\s{0,99}+<think(?:ing)?>(?!.*</think)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Frame:
    """A safe drawing, and how many elements are to be seen in it."""

    svg: str
    elements: int


def ends_more(answer: str, seen: int) -> bool:
    """Whether a tag ends in `answer` behind its first `seen` characters."""
    return bool(_end_of_tag.search(answer, seen))


def frame(answer: str) -> Frame | None:
    """What `answer` has drawn so far: up to the last tag that is whole, with what is open closed.

    None where there is nothing to be seen yet, where it may not be seen, or where it is too much.
    """
    if len(answer) > MOST_CHARACTERS or _thought.match(answer):
        return None
    try:
        drawing = _still(svg.sanitize(extract(_whole(answer))).svg)
    except svg.Rejected:
        return None
    elements = drawn(drawing)
    return Frame(drawing, elements) if elements and len(drawing) <= MOST_CHARACTERS else None


def _whole(answer: str) -> str:
    ends = [found.end() for found in _end_of_tag.finditer(answer)]
    return answer[: ends[-1]] if ends else answer


def _still(drawing: str) -> str:
    """The drawing without its animations: with every frame they would begin anew."""
    still = _moving.sub("", drawing)
    return drawing if still == drawing else svg.sanitize(still).svg


def drawn(drawing: str) -> int:
    """How many elements are drawn where they stand; what is kept for later use does not count."""
    count = 0
    waiting: list[etree._Element] = [parse(prepare(drawing))]
    while waiting:
        for child in waiting.pop():
            if child.tag in DRAWN or (child.tag == TEXT and "".join(child.itertext()).strip()):
                count += 1
            elif child.tag not in UNDRAWN:
                waiting.append(child)
    return count
