"""Reading one JSON object of a settings file, field by field. Mistakes are told by their place."""

import os
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ImproperlyConfigured

PRICE_MAX = 100_000  # US dollars per million tokens; the columns of costs hold no more
WHOLE_MAX = 10**9
DAY = 24 * 60 * 60  # seconds
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")


class Fields:
    """The fields of an object that stands at `where`. Raises ImproperlyConfigured, naming both."""

    def __init__(self, value: Any, where: str, known: Iterable[str]):
        self._where = where
        if not isinstance(value, dict):
            raise ImproperlyConfigured(f"{where} must be an object.")
        self._values: dict[str, Any] = value
        if unknown := sorted(value.keys() - set(known)):
            raise ImproperlyConfigured(f"{where}.{unknown[0]} is not a known field.")

    def wrong(self, name: str, sentence: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"{self._where}.{name} {sentence}.")

    def given(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str, longest: int | None = None) -> str:
        """The text without surrounding blanks, or nothing."""
        value = self._values.get(name) or ""
        if not isinstance(value, str):
            raise self.wrong(name, "must be a text")
        if longest is not None and len(value.strip()) > longest:
            raise self.wrong(name, f"is longer than {longest} characters")
        return value.strip()

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        value = self.text(name)
        if value and value not in allowed:
            raise self.wrong(name, f"must be one of {', '.join(allowed)}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self._values.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, "must be true or false")
        return default if value is None else value

    def whole(self, name: str) -> int | None:
        """A whole number of one or more."""
        value = self._values.get(name)
        if value is None:
            return None
        if not (_is_number(value) and 1 <= value <= WHOLE_MAX and value == int(value)):
            raise self.wrong(name, "must be a whole number of one or more")
        return int(value)

    def seconds(self, name: str) -> float | None:
        value = self._values.get(name)
        if value is not None and not (_is_number(value) and 0 < value <= DAY):
            raise self.wrong(name, "must be a number of seconds, more than 0")
        return None if value is None else float(value)

    def price(self, name: str) -> Decimal | None:
        value = self._values.get(name)
        if value is not None and not (_is_number(value) and 0 <= value <= PRICE_MAX):
            raise self.wrong(name, "must be US dollars per million tokens")
        return None if value is None else Decimal(value)

    def names(self, name: str) -> tuple[str, ...]:
        value = self._values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(name, "must be a list of model names")
        return tuple(value)

    def part(self, name: str, known: Iterable[str]) -> "Fields":
        """The object under that name; an empty one where there is none."""
        value = self._values.get(name)
        return Fields({} if value is None else value, f"{self._where}.{name}", known)

    def secret(self, name: str, by_name: str) -> str:
        """What `name` holds, where that is "$VARIABLE" or where `by_name` names one: its value."""
        value, variable = self.text(name), self.text(by_name)
        if value and variable:
            raise self.wrong(by_name, f"and {name} are two keys: one of them is needed")
        if named := _VARIABLE.fullmatch(value):
            return self._from_environment(name, named[1])
        return self._from_environment(by_name, variable.lstrip("$")) if variable else value

    def _from_environment(self, name: str, variable: str) -> str:
        value = os.environ.get(variable, "").strip()
        if not value:
            raise self.wrong(name, f"means the variable {variable}, which is not set")
        return value


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    return Decimal(value).is_finite()
