"""From a name to all of its addresses, within a time: the system's resolver may take minutes."""

import queue
import socket
import threading
from collections.abc import Callable
from ipaddress import ip_address

from chatsvg.outbound.errors import Failed
from chatsvg.outbound.networks import Address

UNDER_WAY_MOST = 32  # names that are being asked for at once
Resolver = Callable[[str, float], list[Address]]
_places = threading.BoundedSemaphore(UNDER_WAY_MOST)


def addresses(host: str, seconds: float) -> list[Address]:
    """Every address of a name, in the system's order. Raises Failed."""
    if not _places.acquire(timeout=max(0.0, seconds)):
        raise Failed("resolve", "too many names are being resolved")
    answer: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(target=_ask, args=(host, answer), name="resolving", daemon=True).start()
    try:
        found = answer.get(timeout=max(0.01, seconds))
    except queue.Empty:
        raise Failed("resolve", "the name was not resolved in time") from None
    if isinstance(found, Exception):
        raise Failed("resolve", "the name has no address") from found
    return found


def _ask(host: str, answer: queue.SimpleQueue) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        written = dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found)
        answer.put([ip_address(one) for one in written])
    except (OSError, ValueError) as error:  # UnicodeError is a ValueError
        answer.put(error)
    finally:
        _places.release()
