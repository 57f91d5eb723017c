"""POST to a server that somebody named: once, to an address that was checked, within bounds.

No redirect is followed, no proxy of the environment is used, no cookie is kept, and what comes back
is not decompressed: httpcore2 does none of it.
"""

import contextlib
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import httpcore2
import httpx2

from chatsvg.outbound import resolving
from chatsvg.outbound.errors import Failed
from chatsvg.outbound.networks import Address
from chatsvg.outbound.pinned import Deadline, PinnedBackend, TooLarge
from chatsvg.outbound.urls import Target, check_address, read

CONNECT_SECONDS, RESOLVE_SECONDS = 5.0, 5.0
BODY_SECONDS = 2.0  # for the beginning of a body, once the status is known
KEPT = 1024  # bytes of the body
ADDRESSES_MOST = 3  # that are tried
_BROKEN = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    TooLarge,
)


class Answer(NamedTuple):
    """`body` is how it begins."""

    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes
    seconds: float


def post(
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    resolve: resolving.Resolver = resolving.addresses,
) -> Answer:
    """What the server answers, whatever its status. Raises Refused, or Failed where it is away.

    Every address of the name is checked, and the connection goes to one of those very addresses.
    """
    began, deadline = time.monotonic(), Deadline(seconds)
    with _told():
        target = read(url)
        pinned = _addresses(target, resolve, deadline)
        told = {"Host": target.authority, "Accept": "*/*", **headers}
        with (
            httpcore2.ConnectionPool(
                ssl_context=_trust(), network_backend=PinnedBackend(pinned, deadline)
            ) as pool,
            pool.stream(
                "POST",
                httpcore2.URL(
                    scheme=target.scheme.encode(),
                    host=target.host.encode(),
                    port=target.port,
                    target=target.path.encode(),
                ),
                headers=[(name.encode(), value.encode()) for name, value in told.items()],
                content=content,
                extensions={"timeout": _timeouts(seconds)},
            ) as response,
        ):
            body = _beginning(response)
            return Answer(response.status, _headers(response), body, time.monotonic() - began)


def _addresses(
    target: Target, resolve: resolving.Resolver, deadline: Deadline
) -> Sequence[Address]:
    if target.address is not None:
        return [target.address]  # checked when the URL was read
    found = resolve(target.host, deadline.left(RESOLVE_SECONDS))
    if not found:
        raise Failed("resolve", "the name has no address")
    for address in found:
        check_address(target, address)
    return found[:ADDRESSES_MOST]


def _headers(response: httpcore2.Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
    }


def _timeouts(seconds: float) -> dict[str, float]:
    return {"connect": CONNECT_SECONDS, "read": seconds, "write": seconds, "pool": seconds}


def _beginning(response: httpcore2.Response) -> bytes:
    """The status is the answer: a body that does not come, or does not end, changes nothing."""
    content, until = b"", time.monotonic() + BODY_SECONDS
    with contextlib.suppress(*_BROKEN):
        for piece in response.iter_stream():
            content += piece
            if len(content) >= KEPT or time.monotonic() > until:
                break
    return content[:KEPT]


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Errors of sockets and of HTTP become a Failed of a known kind."""
    try:
        yield
    except TooLarge as error:
        raise Failed("too_large") from error
    except httpcore2.TimeoutException as error:
        raise Failed("timeout") from error
    except httpcore2.ConnectError as error:
        is_tls = isinstance(error.__cause__ or error.__context__, ssl.SSLError)
        raise Failed("tls" if is_tls else "connect") from error
    except httpcore2.NetworkError as error:
        raise Failed("connect") from error
    except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise Failed("protocol") from error


@cache
def _trust() -> ssl.SSLContext:
    """Made once: reading all certificates takes longer than an answer."""
    return httpx2.create_ssl_context()
