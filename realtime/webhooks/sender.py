"""The threads that send, in worker and upkeep processes, whether the broker is there or not.

One looks for what is due, when it is woken and every SWEEP_SECONDS; each delivery then has a thread
of its own, so that somebody's slow server keeps neither mails nor drawings waiting.
"""

import logging
import threading

from django.conf import settings
from django.db import Error
from psycopg_pool import PoolTimeout

from chatsvg.database import give_back, note_away
from realtime.webhooks import outbox

logger = logging.getLogger(__name__)
THREADS = 8

_woken = threading.Event()
_places = threading.BoundedSemaphore(THREADS)


def start() -> threading.Event:
    """Begin; setting the returned event ends it."""
    stop = threading.Event()
    threading.Thread(target=_run, args=(stop,), name="webhooks", daemon=True).start()
    return stop


def wake() -> None:
    """There is something to send."""
    _woken.set()


def _run(stop: threading.Event) -> None:
    while not stop.is_set():
        _woken.wait(settings.SWEEP_SECONDS)
        _woken.clear()
        try:
            while not stop.is_set() and _send_some():
                pass
        except (Error, PoolTimeout) as error:
            note_away(error)
            logger.warning("webhooks.not_claimed error=%s", type(error).__name__)
        except Exception:
            logger.exception("webhooks.broken")
        finally:
            give_back()


def _send_some() -> bool:
    """Begin to send one delivery, once there is a place for it. Whether one was due."""
    _places.acquire()
    found = []
    try:
        found = outbox.claim(1)
    finally:
        if not found:
            _places.release()
    for one in found:
        threading.Thread(target=_carry, args=(one,), name="webhook", daemon=True).start()
    return bool(found)


def _carry(claimed: outbox.Claim) -> None:
    try:
        outbox.carry(claimed)
    except Exception as error:
        # its lease runs out, and it is sent again
        logger.exception("webhook.broken delivery=%s", claimed.delivery_id, exc_info=error)
    finally:
        give_back()
        _places.release()
        wake()  # another one of the same endpoint may have waited for this
