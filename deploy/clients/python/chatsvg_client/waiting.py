"""Waiting for a job: live over Server-Sent Events, and by asking where those do not come."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx2

from chatsvg_client import errors, steps
from chatsvg_client.results import Job, Progress
from chatsvg_client.steps import Clock, Close, Open, Patience, Pause, ReadLine, Script, Send

OnProgress = Callable[[Progress], None]
POLL_SECONDS = 3.0  # where the server names no pause
LONGEST_LOOK = 20.0  # seconds that the server is asked to hold an answer back
SILENCE = 20.0  # seconds: longer than between two signs of life of a stream
STREAMS = 3  # that may break before it is asked instead
_ENDED = ("SUCCEEDED", "FAILED", "CANCELED")


def look(job_id: str, patience: Patience, *, seconds: float = 0) -> Script[tuple[Job, float]]:
    """The job, for which the server may hold its answer back for so many seconds; and the pause
    before it is asked again: none where it did."""
    headers = {"Prefer": f"wait={int(seconds)}"} if seconds >= 1 else {}
    send = Send("GET", f"svg/job/{job_id}", headers=headers, seconds=seconds + 15)
    response: httpx2.Response = yield from steps.ask(send, patience)
    job = Job.read(response.json()["job"])
    if "preference-applied" in response.headers:
        return job, 0
    named = errors.retry_after(response)
    return job, POLL_SECONDS if named is None else named


def wait(
    job_id: str, patience: Patience, *, timeout: float | None, on_progress: OnProgress | None
) -> Script[Job]:
    """The job once it has ended. Raises Timeout; a job that failed is returned like any other."""
    clock, job = Clock(timeout), None
    if on_progress:
        job = yield from _follow(job_id, patience, clock, on_progress)
    if job is None:
        job = yield from _poll(job_id, patience, clock)
    if on_progress and job.status == "SUCCEEDED":
        on_progress(Progress(job.id, job.status, "done", 100))
    return job


def _poll(job_id: str, patience: Patience, clock: Clock) -> Script[Job]:
    while True:
        left = max(0.0, clock.left)
        brief = replace(patience, longest_pause=min(patience.longest_pause, max(1.0, left)))
        job, pause = yield from look(job_id, brief, seconds=min(LONGEST_LOOK, left))
        if job.has_ended:
            return job
        if clock.left <= 0:
            raise errors.Timeout(job_id)
        if pause:
            yield Pause(max(0.0, min(pause, clock.left)))


def _follow(
    job_id: str, patience: Patience, clock: Clock, on_progress: OnProgress
) -> Script[Job | None]:
    """Tell of its progress until a stream has told of its end, or tells nothing any more.

    The job, where it had ended before; else None, and it has to be asked for.
    """
    silence = min(SILENCE, max(1.0, clock.left / 4))
    feed = _Feed(job_id, on_progress)
    broken = 0
    while broken < STREAMS and clock.left > silence:
        try:
            stream = yield Open("events", feed.headers, silence)
            if not stream.is_success:
                break  # it is asked for instead, which says what is wrong
            job, _ = yield from look(job_id, patience)  # what happened before the stream began
            if job.has_ended:
                return job
            if (yield from _read(feed, clock, silence)):
                break
            broken += 1
        except httpx2.ReadTimeout:
            continue  # silence: it is looked at again
        except httpx2.TransportError:
            broken += 1
        yield Pause(max(0.0, min(1.0, clock.left)))
    yield Close()
    return None


def _read(feed: _Feed, clock: Clock, silence: float) -> Script[bool]:
    """Whether the stream has told of the job's end, before its own or that of the time."""
    while clock.left > silence:
        line = yield ReadLine()
        if line is None:
            return False
        if feed.take(line):
            return True
    return False


class _Feed:
    """Lines of a stream, read as events of one job; its progress never goes back."""

    def __init__(self, job_id: str, on_progress: OnProgress) -> None:
        self._job_id, self._on_progress = job_id, on_progress
        self._data: list[str] = []
        self._id = self._last = ""
        self._shown = -1

    @property
    def headers(self) -> dict[str, str]:
        """They go on behind the last event that was seen."""
        return {"Last-Event-ID": self._last} if self._last else {}

    def take(self, line: str) -> bool:
        """Whether this line ends an event that tells of the job's end."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "id":
            self._id = value
        elif not line and self._data:
            event, self._data = json.loads("\n".join(self._data)), []
            self._last = self._id or self._last
            return self._heard(event)
        return False

    def _heard(self, event: dict[str, Any]) -> bool:
        if event.get("jobId") != self._job_id:
            return False
        progress = Progress.read(event)
        if progress.status in _ENDED:
            return True
        if progress.progress > self._shown or progress.sketch:
            self._shown = max(self._shown, progress.progress)
            self._on_progress(progress)
        return False
