"""Whose turn it is: of the drawings with something new, the one that has waited longest."""

import threading
import time
from dataclasses import dataclass
from uuid import UUID

EVERY_SECONDS = 0.25  # a drawing's turns; and its first, for one that is over at once needs none
MOST_DRAWINGS = 1000  # in one process; the oldest goes first
ECHO_SECONDS = 1  # in which a call that was stopped may still say something


@dataclass(eq=False, slots=True)
class Sketch:
    """A drawing under way, and what was shown of it."""

    job_id: UUID
    user_id: UUID
    due: float  # on the monotonic clock: not before that
    text: str = ""  # the newest
    progress: int = 0
    seen: int = 0  # characters of the text at its last turn
    elements: int = 0  # in the last frame


class Turns:
    """Drawings by job. `offer` and `forget` never wait for a turn to end."""

    def __init__(self) -> None:
        self._sketches: dict[UUID, Sketch] = {}
        self._waiting: dict[UUID, Sketch] = {}  # in the order in which they began to wait
        self._forgotten: dict[UUID, float] = {}  # in the last second, oldest first
        self._changed = threading.Condition()
        self._is_over = False

    def offer(self, job_id: UUID, user_id: UUID, text: str, progress: int) -> None:
        """Have a turn for `text`, in the place of an older one that still waits."""
        with self._changed:
            sketch = self._sketches.get(job_id) or self._begin(job_id, user_id)
            if sketch is None:
                return
            sketch.text, sketch.progress = text, progress
            if job_id not in self._waiting:
                self._waiting[job_id] = sketch
                self._changed.notify()

    def take(self) -> Sketch | None:
        """The next drawing, once its turn has come; None when all is over."""
        with self._changed:
            while not self._is_over:
                now = time.monotonic()
                for sketch in self._waiting.values():
                    if sketch.due <= now:
                        del self._waiting[sketch.job_id]
                        sketch.due = now + EVERY_SECONDS
                        return sketch
                dues = [sketch.due for sketch in self._waiting.values()]
                self._changed.wait(min(dues) - now if dues else None)
        return None

    def holds(self, sketch: Sketch) -> bool:
        """Whether its drawing is still under way."""
        return self._sketches.get(sketch.job_id) is sketch

    def forget(self, job_id: UUID) -> None:
        """Drop a drawing, and for a moment what is still said of it."""
        now = time.monotonic()
        with self._changed:
            self._drop(job_id)
            self._forgotten.pop(job_id, None)
            self._forgotten[job_id] = now
            while now - next(iter(self._forgotten.values())) > ECHO_SECONDS:
                del self._forgotten[next(iter(self._forgotten))]

    def end(self) -> None:
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _begin(self, job_id: UUID, user_id: UUID) -> Sketch | None:
        now = time.monotonic()
        if now - self._forgotten.get(job_id, float("-inf")) < ECHO_SECONDS:
            return None
        if len(self._sketches) >= MOST_DRAWINGS:
            self._drop(next(iter(self._sketches)))
        sketch = self._sketches[job_id] = Sketch(job_id, user_id, now + EVERY_SECONDS)
        return sketch

    def _drop(self, job_id: UUID) -> None:
        self._sketches.pop(job_id, None)
        self._waiting.pop(job_id, None)
