"""How everything does, in one sentence that is true."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatsvg.status.snapshot import Row, Snapshot

LABELS = {"ok": "Operational", "slow": "Degraded", "failed": "Down", "none": "No data"}


def overall(snapshot: "Snapshot") -> tuple[str, str, str]:
    """The state of the whole, a headline and a sentence."""
    if snapshot.is_database_away:
        return "failed", "Our database does not answer", _AWAY
    down, slow, silent = (_names(snapshot.rows, state) for state in ("failed", "slow", "none"))
    if down:
        is_vital = any(row.is_vital for row in snapshot.rows if row.state == "failed")
        said = f"{_list(down)} {_is(down)} down"
        return "failed" if is_vital else "slow", said, _DOWN if is_vital else _PARTLY
    if not snapshot.is_recorded:
        return "none", "No fresh data", _SILENT if snapshot.last_at else _NEVER
    if slow:
        return "slow", f"{_list(slow)} {_is(slow)} degraded", "It works, but worse than it should."
    if silent:
        said = f"There is no fresh data about: {_list(silent)}."
        return "ok", "Everything that we measure works", said
    return "ok", "All systems operational", ""


_DOWN = "What depends on it does not work at the moment."
_PARTLY = "Everything else goes on."
_AWAY = "Signing in and drawing wait until it is back. Your drawings and credits are safe."
_SILENT = "The checks of every minute have paused. What can be told without them stands below."
_NEVER = "No check has been recorded yet. The first one comes when the workers have started."


def _names(rows: "Iterable[Row]", state: str) -> list[str]:
    return [row.name for row in rows if row.state == state]


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _is(names: list[str]) -> str:
    plural = len(names) > 1 or names[0] == "Live updates"
    return "are" if plural else "is"
