"""One thread per process that makes frames, within a share of one core whatever is streamed.

It starts at first use. A forked child starts its own.
"""

import atexit
import logging
import os
import threading
import time

from generations.frames.cut import MOST_CHARACTERS, ends_more, frame
from generations.frames.turns import Sketch, Turns
from generations.models import Job
from generations.signals import job_sketched

logger = logging.getLogger(__name__)
CPU_SHARE = 0.2  # of one core: the process has drawings to finish, too
STOP_SECONDS = 1


class Maker:
    """Frames of the drawings that one process is at."""

    def __init__(self) -> None:
        self._turns = Turns()
        self._telling = threading.Lock()
        self._ending = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def offer(self, job: Job, text: str, progress: int) -> None:
        if len(text) > MOST_CHARACTERS:
            return self._turns.forget(job.pk)
        self._turns.offer(job.pk, job.user_id, text, progress)
        if self._thread is None:
            self._start()

    def forget(self, job: Job) -> None:
        """Once this returns, no frame of `job` is on its way to the receivers."""
        self._turns.forget(job.pk)
        with self._telling:
            pass

    def end(self) -> None:
        self._ending.set()
        self._turns.end()
        if self._thread:
            self._thread.join(STOP_SECONDS)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="frames", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        """Rest after each frame, so long that frames take no more than their share."""
        while sketch := self._turns.take():
            began = time.thread_time()
            try:
                self._show(sketch)
            except Exception:
                logger.exception("frames.broken job=%s", sketch.job_id)
                self._turns.forget(sketch.job_id)
            spent = time.thread_time() - began
            self._ending.wait(spent / CPU_SHARE - spent)

    def _show(self, sketch: Sketch) -> None:
        text, progress = sketch.text, sketch.progress
        if len(text) < sketch.seen:  # another model began anew
            sketch.seen = sketch.elements = 0
        made = frame(text) if ends_more(text, sketch.seen) else None
        sketch.seen = len(text)
        if made and made.elements > sketch.elements:
            sketch.elements = made.elements
            self._tell(sketch, made.svg, progress)

    def _tell(self, sketch: Sketch, svg: str, progress: int) -> None:
        with self._telling:
            if self._turns.holds(sketch):
                job_sketched.send_robust(
                    Job,
                    job_id=sketch.job_id,
                    user_id=sketch.user_id,
                    elements=sketch.elements,
                    progress=progress,
                    svg=svg,
                )


_maker = Maker()


def offer(job: Job, text: str, *, progress: int | None = None) -> None:
    """Show what `text`, all that a model has said so far, has drawn; the newest counts.

    Returns at once. `progress` is how far the bar is, in percent.
    """
    _maker.offer(job, text, job.progress if progress is None else progress)


def forget(job: Job) -> None:
    """The model is done, or was stopped: from now on no frame of `job` is told."""
    _maker.forget(job)


def stop() -> None:
    """End the thread; the next use starts another."""
    ending = _maker
    _renew()
    ending.end()


def _renew() -> None:
    global _maker
    _maker = Maker()


atexit.register(stop)
os.register_at_fork(after_in_child=_renew)
