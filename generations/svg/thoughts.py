"""What a model thought aloud before or after its answer, cut out of it."""

import re
from collections import deque

from generations.svg.escapes import has_drawing

NAMES = (
    "think(?:ing)?|thoughts?|thought_process|reasoning|reflection|scratchpad|analysis|plan(?:ning)?"
)
_mark = re.compile(
    rf"<(?P<close>/)?(?P<name>{NAMES})(?:\s[^<>]{{0,200}})?>"
    r"|[\[◁](?P<end>/)?think(?:ing)?[\]▷]"
    r"|<\|channel\|>(?P<channel>[a-z]{1,20})",
    re.IGNORECASE,
)


def without(answer: str) -> str:
    """`answer` without its reasoning, unless the drawing is nowhere else."""
    rest = _without(answer)
    return rest if rest is answer or has_drawing(rest) else answer


def _without(answer: str) -> str:
    """Cut from each opening mark to the closing one of its kind; before a closing mark that was
    never opened all is thought.
    """
    marks = [(_kind(found), _is_end(found), found) for found in _mark.finditer(answer)]
    ends: dict[str, deque[int]] = {}
    for at, (kind, is_end, _) in enumerate(marks):
        if is_end:
            ends.setdefault(kind, deque()).append(at)
    parts: list[str] = []
    kept_from = at = 0
    while at < len(marks):
        kind, is_end, found = marks[at]
        following = ends.get(kind, deque())
        while following and following[0] < at:
            following.popleft()
        if is_end and kind != "channel" and not _is_opened(marks, at):
            parts, kept_from = [], found.end()
        elif not is_end and following:
            parts.append(answer[kept_from : found.start()])
            at = following[0]
            kept_from = marks[at][2].end()
        at += 1
    return "".join([*parts, answer[kept_from:]]) if kept_from else answer


def _kind(found: re.Match[str]) -> str:
    if found["channel"]:
        return "channel"
    return (found["name"] or "think").lower()


def _is_end(found: re.Match[str]) -> bool:
    if found["channel"]:
        return found["channel"].lower() == "final"
    return bool(found["close"] or found["end"])


def _is_opened(marks: list, at: int) -> bool:
    return any(
        kind == marks[at][0] and not is_end for kind, is_end, _ in marks[max(at - 50, 0) : at]
    )
