"""Lines as they stand in other texts: numbered, quoted, commented, in diffs, in strings of code."""

import re
from itertools import pairwise

SHARE_NUMBERED = 2  # lines with numbers in a row, at least
_number = re.compile(r"[ \t]*+([0-9]{1,6})(?:[ \t]{0,3}[|│]|[:.)\]]|\t|[ \t]{2})[ \t]?")
_lead = re.compile(r"[ \t]*+(?:>|//|#|\*|\||;|--)(?=[ \t]|$)[ \t]?")
_joint = re.compile(
    r"(?P<quote>[\"'`])[ \t]*+(?:[+.,\\][ \t]*+)?\r?\n[ \t]*+"
    r"(?:[+.][ \t]*+|\w{1,30}[ \t]*+[+.]=[ \t]*+|[fr](?=[\"']))?(?P=quote)"
)
_continued = re.compile(r"\\\r?\n[ \t]*+")


def plain(drawing: str) -> str:
    """`drawing`, which starts at its svg tag, without what stands before each of its lines."""
    if "\n" not in drawing:
        return drawing
    first, *lines = drawing.split("\n")
    filled = [line for line in lines if line.strip()]
    for undo in (_unnumbered, _unled, _undone):
        done = undo(lines, filled)
        if done is not None:
            lines = done
            break
    return _continued.sub("", _joint.sub("", "\n".join([first, *lines])))


def _unnumbered(lines: list[str], filled: list[str]) -> list[str] | None:
    """Without numbers that count up by one."""
    found = [_number.match(line) for line in lines]
    numbers = [int(one[1]) for one in found if one]
    if len(numbers) < SHARE_NUMBERED or len(numbers) < len(filled) - 1:
        return None
    if any(after - before != 1 for before, after in pairwise(numbers)):
        return None
    return [line[one.end() :] if one else line for line, one in zip(lines, found, strict=True)]


def _unled(lines: list[str], filled: list[str]) -> list[str] | None:
    """Without marks of quotations and comments that every line begins with."""
    leads = {lead.group().strip() if (lead := _lead.match(line)) else "" for line in filled}
    if len(leads) != 1 or "" in leads:
        return None
    return [_lead.sub("", line, count=1) for line in lines]


def _undone(lines: list[str], filled: list[str]) -> list[str] | None:
    """What a diff leads to: without the marks of its lines, and without the lines that go."""
    marks = [line[:1] for line in filled]
    if marks.count("+") < 2 or any(mark not in "+- @\\" for mark in marks):
        return None
    return [line[1:] for line in lines if line[:1] not in ("-", "@", "\\")]
