"""Asking statements that are written out, by cursors that have each planned once."""

from collections.abc import Mapping, Sequence
from typing import Any

from chatsvg.database import prepared

Values = Sequence[Any] | Mapping[str, Any]


def row(statement: str, values: Values = ()) -> tuple[Any, ...]:
    """The one row that it gives; None where a statement that may give none does."""
    with prepared() as cursor:
        cursor.execute(statement, values)
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def rows(statement: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """All that it gives."""
    with prepared() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def run(statement: str, values: Values = ()) -> int:
    """How many rows it changed."""
    with prepared() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount
