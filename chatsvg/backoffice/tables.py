"""Tables as the desk's pages show them: what is in a cell, and what is below a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


class Link(NamedTuple):
    text: str
    href: str


class Badge(NamedTuple):
    """`tone`: good, bad, warm or plain."""

    text: str
    tone: str = "plain"


class Code(NamedTuple):
    """An id or a raw text, in a fixed width."""

    text: str


class Button(NamedTuple):
    text: str
    href: str
    icon: str
    is_dangerous: bool = False


@dataclass(frozen=True)
class Row:
    cells: Sequence[Any]
    below: "Table | None" = None
    buttons: Sequence[Button] = ()

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        """Each cell with the kind of thing that it is, for the template."""
        return [(kind(cell), cell) for cell in self.cells]


@dataclass(frozen=True)
class Table:
    """`older` is the address of the rows after these; empty at the end."""

    headings: Sequence[str]
    rows: Sequence[Row]
    empty: str = "Nothing here."
    older: str = ""
    title: str = ""
    """Where there is more than one table."""

    @property
    def shown(self) -> list[tuple[Row, list[tuple[str, str, Any]]]]:
        return [
            (row, [(head, *kind) for head, kind in zip(self.headings, row.kinds, strict=True)])
            for row in self.rows
        ]

    @property
    def has_buttons(self) -> bool:
        return any(row.buttons for row in self.rows)


def kind(cell: Any) -> str:
    """What the template makes of it."""
    if isinstance(cell, datetime):
        return "time"
    if isinstance(cell, Link | Badge | Code | list):
        return type(cell).__name__.lower()
    return "text"


def short(row: Any) -> str:
    """The end of an id: those that were made at the same time begin alike."""
    return f"…{str(row.pk)[-8:]}"
