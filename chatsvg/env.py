"""Typed readers of environment variables. A value that cannot work stops the start, by name."""

import os

from django.core.exceptions import ImproperlyConfigured

_WORDS = {"1": True, "true": True, "yes": True, "on": True}
_WORDS |= {"0": False, "false": False, "no": False, "off": False}


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks; `default` where it is unset or blank."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """true/false, yes/no, on/off or 1/0, in any case."""
    word = text(name)
    if not word:
        return default
    if word.lower() not in _WORDS:
        raise ImproperlyConfigured(f"{name} must be true or false, not {word!r}.")
    return _WORDS[word.lower()]


def number(name: str, default: int) -> int:
    """A whole number of zero or more."""
    word = text(name)
    if not word:
        return default
    if not word.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {word!r}.")
    return int(word)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without its blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
