"""The drawing inside a model's answer: cut out of prose and fences, and mended (SVG_SAFETY §2).

Mending is deterministic and needs no model; it makes no drawing safe. What comes out goes
through `sanitize` like anything else.
"""

import json
import re
from html import unescape

from generations.svg import mend
from generations.svg.errors import Rejected
from generations.svg.parse import parse
from generations.svg.tables import MAX_BYTES
from generations.svg.text import prepare

MAX_ANSWER = 4 * MAX_BYTES

_opening = re.compile(r"<(?:svg|[a-z]{1,20}:svg)(?=[\s>/])", re.IGNORECASE)
_closing = re.compile(r"</(?:svg|[a-z]{1,20}:svg)\s{0,20}>", re.IGNORECASE)
_thinking = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_thought = re.compile(r"</think(?:ing)?>", re.IGNORECASE)


def extract(answer: str) -> str:
    """The SVG text in `answer`, mended where the intent is plain.

    Raises Rejected: `no_svg` when there is no drawing in it, `too_large` beyond the limits.
    """
    if not isinstance(answer, str):
        raise Rejected("not_text")
    if len(answer) > MAX_ANSWER:
        raise Rejected("too_large")
    drawing = _unquoted(_cut(_without_thoughts(answer)))
    if len(drawing) > MAX_BYTES:
        raise Rejected("too_large")
    return drawing if _is_whole(drawing) else mend.mend(drawing)


def _without_thoughts(answer: str) -> str:
    """`answer` without a reasoning block, unless the drawing is nowhere else."""
    start = _thinking.search(answer, 0, 1000)
    end = start and _thought.search(answer, start.end())
    if not end:
        return answer
    rest = answer[end.end() :]
    return rest if _opening.search(rest) else answer


def _cut(answer: str) -> str:
    """From the first opening svg tag, in a code fence if there is one, to the last closing."""
    if not _opening.search(answer) and "&lt;svg" in answer.lower():
        answer = unescape(answer)
    for block in _fenced(answer):
        if _opening.search(block):
            answer = block
            break
    opening = _opening.search(answer)
    if not opening:
        raise Rejected("no_svg")
    closings = list(_closing.finditer(answer, opening.end()))
    end = closings[-1].end() if closings else len(answer)
    return answer[opening.start() : end]


def _fenced(answer: str) -> list[str]:
    """The insides of ``` and ~~~ fences; the last may be left open by a cut stream."""
    for fence in ("```", "~~~"):
        parts = answer.split(fence)
        if len(parts) > 1:
            return parts[1::2]
    return []


def _unquoted(drawing: str) -> str:
    """The drawing out of a JSON string, told by its escaped quotes."""
    if '=\\"' not in drawing:
        return drawing
    try:
        return json.loads(f'"{drawing}"', strict=False)
    except ValueError:
        return drawing.replace('\\"', '"').replace("\\n", "\n").replace("\\/", "/")


def _is_whole(drawing: str) -> bool:
    """Whether the drawing needs no mending: it parses, and says its size."""
    try:
        root = parse(prepare(drawing))
    except Rejected:
        return False
    return "viewBox" in root.attrib
