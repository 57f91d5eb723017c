"""Deleting objects from storage: a row first, then tries until the object is gone.

An object is made the same way round: its row is written before the upload, to be due long after it,
and taken back in the transaction that keeps the object. So nothing is left behind by anybody's
death between the two.
"""

import logging
import time
from collections.abc import Iterable
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import DoomedFile

logger = logging.getLogger(__name__)
LATE = timedelta(minutes=10)  # an upload that was under way has ended by then
MARGIN = timedelta(minutes=1)  # longer than any transaction
PAUSE_MOST = timedelta(minutes=10)
BATCH = 500


def doom(keys: Iterable[str], *, after: timedelta = timedelta()) -> None:
    """Have objects deleted, at once or `after` that time, whatever was said of them before."""
    now = timezone.now()
    rows = [DoomedFile(storage_key=key, doomed_at=now, due_at=now + after) for key in keys]
    DoomedFile.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["storage_key"],
        update_fields=["doomed_at", "due_at"],
    )


def spare(key: str) -> bool:
    """Keep an object after all, inside the (short) transaction that needs it. False where that
    comes too late: it may be gone, or about to go."""
    doomed = DoomedFile.objects.filter(storage_key=key, due_at__gt=Now() + MARGIN)
    return bool(doomed.delete()[0])


def is_doomed(key: str) -> bool:
    return DoomedFile.objects.filter(storage_key=key).exists()


def sweep(*, seconds: float = 2) -> None:
    """Delete what is due, for about so long; what storage does not take is tried again later.

    One process at a time: the caller sees to that. An object that is gone is deleted once more
    after LATE: a copy that was on its way may have arrived since.
    """
    end = time.monotonic() + seconds
    due = DoomedFile.objects.filter(due_at__lte=Now()).order_by("due_at")
    for file in due[:BATCH]:
        if not _delete(file) or time.monotonic() > end:
            return


def _delete(file: DoomedFile) -> bool:
    same = DoomedFile.objects.filter(pk=file.pk, due_at=file.due_at)  # nor doomed again meanwhile
    final = file.doomed_at + LATE
    try:
        default_storage.delete(file.storage_key)
    except OSError as error:
        logger.warning("file.not_deleted file=%s error=%s", file.pk, type(error).__name__)
        pause = min(timedelta(seconds=2 ** min(file.tries + 1, 10)), PAUSE_MOST)
        same.update(due_at=timezone.now() + pause, tries=min(file.tries + 1, 1000))
        return False
    if timezone.now() >= final:
        same.delete()
    else:
        same.update(due_at=final)
    return True
