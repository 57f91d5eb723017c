"""How far drawing is behind, and what follows: longer estimates, slower polls, and at last no new
drawings for those who pay nothing, so that all others go on.

Each process looks for itself, once a second at most. Where RATELIMIT_ENABLED is off nothing of
this happens.
"""

import math
import threading
from time import monotonic

from django.conf import settings
from django.utils import timezone

from chatsvg.shared_metrics import Counter
from credits.models import Plan
from generations.errors import TooBusy
from generations.models import Job

SAMPLE_SECONDS = 1.0
LONGEST_PAUSE = 30  # seconds between two polls
RETRY_LEAST, RETRY_MOST = 10, 60
SLOW, FULL = 1, 2  # polls are slowed; free drawings are refused

_refused = Counter("chatsvg_jobs_refused", "Drawings refused for the length of the line.", ())


def oldest() -> float:
    """Seconds that the job which is due longest has waited for a worker; 0 where none waits."""
    now = timezone.now()
    due = Job.objects.filter(status=Job.Status.QUEUED, available_at__lte=now)
    first = due.order_by("available_at").values_list("available_at", flat=True).first()
    return (now - first).total_seconds() if first else 0.0


class _Sample:
    """What `oldest` was a moment ago. One thread looks; the others take what is known."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._seconds, self._at = 0.0, -math.inf

    def read(self) -> float:
        is_old = monotonic() - self._at >= SAMPLE_SECONDS
        if is_old and self._looking.acquire(blocking=False):
            try:
                self._seconds, self._at = oldest(), monotonic()
            finally:
                self._looking.release()
        return self._seconds


sample = _Sample()


def age() -> float:
    """As `oldest`, about a second ago; 0 where nothing is limited."""
    return sample.read() if settings.RATELIMIT_ENABLED else 0.0


def delay() -> int:
    """Seconds that whoever asks now has to expect besides the usual; 0 while that is next to
    nothing."""
    seconds = age()
    return math.ceil(seconds) if _exceeds(seconds, settings.QUEUE_SLOW_SECONDS) else 0


def pause(usual: int) -> int:
    """Seconds until somebody who waits for a drawing should look again: more, the longer the
    line."""
    seconds, slow = age(), settings.QUEUE_SLOW_SECONDS
    if not _exceeds(seconds, slow):
        return usual
    return max(usual, min(LONGEST_PAUSE, math.ceil(usual * seconds / slow)))


def check(plan: Plan) -> None:
    """Raise TooBusy where the line is too long for one more drawing of somebody on this plan."""
    seconds = age()
    if plan == Plan.FREE and _exceeds(seconds, settings.QUEUE_FULL_SECONDS):
        _refused.add()
        wait = math.ceil(seconds - settings.QUEUE_SLOW_SECONDS)
        raise TooBusy(retry_after=min(max(wait, RETRY_LEAST), RETRY_MOST))


def _exceeds(seconds: float, limit: float) -> bool:
    """No limit is 0."""
    return 0 < limit < seconds


def level(seconds: float) -> int:
    """What a line of that age means: 0, SLOW or FULL."""
    if not settings.RATELIMIT_ENABLED:
        return 0
    if _exceeds(seconds, settings.QUEUE_FULL_SECONDS):
        return FULL
    return SLOW if _exceeds(seconds, settings.QUEUE_SLOW_SECONDS) else 0
