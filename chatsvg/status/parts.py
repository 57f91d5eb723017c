"""What is looked at, and what was found. Everything here is shown to everybody."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

State = Literal["ok", "slow", "failed"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a part did at one look. `detail` is one sentence, without addresses, keys and people.

    "ok" works; "slow" works, but worse than it should; "failed" does not work.
    """

    state: State
    detail: str = ""
    ms: float | None = None

    def within(self, slow_ms: float | None) -> "Reading":
        """The same, or slow where it took longer than that."""
        is_late = slow_ms is not None and self.ms is not None and self.ms > slow_ms
        return replace(self, state="slow") if self.state == "ok" and is_late else self


@dataclass(frozen=True, slots=True)
class Part:
    """Something that people depend on. `key` names it in the records, and stays.

    `look` runs in upkeep and has timeouts of its own. `look_here` is asked by a web process while
    nobody records: it is quick. None: a web process cannot tell. Without what `is_vital`, nothing
    of ChatSVG works.
    """

    key: str
    name: str
    about: str
    look: Callable[[], Reading]
    look_here: Callable[[], Reading] | None = None
    slow_ms: float | None = None
    measure: str = "Answered in"
    rank: int = 50
    is_vital: bool = False
