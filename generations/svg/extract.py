"""The drawing inside a model's answer: cut out of prose and fences, and mended (SVG_SAFETY §2).

Mending is deterministic and needs no model; it makes no drawing safe. What comes out goes
through `sanitize` like anything else.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generations.svg import lines, meant, mend, names, signs, thoughts
from generations.svg.errors import Rejected
from generations.svg.escapes import OPENING, PREFIX, unwrapped
from generations.svg.losses import Loss, gaps
from generations.svg.parse import parse
from generations.svg.tables import MAX_BYTES, MAX_CSS_BYTES
from generations.svg.text import prepare
from generations.svg.tokens import CDATA, COMMENT_TEXT
from generations.svg.view import view_box

IsRoot = Callable[[re.Match[str]], bool]  # of an opening svg tag
MAX_ANSWER = 4 * MAX_BYTES
DRAWINGS = {"svg", "xml"}  # words after a fence that promise a drawing
MARKUP = {"", "html", "xhtml", "text", "txt", "plaintext", "json", "markdown", "md"}

_mark = re.compile(
    COMMENT_TEXT + "|" + CDATA + rf"|(?P<close><\s{{0,3}}/\s{{0,3}}(?:{PREFIX})?svg\s{{0,20}}+>)"
    rf"|(?P<open><(?:svg|{PREFIX}svg)(?=[\s>/])[^<>]*+>?)",
    re.IGNORECASE,
)
_sized = re.compile(r"[\s\"'](?:view[-_]?box|width|height|style)\s{0,20}+=", re.IGNORECASE)
_shape = re.compile(
    r"<(?:path|rect|circle|ellipse|line|polygon|polyline|g|use)[\s>]", re.IGNORECASE
)
_fence = re.compile(
    r"^[ \t>]{0,12}+(?:`{3,}+|~{3,}+)[ \t]*+(?P<word>[\w+-]{0,20}+)[^`<\n]*+$", re.MULTILINE
)
_sheet = re.compile(r"<style\b[^<>]*+>([^<]*+)</style", re.IGNORECASE)
_classed = re.compile(r"\sclass(?:Name)?\s*+=")
_hidden_sheet = re.compile(r"<style\b[^<>]*+>\s*+<!--", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of the answer that may be the drawing; `rank` 0 is the likeliest place."""

    text: str
    rank: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """The drawing in an answer, and what of it is lost or guessed."""

    svg: str
    losses: tuple[Loss, ...] = ()


def extract(answer: str) -> str:
    """The SVG text in `answer`, mended where the intent is plain.

    Raises Rejected: `no_svg` when there is no drawing in it, `too_large` beyond the limits.
    """
    return extracted(answer).svg


def extracted(answer: str) -> Extracted:
    """The same, with what got lost on the way."""
    if not isinstance(answer, str):
        raise Rejected("not_text")
    if len(answer) > MAX_ANSWER:
        raise Rejected("too_large")
    bare = answer.strip()
    if OPENING.match(bare) and _is_whole(bare):
        return Extracted(bare, tuple(gaps(bare)))
    plain = signs.plain(unwrapped(thoughts.without(signs.plain(answer))))
    drawing = signs.with_entities(lines.plain(_cut(plain)), plain)
    if len(drawing) > MAX_BYTES:
        raise Rejected("too_large")
    drawing = signs.unescaped(_with_sheets(drawing, plain))
    found = tuple(gaps(drawing))
    if _is_whole(drawing):
        return Extracted(drawing, found)
    mended, losses = mend.mend(drawing)
    return Extracted(mended, (*found, *losses))


def _with_sheets(drawing: str, answer: str) -> str:
    """`drawing` with the style sheets around it, where it has classes and no sheet of its own."""
    if "<style" in drawing or not _classed.search(drawing):
        return drawing
    sheets = "".join(_sheet.findall(answer))
    opening = OPENING.match(drawing)
    if not sheets or not opening or len(sheets) > MAX_CSS_BYTES:
        return drawing
    return f"{opening.group()}<style>{sheets}</style>{drawing[opening.end() :]}"


def _cut(answer: str) -> str:
    """The drawing in `answer` that is most likely meant.

    A mention of the tag in a sentence, and a short example of use, are not; of drawings of like
    length the last is the final one.
    """
    found = list(_candidates(answer, _is_sized)) or list(_candidates(answer, _is_any))
    if not found:
        raise Rejected("no_svg")
    longest = max(len(one.text) for one in found)
    likely = [one for one in found if 2 * len(one.text) >= longest]
    best = min(one.rank for one in likely)
    return [one.text for one in likely if one.rank == best][-1]


def _candidates(answer: str, is_root: IsRoot) -> Iterator[Candidate]:
    for piece, rank in _pieces(answer):
        for drawing in _drawings(piece, is_root):
            yield Candidate(drawing, rank)


def _pieces(answer: str) -> Iterator[tuple[str, int]]:
    """The stretches between lines that open or close a code fence. None crosses such a line."""
    at, rank = 0, 1
    for fence in _fence.finditer(answer):
        yield answer[at : fence.start()], rank
        word = fence["word"].lower()
        at, rank = fence.end(), 0 if word in DRAWINGS else 1 if word in MARKUP else 2
    yield answer[at:], rank


def _drawings(text: str, is_root: IsRoot) -> Iterator[str]:
    """From each opening svg tag to the closing that belongs to it, or to the end of a cut one."""
    at = 0
    while opening := OPENING.search(text, at):
        at = opening.end()
        if is_root(opening):
            at = _end(text, opening)
            yield text[opening.start() : at]


def _end(text: str, opening: re.Match[str]) -> int:
    if opening.group().endswith("/>"):
        return opening.end()
    depth = 1
    for mark in _mark.finditer(text, opening.end()):
        if mark["close"]:
            depth -= 1
        elif mark["open"] and not mark["open"].endswith("/>"):
            depth += 1
        if not depth:
            return _later_end(text, mark.end())
    return len(text)


def _later_end(text: str, at: int) -> int:
    """Where the drawing ends that was closed at `at`, unless too early: before more shapes."""
    following = _mark.search(text, at)
    if (
        following is None
        or not following["close"]
        or not _shape.search(text, at, following.start())
    ):
        return at
    return following.end()


def _is_sized(opening: re.Match[str]) -> bool:
    """Whether it can be a drawing's root: it says a size, and is no code within a sentence."""
    is_mention = opening.string.startswith("`", opening.end())
    return not is_mention and bool(_sized.search(opening.group()))


def _is_any(opening: re.Match[str]) -> bool:
    return True


def _is_whole(drawing: str) -> bool:
    """Whether the drawing needs no mending: it parses, says its size, and spells its names."""
    try:
        root = parse(prepare(drawing))
    except Rejected:
        return False
    if view_box(root.get("viewBox", "")) is None or _hidden_sheet.search(drawing):
        return False
    return names.are_spelled(root) and meant.are_meant(root)
