"""Waiting for jobs, all those of one process together: one statement looks at every one of them."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator
from typing import NamedTuple
from uuid import UUID

from chatsvg.database import AWAY
from generations.mcp.threads import in_thread
from generations.models import Job

EVERY_SECONDS = 0.4
MOST = 1_000  # that are waited for at once: who comes after that does not wait

logger = logging.getLogger(__name__)


class State(NamedTuple):
    """How far a job is."""

    status: str
    stage: str
    progress: int

    @property
    def has_ended(self) -> bool:
        return self.status in Job.ENDED


class Lookout:
    """Looks at the jobs that somebody waits for, while somebody does. Of one event loop."""

    def __init__(self) -> None:
        self._wanted: Counter[UUID] = Counter()
        self._states: dict[UUID, State] = {}
        self._round = asyncio.Event()  # of those who wait for the next look
        self._looking: asyncio.Task | None = None

    @property
    def waiting(self) -> int:
        return self._wanted.total()

    async def changes(self, job_id: UUID, *, seconds: float) -> AsyncGenerator[State, None]:
        """What is seen of a job, each change once, until it has ended or is gone, or the time is
        over."""
        until = time.monotonic() + seconds
        if self.waiting >= MOST:
            return
        self._begin(job_id)
        try:
            last = None
            while await self._next_look(until):
                state = self._states.get(job_id)
                if state is None:
                    return
                if state != last:
                    yield (last := state)
                if state.has_ended:
                    return
        finally:
            self._end(job_id)

    async def _next_look(self, until: float) -> bool:
        """Whether there was one in time."""
        try:
            async with asyncio.timeout(until - time.monotonic()):
                await self._round.wait()
        except TimeoutError:
            return False
        return True

    def _begin(self, job_id: UUID) -> None:
        self._wanted[job_id] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())

    def _end(self, job_id: UUID) -> None:
        self._wanted[job_id] -= 1
        if not self._wanted[job_id]:
            del self._wanted[job_id]

    async def _look(self) -> None:
        while self._wanted:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                self._states = await in_thread(states)(list(self._wanted))
            except AWAY as error:
                logger.warning("mcp.cannot_look error=%s", type(error).__name__)
                continue
            seen, self._round = self._round, asyncio.Event()
            seen.set()


def states(job_ids: list[UUID]) -> dict[UUID, State]:
    rows = Job.objects.filter(pk__in=job_ids).values_list("pk", "status", "stage", "progress")
    return {pk: State(status, stage, progress) for pk, status, stage, progress in rows}
