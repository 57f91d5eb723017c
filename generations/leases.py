"""Leases of the jobs that this process draws, all renewed in one statement.

A job that is no longer ours (canceled, ended, or taken over because we were paused too long) does
not come back from the renewal; its call is stopped, and its fencing number keeps out late writes.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db import Error, connection
from psycopg_pool import PoolTimeout

from generations.models import Job

logger = logging.getLogger(__name__)
RENEW_SECONDS = 0.5
LOOK_AGAIN_SECONDS = 0.05  # where a row was locked: perhaps by a cancel, which must stop a call

# Renews what it can lock at once, and waits for nobody. Gives each job that is ours (as far as is
# committed), and whether it was renewed: what somebody else has locked may be ours no more soon.
_RENEW = """
WITH mine AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::int[]) AS mine (id, attempt)
), free AS MATERIALIZED (
    SELECT job.id FROM generations_job AS job JOIN mine USING (id, attempt)
    WHERE job.status = 'RUNNING'
    FOR UPDATE OF job SKIP LOCKED
), renewed AS (
    UPDATE generations_job AS job
    SET lease_expires_at = clock_timestamp() + %s * interval '1 second'
    FROM free WHERE job.id = free.id
)
SELECT job.id, EXISTS (SELECT FROM free WHERE free.id = job.id)
FROM generations_job AS job JOIN mine USING (id, attempt)
WHERE job.status = 'RUNNING'
"""


class Lease:
    """Our right to a job. `lost` is set once the right is gone, after `on_loss` was called."""

    def __init__(self, job: Job):
        self.job_id, self.attempt = job.pk, job.attempt
        self.lost = threading.Event()
        self._on_loss: Callable[[], object] | None = None
        self._lock = threading.Lock()

    def on_loss(self, callback: Callable[[], object]) -> None:
        """Call `callback` when the lease is lost; at once if it is lost already."""
        with self._lock:
            self._on_loss = callback
            lost = self.lost.is_set()
        if lost:
            callback()

    def lose(self) -> None:
        with self._lock:
            self.lost.set()
            callback = self._on_loss
        if callback:
            callback()


class Renewer:
    """Keeps the leases of one process alive, on a thread that runs while there are any."""

    def __init__(self) -> None:
        self._leases: dict[UUID, Lease] = {}
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def hold(self, job: Job) -> Iterator[Lease]:
        """Keep the lease of a job that was just claimed, until the block ends."""
        lease = Lease(job)
        with self._lock:
            older = self._leases.get(job.pk)
            self._leases[job.pk] = lease
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="leases", daemon=True)
                self._thread.start()
        self._some.set()
        if older:  # this process lost the job, and got it again before it noticed
            older.lose()
        try:
            yield lease
        finally:
            with self._lock:
                if self._leases.get(job.pk) is lease:
                    del self._leases[job.pk]
                if not self._leases:
                    self._some.clear()

    def _run(self) -> None:
        seconds = RENEW_SECONDS
        while True:
            if not self._some.is_set():
                connection.close()
            self._some.wait()
            time.sleep(seconds)
            seconds = RENEW_SECONDS
            try:
                if not self.renew():  # on a connection that it keeps: the pool may be busy
                    seconds = LOOK_AGAIN_SECONDS
            except (Error, PoolTimeout) as error:
                logger.warning("leases.not_renewed error=%s", type(error).__name__)
                connection.close()

    def renew(self) -> bool:
        """Renew every lease; tell those that were lost. False where a row was locked."""
        with self._lock:
            leases = list(self._leases.values())
        if not leases:
            return True
        ids, attempts = [x.job_id for x in leases], [x.attempt for x in leases]
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, [ids, attempts, settings.LEASE_SECONDS])
            kept = dict(cursor.fetchall())
        for lease in leases:
            if lease.job_id not in kept:
                logger.info("job.lease_lost job=%s attempt=%s", lease.job_id, lease.attempt)
                lease.lose()
        return all(kept.values())


renewer = Renewer()
