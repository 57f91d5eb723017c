"""What was dear to make, kept in this process for whoever asks for the same next."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Kept:
    """The newest of some bytes by their keys, up to so many bytes; larger ones are not kept."""

    def __init__(self, *, most_bytes: int, largest: int):
        self._most, self._largest = most_bytes, largest
        self._found: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Those of a key; `make` is called where there are none, and may be by several at once."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        made = make()
        if len(made) <= self._largest:
            with self._lock:
                self._keep(key, made)
        return made

    def _keep(self, key: Hashable, made: bytes) -> None:
        self._bytes += len(made) - len(self._found.pop(key, b""))
        self._found[key] = made
        while self._bytes > self._most:
            self._bytes -= len(self._found.popitem(last=False)[1])
