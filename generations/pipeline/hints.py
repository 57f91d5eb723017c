"""How far the work is: what viewers are told between two events."""

import time
from collections.abc import Callable

from generations import frames
from generations.models import Job
from generations.signals import job_progressed

PROGRESS_CLAIMED, PROGRESS_ASKED, PROGRESS_ANSWERED, PROGRESS_CHECKED = 5, 25, 75, 85
TYPICAL_ANSWER = 4_000  # characters; only to move the bar between two events
PAUSE_SECONDS = 0.2  # between two steps of a growing answer, which may come by the hundred


def hint(job: Job, progress: int) -> None:
    """Tell viewers how far a running call is. Not stored, and nobody misses it if it is lost."""
    job_progressed.send_robust(
        Job, job_id=job.pk, user_id=job.user_id, stage=job.stage, progress=progress
    )


class Bar:
    """The bar between two events. Whatever is begun anew meanwhile, it never moves back."""

    def __init__(self, job: Job, low: int, high: int):
        self.job, self.low, self.high = job, low, high
        self._at = low - 1
        self._shown_at = -PAUSE_SECONDS

    def show(self, progress: int) -> None:
        if progress > self._at:
            self._at, self._shown_at = progress, time.monotonic()
            hint(self.job, progress)

    def grown(self, *, is_shown: bool) -> Callable[[str], None]:
        """What a call tells of its text; where `is_shown`, viewers see the drawing grow as well.

        It is called on the loop's thread, and returns at once. An answer that is soon whole is seen
        as the drawing that it is.
        """
        is_worth_it_from = time.monotonic() + PAUSE_SECONDS

        def tell(text: str) -> None:
            now = time.monotonic()
            share = len(text) / (len(text) + TYPICAL_ANSWER)
            progress = self.low + int(share * (self.high - self.low))
            if now >= self._shown_at + PAUSE_SECONDS:
                self.show(progress)
            if is_shown and now >= is_worth_it_from:
                frames.offer(self.job, text, progress=max(progress, self._at))

        return tell
