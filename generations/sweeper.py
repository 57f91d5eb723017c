"""The thread in worker and upkeep processes that sweeps, whether the broker is there or not."""

import logging
import threading

from django.conf import settings
from django.db import Error
from psycopg_pool import PoolTimeout

from chatsvg.database import give_back, note_away
from chatsvg.telemetry import own
from generations import discarding, upkeep, wakeups

logger = logging.getLogger(__name__)


def start() -> threading.Event:
    """Begin to sweep every SWEEP_SECONDS; setting the returned event ends it."""
    stop = threading.Event()
    threading.Thread(target=_run, args=(stop,), name="sweeper", daemon=True).start()
    return stop


def _run(stop: threading.Event) -> None:
    while not stop.wait(settings.SWEEP_SECONDS):
        try:
            upkeep.sweep(wake=wakeups.wake)
            discarding.purge()
        except (Error, PoolTimeout) as error:
            note_away(error)
            logger.warning("sweep.failed error=%s", type(error).__name__)
        except Exception:
            logger.exception("sweep.broken")
        finally:
            give_back()
            own.note_now_and_then()
