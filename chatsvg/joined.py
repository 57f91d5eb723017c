"""Rows of joined tables as instances of their models, by a statement that is written out.

For what is asked with nearly every request: to build a statement anew from a queryset costs ten
times what asking it does. A test compares each of them with the queryset that it stands for.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model
from django.db.models.base import ModelState

from chatsvg.database import prepared


class Joined:
    """A statement and the models by the names that it gives their tables.

    In its text `{columns}` stands for every column of all of them, `{name}` for a table.
    """

    def __init__(self, text: str, **models: Any):
        self._text = text
        self._models: dict[str, type[Model]] = models

    def first(self, *values: Any) -> list[Any] | None:
        """The instances of the first row, in the order of the models; None for one that an outer
        join did not find. None where there is no row."""
        with prepared() as cursor:
            cursor.execute(self._statement, values)
            row = cursor.fetchone()
        return row and self._instances(iter(row))

    @cached_property
    def _statement(self) -> str:
        tables = {name: model._meta.db_table for name, model in self._models.items()}
        columns = [
            f"{name}.{field.column}"
            for name, model in self._models.items()
            for field in model._meta.concrete_fields
        ]
        return self._text.format(columns=", ".join(columns), **tables)

    @cached_property
    def _parts(self) -> list["_Part"]:
        return [_part(model) for model in self._models.values()]

    def _instances(self, values: Iterator[Any]) -> list[Any]:
        return [_next(part, values) for part in self._parts]


class _Part(NamedTuple):
    """The columns of one model. Some fields, such as JSON, read by themselves what came."""

    model: type[Model]
    names: list[str]
    readers: list[tuple[int, Any]]
    key: int


def _part(model: type[Model]) -> _Part:
    fields = model._meta.concrete_fields
    readers = [(at, one) for at, one in enumerate(fields) if hasattr(one, "from_db_value")]
    names = [one.attname for one in fields]
    return _Part(model, names, readers, names.index(model._meta.pk.attname))


def _next(part: _Part, values: Iterator[Any]) -> Model | None:
    """What the next values make."""
    mine = list(islice(values, len(part.names)))
    if mine[part.key] is None:
        return None
    for at, field in part.readers:
        mine[at] = field.from_db_value(mine[at], field.cached_col, connection)
    return _made(part, mine)


def _made(part: _Part, values: list[Any]) -> Model:
    """As `Model.from_db` makes it, in a third of the time: nobody listens for `pre_init`."""
    made = part.model.__new__(part.model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    made.__dict__.update(zip(part.names, values, strict=True))
    return made
