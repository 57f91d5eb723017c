"""How much of what may be lost one connection is sent, so that events do not wait behind it."""

import time

BYTES_A_SECOND = 24_000  # below what a weak mobile connection takes
MOST_BYTES = 96_000  # saved up


class Allowance:
    """A bucket that fills up with time."""

    def __init__(self) -> None:
        self._left, self._at = float(MOST_BYTES), time.monotonic()

    def take(self, size: int) -> bool:
        """Whether `size` bytes may be sent now; they count as sent then."""
        now = time.monotonic()
        self._left = min(MOST_BYTES, self._left + (now - self._at) * BYTES_A_SECOND)
        self._at = now
        if size > self._left:
            return False
        self._left -= size
        return True
