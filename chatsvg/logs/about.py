"""The ids that every line of one piece of work carries: its request, its job, its person."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

Ids = Mapping[str, str]
_NOTHING: Ids = MappingProxyType({})
_ids: ContextVar[Ids] = ContextVar("log_ids", default=_NOTHING)
_hidden: ContextVar[tuple[str, ...]] = ContextVar("log_hidden", default=())
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")
NOBODY = "-"


@contextmanager
def about(*, hide: tuple[str, ...] = (), **ids: object) -> Iterator[None]:
    """Inside, lines carry these ids and no others, and no text of others shows what is to `hide`.

    What is bound inside is forgotten at the end.
    """
    known = _ids.set({name: str(value) for name, value in ids.items() if value})
    concealed = _hidden.set(hide)
    try:
        yield
    finally:
        _ids.reset(known)
        _hidden.reset(concealed)


@contextmanager
def named(sent: str) -> Iterator[str]:
    """Inside, lines carry the id that came with a request if it is well-formed, else 32 hex."""
    name = sent if _ACCEPTED.fullmatch(sent) else secrets.token_hex(16)
    with about(request=name):
        yield name


def begin(**ids: object) -> None:
    """From now on lines of this context carry these ids and no others."""
    _ids.set({name: str(value) for name, value in ids.items()})
    _hidden.set(())


def bind(**ids: object) -> None:
    """Lines carry these ids too, until the `about` or `named` around this ends."""
    _ids.set({**_ids.get(), **{name: str(value) for name, value in ids.items()}})


def bound() -> Ids:
    return _ids.get()


def hidden() -> tuple[str, ...]:
    """Texts of people, such as a prompt, that an error of somebody else's code might repeat."""
    return _hidden.get()


def request_id() -> str:
    return _ids.get().get("request", NOBODY)
