"""The last step of every drawing: what it says of itself, ids of its own, no byte too many."""

from generations.svg import Rejected, sanitize, show
from generations.svg.finish_names import prefix
from generations.svg.finish_tree import round_off, tidy
from generations.svg.finish_words import UNTITLED, describe
from generations.svg.read import read
from generations.svg.serialise import serialise

LARGEST = 100_000  # characters; what is larger is not made smaller
WORTH = 0.95  # of the size before: less is gained than it takes to look
SIDE = 256  # pixels, of which none may change


def finish(svg: str, *, prompt: str, style: str, key: str) -> str:
    """A sanitized drawing as it is stored and shown.

    Its root has a title, a description and a role; its ids bear a mark of `key`, so that it can
    be inlined beside others; it is as small as it gets without a pixel changing. The result is
    sanitized as well, and finishing it again with the same words and key changes nothing.
    """
    for words in (prompt, UNTITLED):  # words that a drawing may not hold after all are left out
        named = _named(svg, words, style, key)
        if _is_safe(named):
            return _smaller(svg, named) or named
    return svg


def _named(svg: str, prompt: str, style: str, key: str) -> str:
    drawing = read(svg)
    prefix(drawing.nodes, key)
    describe(drawing.root, prompt, style)
    return serialise(drawing.root)


def _is_safe(svg: str) -> bool:
    try:
        return sanitize(svg).svg == svg
    except Rejected:
        return False


def _smaller(before: str, named: str) -> str | None:
    """A smaller form in which no pixel is different, None where there is none."""
    drawing = read(named)
    if len(named) > LARGEST or not show.is_plain(drawing):
        return None
    tidy(drawing)
    round_off(drawing)
    smaller = serialise(drawing.root)
    if len(smaller) > WORTH * len(named) or not _is_safe(smaller):
        return None
    shown = show.png(before, SIDE)
    return smaller if shown and show.png(smaller, SIDE) == shown else None
