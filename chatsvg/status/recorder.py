"""The thread in worker and upkeep processes that records, whether the broker is there or not."""

import logging
import threading
from collections import deque
from collections.abc import Collection
from datetime import datetime, timedelta

import psycopg
from django.conf import settings
from django.db import Error
from django.utils import timezone
from psycopg_pool import PoolTimeout

from chatsvg.database import give_back
from chatsvg.status import beats, record
from chatsvg.status.here import DATABASE
from chatsvg.status.parts import Reading

logger = logging.getLogger(__name__)
EVERY_SECONDS = 15  # a beat; a record whenever a new minute has begun
FIRST_SECONDS = 2
STAND_IN_SECONDS = 30  # of a minute, after which those record too that do it in others' place
STAND_IN_AFTER = timedelta(minutes=1)  # of this process: by then others have begun, too
TIDY_EVERY = timedelta(hours=1)
SILENT = Reading("failed", "It did not answer.")


def start(queues: Collection[str], *, stands_in: bool = False) -> threading.Event:
    """Begin to record, and to say that this process lives; setting the returned event ends it.

    `stands_in`: only where nobody else has recorded, since it costs memory that a worker has better
    uses for.
    """
    stop = threading.Event()
    thread = Recorder(queues, stop, stands_in=stands_in)
    threading.Thread(target=thread.run, name="recorder", daemon=True).start()
    return stop


class Recorder:
    """One per process. While PostgreSQL is away it remembers that, and writes it down later."""

    def __init__(self, queues: Collection[str], stop: threading.Event, *, stands_in: bool = False):
        self.queues, self.stop, self.stands_in = queues, stop, stands_in
        self.missed: deque[datetime] = deque(maxlen=2 * 24 * 60)  # minutes
        self.last: datetime | None = None
        self.began = self.tidied = timezone.now()

    def run(self) -> None:
        pause = FIRST_SECONDS
        while not self.stop.wait(pause):
            pause = EVERY_SECONDS
            self.turn(timezone.now())
        self.leave()

    def turn(self, now: datetime) -> None:
        """What is due now. It never fails: the next turn comes."""
        try:
            self.do(now)
        except (Error, PoolTimeout) as error:
            logger.warning("record.failed error=%s", type(error).__name__)
            self.note_away(now)
        except Exception:
            logger.exception("record.broken")
        finally:
            give_back()

    def do(self, now: datetime) -> None:
        beats.beat(self.queues)
        if not settings.STATUS_CHECKS:
            return
        while self.missed:
            record.store(self.missed[0], {DATABASE: SILENT})
            self.missed.popleft()
        if record.minute(now) != self.last and not self.is_early(now):
            record.record(now)
            self.last = record.minute(now)
        if now - self.tidied > TIDY_EVERY:
            record.tidy(now)
            self.tidied = now

    def is_early(self, now: datetime) -> bool:
        """Whether those whose work it is may still record this minute."""
        is_young = now - self.began < STAND_IN_AFTER
        return self.stands_in and (is_young or now.second < STAND_IN_SECONDS)

    def note_away(self, now: datetime) -> None:
        """The database did not answer in this minute, unless our own connections are used up."""
        at = record.minute(now)
        if settings.STATUS_CHECKS and at not in self.missed and not _answers():
            self.missed.append(at)

    def leave(self) -> None:
        try:
            beats.end()
        except (Error, PoolTimeout):
            pass  # it is forgotten soon
        finally:
            give_back()


def _answers() -> bool:
    """By a connection of its own."""
    try:
        with psycopg.connect(settings.DATABASE_URL, connect_timeout=3) as wire:
            wire.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True
