"""The rows of a page, in one statement.

It is written out, for building it anew from a queryset costs more than the page; and times come as
the contract writes them, which is three times as fast as reading and writing them here.
"""

import re
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from chatsvg.database import prepared
from chatsvg.paging import InvalidCursor
from generations.gallery.asked import Asked


class Row(NamedTuple):
    """What lists tell of a drawing."""

    id: str
    prompt: str
    style: str
    model: str
    is_private: bool
    credits_used: int
    created_at: str
    storage_key: str


class Rows(NamedTuple):
    """One page, and where the next one begins; None at the end."""

    rows: list[Row]
    next_cursor: str | None


_SPECIAL = re.compile(r"[\\%_]")  # in a pattern of LIKE
_PUBLIC = "NOT is_private"
_OWNED = "user_id = %(user)s"
_WORLDS = {None: "", True: "credits_used = 0", False: "credits_used > 0"}
_SELECT = """
SELECT one.id::text, prompt, style, model, is_private, credits_used,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), storage_key
FROM generations_generation AS one WHERE {where}
ORDER BY one.created_at DESC, one.id DESC LIMIT {count}
"""
_PLACE = """
SELECT created_at, id FROM generations_generation WHERE id = %(cursor)s AND {scope}
UNION ALL SELECT created_at, id FROM generations_gap WHERE id = %(cursor)s AND {scope} LIMIT 1
"""


def public(asked: Asked) -> Rows:
    """A page of everybody's public drawings. Raises InvalidCursor."""
    return _page(_PUBLIC, asked, {})


def of(user_id: UUID, asked: Asked, *, is_test: bool | None = None) -> Rows:
    """A page of somebody's own drawings; those of tests, or the others, where `is_test` says so.
    Raises InvalidCursor."""
    return _page(_OWNED, asked, {"user": user_id}, _WORLDS[is_test])


def _page(scope: str, asked: Asked, values: dict[str, Any], world: str = "") -> Rows:
    values = {
        **values,
        **asked.filters._asdict(),
        "cursor": asked.cursor,
        "words": [_containing(word) for word in asked.words],
    }
    statement = _statement(
        scope,
        tuple(name for name, value in asked.filters._asdict().items() if value),
        asked.is_private,
        asked.cursor is not None,
        bool(asked.words),
        world,
        asked.limit + 1,
    )
    # one plan serves all where an index has the rows in their order; how many somebody has, or how
    # many there are in a style, differs too much for that
    is_plain = scope == _PUBLIC and not asked.words and not any(asked.filters)
    with prepared() if is_plain else connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = [Row(*row) for row in cursor.fetchall()]
        if asked.cursor and not found:
            _check_place(cursor, scope, values)
    rows = found[: asked.limit]
    return Rows(rows, rows[-1].id if len(found) > asked.limit else None)


def _containing(word: str) -> str:
    """The pattern of texts with `word` in them, whatever characters it has."""
    plain = _SPECIAL.sub(r"\\\g<0>", word)
    return f"%{plain}%"


@cache
def _statement(
    scope: str,
    filters: tuple[str, ...],
    is_private: bool | None,
    has_cursor: bool,
    has_words: bool,
    world: str,
    count: int,
) -> str:
    """The number of rows stands in it: by that alone the server knows which index serves them."""
    conditions = [scope, "discarded_at IS NULL"]
    conditions += [f"{name} = %({name})s" for name in filters]
    if has_words:
        conditions.append("prompt ILIKE ALL(%(words)s::text[])")
    if world:
        conditions.append(world)
    if is_private is not None:
        conditions.append("is_private" if is_private else "NOT is_private")
    if has_cursor:
        conditions.append(f"(created_at, id) < ({_PLACE.format(scope=scope)})")
    return _SELECT.format(where=" AND ".join(conditions), count=count)


def _check_place(cursor, scope: str, values: dict[str, Any]) -> None:
    """Nothing came after it: either it is the last, or it is no place in this list."""
    cursor.execute(_PLACE.format(scope=scope), values)
    if not cursor.fetchall():
        raise InvalidCursor()
