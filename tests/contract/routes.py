"""Every address that something answers, read from the configuration: never a list by hand."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from channels.routing import URLRouter
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from chatsvg import asgi

_NAMED = re.compile(r"\(\?P<(\w+)>((?:[^()]|\([^()]*\))*)\)")
_OPTIONAL = re.compile(r"\(\?:([^()]*)\)\?|(\w|/)\?")
_CONVERTED = re.compile(r"<(?:\w+:)?(\w+)>")


class Route(NamedTuple):
    """One pattern: its address with `<name>` for each argument, and what answers there."""

    address: str
    view: Callable
    choices: dict[str, tuple[str, ...]]  # of an argument that takes only these words

    @property
    def names(self) -> list[str]:
        return _CONVERTED.findall(self.address)

    def path(self, **values: object) -> str:
        """The address with the arguments filled in."""
        return _CONVERTED.sub(lambda name: str(values[name[1]]), self.address)


@cache
def http() -> tuple[Route, ...]:
    """What Django answers: pages, files, the API, the admin."""
    return tuple(_walk(get_resolver(None).url_patterns, "/", {}))


class Live(NamedTuple):
    """What the ASGI server answers itself, without Django."""

    address: str
    protocol: str
    application: object


@cache
def live() -> tuple[Live, ...]:
    applications = asgi._router.application_mapping.items()
    return tuple(one for protocol, inner in applications for one in _live(inner, protocol))


def _walk(patterns, prefix: str, choices: dict) -> Iterator[Route]:
    for pattern in patterns:
        text, words = _plain(pattern.pattern)
        known = {**choices, **words}
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, prefix + text, known)
        elif isinstance(pattern, URLPattern):
            yield Route(prefix + text, pattern.callback, known)


def _plain(pattern) -> tuple[str, dict[str, tuple[str, ...]]]:
    """A pattern's text with `<name>` for each argument, and the words that arguments may be."""
    text = str(pattern)
    if not isinstance(pattern, RegexPattern):
        return _CONVERTED.sub(r"<\1>", text), {}
    words = {
        name: tuple(inner.split("|"))
        for name, inner in _NAMED.findall(text)
        if re.fullmatch(r"[\w|]+", inner)
    }
    text = _NAMED.sub(r"<\1>", text)
    text = text.removeprefix("^").removesuffix(r"\Z").removesuffix("$")
    return text.replace(".*", "<rest>"), words


def _live(application, protocol: str) -> Iterator[Live]:
    """A route without text has the rest: another router, Django or the denier."""
    while not isinstance(application, URLRouter):
        application = getattr(application, "application", getattr(application, "inner", None))
        if application is None:
            return
    for route in application.routes:
        text, _ = _plain(route.pattern)
        if text:
            for words in _with_and_without(text):
                yield Live(f"/{words}", protocol, route.callback)
        else:
            yield from _live(route.callback, protocol)


def _with_and_without(text: str) -> Iterator[str]:
    """The addresses of a pattern, which may have one optional part: `(?:api/)?v1`, `mcp/?`."""
    optional = _OPTIONAL.search(text)
    if optional is None:
        yield text
        return
    before, after = text[: optional.start()], text[optional.end() :]
    yield before + after
    yield before + (optional[1] or optional[2]) + after
