"""The memory that a process's threads share, as far as the C library lets itself be told."""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8  # as malloc.h calls it


def share() -> bool:
    """Have all threads take memory from one arena; say whether this C library heeds it.

    glibc makes eight for each core, and each keeps what its threads once had. Python's threads
    hardly ever ask for memory at the same time.
    """
    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1))
    return False
