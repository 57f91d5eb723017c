"""A server's reply read as it arrives: the chunks of a stream, or one whole completion.

Which of them it is shows in its first byte, for content types lie. Nothing here grows without a
bound.
"""

import json
import math
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import httpx2

from generations.providers.base import MAX_CHARACTERS
from generations.providers.errors import CutOff, TooLong, UnknownUpstreamModel

MAX_BYTES = 8 * MAX_CHARACTERS  # of an event, and of a whole completion
DONE = "[DONE]"  # what a stream says last
MAX_UNPACKED = 8 * MAX_BYTES  # of a reply that came packed: a few bytes may hold gigabytes
SHOWN = 500  # bytes of what could not be read, for staff
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_line_end = re.compile(rb"\r\n|\n|\r(?!\Z)")  # a last \r may be half of one
_FIELDS = (b"data", b"error")  # older llama.cpp says an error in a field of its own

Chunk = dict[str, Any]


async def chunks(response: httpx2.Response) -> AsyncIterator[Chunk | str]:
    """Every JSON object of the reply, and DONE where a stream says that it is over.

    Raises CutOff for what is none, UnknownUpstreamModel for a page of HTML, TooLong.
    """
    async with aclosing(_body(response)) as parts:
        first = await _first(parts)
        if first.startswith(b"<"):
            raise UnknownUpstreamModel("a page, not an API: " + _shown(first))
        if first.startswith((b"{", b"[")):
            yield _object(await _whole(first, parts))
            return
        events = Events()
        for data in events.feed(first):
            yield _said(data)
        async for part in parts:
            for data in events.feed(part):
                yield _said(data)
        for data in events.feed(b"\n\n"):
            yield _said(data)


class Events:
    """Cuts a stream into the data of its server-sent events; comments are passed over."""

    def __init__(self) -> None:
        self._held = bytearray()  # the beginning of a line
        self._data = bytearray()  # of the event so far

    def feed(self, part: bytes) -> Iterator[bytes]:
        """The data of the events that end in `part`. Raises TooLong."""
        self._held += part
        if len(self._held) + len(self._data) > MAX_BYTES:
            raise TooLong("event")
        if _line_end.search(part):
            *lines, rest = _line_end.split(bytes(self._held))
            self._held = bytearray(rest)
            for line in lines:
                yield from self._take(line)

    def _take(self, line: bytes) -> Iterator[bytes]:
        field, _, value = line.partition(b":")
        if field in _FIELDS:
            self._data += value.removeprefix(b" ") + b"\n"
        elif not line and self._data:
            yield bytes(self._data)
            self._data.clear()


async def _body(response: httpx2.Response) -> AsyncGenerator[bytes]:
    """The bytes of a reply. Raises TooLong for one that unpacks into too many of them."""
    most = MAX_UNPACKED if response.headers.get("content-encoding") else math.inf
    length = 0
    async for part in response.aiter_bytes():
        length += len(part)
        if length > most:
            raise TooLong("unpacked body")
        yield part


async def _first(parts: AsyncIterator[bytes]) -> bytes:
    """The beginning, from the first byte that is no blank."""
    begun = b""
    async for part in parts:
        begun = (begun + part).lstrip().removeprefix(BYTE_ORDER_MARK).lstrip()
        if begun and not BYTE_ORDER_MARK.startswith(begun):
            return begun
    return begun


async def _whole(first: bytes, parts: AsyncIterator[bytes]) -> bytes:
    body = bytearray(first)
    async for part in parts:
        body += part
        if len(body) > MAX_BYTES:
            raise TooLong("body")
    return bytes(body)


def _said(data: bytes) -> Chunk | str:
    return DONE if data.strip() == DONE.encode() else _object(data)


def _object(data: bytes) -> Chunk:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CutOff(f"no JSON: {_shown(data)}") from error
    if isinstance(value, list) and value:  # Google puts an error object into a list
        value = value[0]
    if not isinstance(value, dict):
        raise CutOff(f"no object: {_shown(data)}")
    return value


def _shown(data: bytes) -> str:
    return data[:SHOWN].decode(errors="replace")
