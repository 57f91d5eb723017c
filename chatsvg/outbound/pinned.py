"""Connections that lead to addresses which were checked, and end when the time or the room is up.

A network backend of httpcore2, below TLS: the name stays what certificates are checked against.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore2

from chatsvg.outbound.networks import Address

PIECE = 16 * 1024  # bytes that are written at once
READ_MOST = 128 * 1024  # bytes of an answer, its head and what TLS adds included


class TooLarge(Exception):
    """The answer is longer than anybody needs."""


class Deadline:
    """A moment after which nothing is waited for."""

    def __init__(self, seconds: float):
        self._at = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """Seconds that are left, and not more than `most`. Raises httpcore2.TimeoutException."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time is up")
        return left if most is None else min(left, most)


class PinnedBackend(httpcore2.NetworkBackend):
    """Connects to one of `addresses`, whatever host it is asked for."""

    def __init__(self, addresses: Sequence[Address], deadline: Deadline):
        self._addresses, self._deadline = addresses, deadline
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        refusal: Exception = httpcore2.ConnectError("there is no address")
        for address in self._addresses:
            try:
                stream = self._plain.connect_tcp(
                    str(address), port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                refusal = error
            else:
                return _Bounded(stream, self._deadline)
        raise refusal


class _Bounded(httpcore2.NetworkStream):
    """Counts what comes in, and lets no single wait go beyond the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline):
        self._stream, self._deadline = stream, deadline
        self._room = READ_MOST

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._room <= 0:
            raise TooLarge()
        piece = self._stream.read(min(max_bytes, self._room), self._deadline.left(timeout))
        self._room -= len(piece)
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """In pieces: httpcore2 begins a new wait for every part that a slow reader takes."""
        for start in range(0, len(buffer), PIECE):
            self._stream.write(buffer[start : start + PIECE], self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = self._deadline.left(timeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, left)
        return _Bounded(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
