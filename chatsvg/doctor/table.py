"""Findings as a table for people."""

import textwrap
from collections.abc import Callable, Iterator, Sequence

from chatsvg.doctor.examine import Found
from chatsvg.doctor.findings import Finding

LABELS = {"ok": "ok", "note": "note", "broken": "BROKEN", "off": "off"}
STATE, MS = 8, 9  # characters of their columns

Paint = Callable[[str, str], str]  # state, text → text


def table(found: Sequence[Found], width: int, paint: Paint) -> Iterator[str]:
    """Lines of at most `width` characters; what is to be done stands below each row."""
    subject = max((len(check.subject) for check, _ in found), default=0) + 2
    subject = min(subject, 30)
    for check, finding in found:
        label = paint(finding.state, LABELS[finding.state].ljust(STATE))
        names = textwrap.wrap(check.subject, subject - 2) or [""]
        for number, line in enumerate(_lines(finding, max(width - STATE - subject - MS, 40))):
            first = label if number == 0 else " " * STATE
            name = names[number] if number < len(names) else ""
            took = _took(finding) if number == 0 else ""
            yield f"{first}{name:<{subject}}{took:>{MS - 2}}  {line}".rstrip()
        for name in names[number + 1 :]:
            yield f"{'':{STATE}}{name}"


def summary(found: Sequence[Found]) -> str:
    broken = [check.subject for check, finding in found if finding.state == "broken"]
    if not broken:
        return "Everything that is needed works."
    return f"Broken: {', '.join(broken)}."


def _lines(finding: Finding, width: int) -> list[str]:
    lines = textwrap.wrap(finding.detail, width)
    if finding.remedy:
        lines += textwrap.wrap(finding.remedy, width, initial_indent="→ ", subsequent_indent="  ")
    for note in finding.notes:
        lines += textwrap.wrap(note, width, initial_indent="· ", subsequent_indent="  ")
    return lines


def _took(finding: Finding) -> str:
    if finding.ms is None:
        return ""
    return f"{finding.ms:.0f} ms" if finding.ms >= 1 else "<1 ms"
