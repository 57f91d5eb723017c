"""Why a server could not be talked to, in words, from whatever error a library raised."""

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple


class Trouble(NamedTuple):
    detail: str
    remedy: str


_OWN = ("localhost", "127.0.0.1", "::1")
_UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN)
_DNS = ("getaddrinfo", "Name or service not known", "name resolution", "nodename nor servname")


def explain(error: BaseException, host: str, port: int | str | None = None) -> Trouble | None:
    """What kept us from `host`; None where it was nothing of the way there."""
    where = f"{host}:{port}" if port else host
    causes = list(led_to(error))
    for cause in causes:
        if found := _by_type(cause, host, where):
            return found
    texts = " ".join(str(cause) for cause in causes)
    if any(word in texts for word in _DNS):
        return _unknown(host)
    if "refused" in texts.lower():
        return _refused(host, where)
    if "timed out" in texts.lower() or any("Timeout" in type(one).__name__ for one in causes):
        return _silent(where)
    return None


def led_to(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what led to it, outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _by_type(cause: BaseException, host: str, where: str) -> Trouble | None:
    if isinstance(cause, socket.gaierror):
        return _unknown(host)
    if isinstance(cause, ConnectionRefusedError):
        return _refused(host, where)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Trouble(
            f"The certificate of {where} is not trusted: {cause.verify_message}.",
            "Correct the host name or the certificate; SSL_CERT_FILE names one's own authority.",
        )
    if isinstance(cause, ssl.SSLError):
        return Trouble(
            f"{where} does not speak TLS as we do ({cause.reason or 'no reason given'}).",
            "If it speaks plain HTTP, write http:// instead of https://.",
        )
    if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
        return Trouble(f"There is no way to {where}.", "Look at network, VPN and firewall.")
    return _silent(where) if isinstance(cause, TimeoutError) else None


def _unknown(host: str) -> Trouble:
    return Trouble(
        f"No address is known for the name {host}.", "Correct the name, or the machine's DNS."
    )


def _refused(host: str, where: str) -> Trouble:
    remedy = "Start it there, or correct host and port."
    if host in _OWN:
        remedy += f" Inside a container {host} is the container itself, not the machine."
    return Trouble(f"Nothing listens at {where}.", remedy)


def _silent(where: str) -> Trouble:
    return Trouble(f"{where} does not answer in time.", "Look at it, and at firewalls on the way.")
