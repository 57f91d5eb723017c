"""Looking at everything at once, for a bounded time."""

import threading
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import Future

from chatsvg.database import give_back
from chatsvg.doctor.findings import Check, Finding

SECONDS = 25  # for all of them together
CALL_SECONDS = 90  # where models have to say a word: some think first

Found = tuple[Check, Finding]


def examine(checks: Sequence[Check], seconds: float = SECONDS) -> list[Found]:
    """What each check found, in their order. One that does not end in time is broken."""
    looks = [_begin(check) for check in checks]
    until = time.monotonic() + seconds
    return [(check, _end(look, until)) for check, look in zip(checks, looks, strict=True)]


def _begin(check: Check) -> "Future[Finding]":
    """Look in a thread that nobody waits for at exit."""
    look: Future[Finding] = Future()
    threading.Thread(target=_look, args=(check, look), name="doctor", daemon=True).start()
    return look


def _look(check: Check, look: "Future[Finding]") -> None:
    try:
        look.set_result(check.look())
    except BaseException as error:
        look.set_exception(error)
    finally:
        give_back()


def _end(look: "Future[Finding]", until: float) -> Finding:
    try:
        return look.result(max(0.0, until - time.monotonic()))
    except TimeoutError:
        return Finding("broken", "It did not answer in time.", "Look at its own log.")
    except Exception as error:  # a text of it may hold anything, a password too
        last = traceback.extract_tb(error.__traceback__)[-1]
        sentence = (
            f"The check itself failed: {type(error).__name__} at {last.filename}:{last.lineno}."
        )
        return Finding("broken", sentence, "This is a fault of ours: please report it.")
