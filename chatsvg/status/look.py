"""Looking at every part at once, for a bounded time."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from chatsvg.database import AWAY, give_back
from chatsvg.status.parts import Part, Reading

logger = logging.getLogger(__name__)
SECONDS = 20.0  # for all of them together
HERE_SECONDS = 3.0
LATE = Reading("failed", "It did not answer in time.")


def all_of(parts: Sequence[Part], seconds: float = SECONDS) -> dict[str, Reading]:
    """What was found, by key. A part that could not be looked at is left out: nobody knows."""
    looks = {part: _begin(partial(_within, part, part.look)) for part in parts}
    return _ended(looks, seconds)


def from_here(parts: Sequence[Part]) -> dict[str, Reading]:
    """What a web process can say by itself."""
    looks = {
        part: _begin(partial(_within, part, part.look_here)) for part in parts if part.look_here
    }
    return _ended(looks, HERE_SECONDS)


def _within(part: Part, look: Callable[[], Reading]) -> Reading:
    return look().within(part.slow_ms)


def _begin(look: Callable[[], Reading]) -> "Future[Reading]":
    """Look in a thread that nobody waits for at exit."""
    found: Future[Reading] = Future()
    threading.Thread(target=_look, args=(look, found), name="status", daemon=True).start()
    return found


def _look(look: Callable[[], Reading], found: "Future[Reading]") -> None:
    try:
        found.set_result(look())
    except BaseException as error:
        found.set_exception(error)
    finally:
        give_back()


def _ended(looks: "dict[Part, Future[Reading]]", seconds: float) -> dict[str, Reading]:
    until = time.monotonic() + seconds
    found = {}
    for part, look in looks.items():
        try:
            found[part.key] = look.result(max(0.0, until - time.monotonic()))
        except TimeoutError:
            found[part.key] = LATE
        except AWAY as error:
            logger.warning("status.unknown part=%s error=%s", part.key, type(error).__name__)
        except Exception:
            logger.exception("status.broken part=%s", part.key)
    return found
