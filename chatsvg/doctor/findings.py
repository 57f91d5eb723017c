"""What is looked at, and what was found."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["ok", "note", "broken", "off"]


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing stands.

    "ok" works; "note" works, or may be away, and there is something to know; "broken" is needed
    and does not work; "off" is not used here. No text of it may hold a key or a password.
    """

    state: State
    detail: str
    remedy: str = ""
    notes: tuple[str, ...] = ()
    ms: float | None = None  # how long it took to answer


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. `look` runs in a thread; it has timeouts of its own."""

    subject: str
    look: Callable[[], Finding]


def described(subject: str, finding: Finding) -> dict[str, Any]:
    """The finding as JSON can carry it."""
    ms = None if finding.ms is None else round(finding.ms, 1)
    return {"subject": subject, **asdict(finding), "notes": list(finding.notes), "ms": ms}
