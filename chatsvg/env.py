"""Typed readers of environment variables. A value that cannot work stops the start, by name."""

import os
import re
from collections.abc import Sequence
from importlib.util import find_spec
from urllib.parse import urlsplit

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


def days(name: str, default: int) -> int:
    """How long something is kept: one day or more."""
    count = number(name, default)
    if not count:
        raise ImproperlyConfigured(f"{name} must be 1 or more.")
    return count


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without its blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choice(name: str, allowed: Sequence[str]) -> str:
    """One of `allowed`, in any case; the first where it is unset."""
    word = text(name, allowed[0])
    known = {one.lower(): one for one in allowed}
    if word.lower() not in known:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {word!r}.")
    return known[word.lower()]


def pattern(name: str) -> str:
    """A regular expression, or nothing."""
    word = text(name)
    try:
        re.compile(word)
    except re.error as error:
        raise ImproperlyConfigured(f"{name} is no regular expression: {error}.") from None
    return word


def origin(name: str, default: str) -> str:
    """Scheme, host and port; a slash at the end is let go."""
    word = text(name, default).rstrip("/")
    parts = urlsplit(word)
    if parts.scheme not in ("http", "https") or word != f"{parts.scheme}://{parts.netloc}":
        raise ImproperlyConfigured(f"{name} must be like https://example.com, not {word!r}.")
    return word


def require(*names: str) -> None:
    """Stop the start where one of the variables is unset: no default of ours would be right."""
    if missing := [name for name in names if not text(name)]:
        raise ImproperlyConfigured(f"In production these must be set: {', '.join(missing)}.")


def is_weak(secret: str) -> bool:
    """Whether it can be guessed: short, or a few characters over and over."""
    return len(secret) < 32 or len(set(secret)) < 10


def needs(name: str, module: str, *, extra: str) -> None:
    """Stop the start where the variable is set and the package that it is for is not there."""
    try:
        is_there = not text(name) or find_spec(module) is not None
    except ModuleNotFoundError:
        is_there = False
    if not is_there:
        raise ImproperlyConfigured(f"{name} needs what `pip install chatsvg[{extra}]` installs.")


def prefixed(prefix: str) -> dict[str, str]:
    """All variables whose names begin so, without that beginning."""
    names = (name for name in os.environ if name.startswith(prefix))
    return {name.removeprefix(prefix): text(name) for name in names}
