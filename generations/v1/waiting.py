"""Requests that wait for their drawings: each sleeps in its thread, without a connection to the
database, and looks now and then. How many do so at once is bounded, for every person and in all.
"""

import threading
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from uuid import UUID

from django.conf import settings

from chatsvg.database import AWAY, give_back
from generations.models import Job

OF_A_PERSON = 4  # requests of one person that wait at once, in one process
_PAUSES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7)  # seconds between looks; after that
LONGEST_PAUSE = 1.0


class _Places:
    """Who waits in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_person: Counter[UUID] = Counter()

    @contextmanager
    def one(self, user_id: UUID) -> Iterator[bool]:
        """A place to wait in, if there is one."""
        has_place = self._enter(user_id)
        try:
            yield has_place
        finally:
            if has_place:
                self._leave(user_id)

    def _enter(self, user_id: UUID) -> bool:
        with self._lock:
            is_full = self._by_person.total() >= settings.WAITS_AT_ONCE
            if is_full or self._by_person[user_id] >= OF_A_PERSON:
                return False
            self._by_person[user_id] += 1
            return True

    def _leave(self, user_id: UUID) -> None:
        with self._lock:
            self._by_person[user_id] -= 1
            if not self._by_person[user_id]:
                del self._by_person[user_id]


_places = _Places()


def until_ended(user_id: UUID, job_ids: Collection[UUID], *, seconds: int) -> float | None:
    """Wait until all of these jobs have ended, or the time is up; say how many seconds it took.

    None where too many wait already, and this one did not.
    """
    began = monotonic()
    with _places.one(user_id) as has_place:
        if not has_place:
            return None
        _look_until(job_ids, began + seconds)
    return monotonic() - began


def _look_until(job_ids: Collection[UUID], end: float) -> None:
    pauses = iter(_PAUSES)
    while _are_under_way(job_ids):
        left = end - monotonic()
        if left <= 0:
            return
        give_back()
        sleep(min(next(pauses, LONGEST_PAUSE), left))


def _are_under_way(job_ids: Collection[UUID]) -> bool:
    """A database that is away just then says nothing: whoever waits goes on waiting."""
    try:
        return Job.objects.under_way().filter(pk__in=job_ids).exists()
    except AWAY:
        return True
