"""All that we have of somebody, in a ZIP that a task makes.

QUEUED -> READY -> EXPIRED, or QUEUED -> FAILED after TRIES. A try holds the row until `due_at`,
which it moves on while it works; when its worker dies, another try follows. `tries` is the fencing
number. A worker that is asked to end gives its try back, as if it had not been.
"""

import logging
import secrets
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import cast
from uuid import UUID

from celery.signals import worker_shutting_down
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from accounts import doomed, mail, one_time
from accounts.models import Export, User
from accounts.profile import archive, belongings
from accounts.profile.errors import ExportMissing, ExportsUsedUp
from accounts.signals import data_wanted
from chatsvg.database import give_back, patiently
from chatsvg.publishing import publish

logger = logging.getLogger(__name__)
TASK = "accounts.build_export"
FAILED = "Your data could not be put together. Please ask for it again; if that fails, tell us."
A_DAY = 3  # that somebody may ask for
TRIES = 3
LEASE = timedelta(minutes=5)
RENEW_SECONDS = 30
PAUSE = timedelta(minutes=2)  # after a failed try
LONGEST = timedelta(hours=6)  # of one try
KEPT = timedelta(days=7)
REMEMBERED = timedelta(days=30)  # that there was one
BATCH = 100
AT_ONCE = 2  # of the threads of a process
_under_way = threading.BoundedSemaphore(AT_ONCE)
_leaving = threading.Event()  # this process has been asked to end
Status = Export.Status


class LeaseLost(Exception):
    """The export is no longer this try's: its person is deleted, or another worker has it."""


class Leaving(Exception):
    """This process ends: somebody else begins anew."""


@worker_shutting_down.connect
def leave(**kwargs: object) -> None:
    _leaving.set()


@transaction.atomic
def ask(user: User) -> Export:
    """Have an export made, or name the one that is being made. Raises ExportsUsedUp."""
    one_time.lock(user)
    if queued := user.exports.filter(status=Status.QUEUED).first():
        return queued
    now = timezone.now()
    lately = user.exports.filter(created_at__gt=now - timedelta(days=1))
    made = list(lately.exclude(status=Status.FAILED).order_by("-created_at")[:A_DAY])
    if len(made) == A_DAY:
        again = made[-1].created_at + timedelta(days=1) - now
        raise ExportsUsedUp(retry_after=int(again.total_seconds()) + 1)
    export = user.exports.create()
    transaction.on_commit(partial(publish, TASK, str(export.pk)))
    return export


def of(user: User) -> list[Export]:
    """The latest, newest first."""
    return list(user.exports.order_by("-created_at")[:A_DAY])


def find(user: User, export_id: UUID | None) -> Export:
    """Raises ExportMissing where it is not theirs."""
    export = user.exports.filter(pk=export_id).first() if export_id else None
    if export is None:
        raise ExportMissing()
    return export


def is_there(export: Export) -> bool:
    """Whether it can be downloaded now."""
    in_time = export.expires_at is not None and export.expires_at > timezone.now()
    return export.status == Status.READY and in_time


def build(export_id: UUID) -> None:
    """One try, unless somebody else is at it, or this process is at AT_ONCE others: `build_due`
    comes back to it. So exports, which may take hours, never hold up the mails that wait behind."""
    if _leaving.is_set() or not _under_way.acquire(blocking=False):
        return
    try:
        _build(export_id)
    finally:
        _under_way.release()


def _build(export_id: UUID) -> None:
    export = _claim(export_id)
    if export is None:
        return
    try:
        size = _store(export)
        patiently(partial(_finish, export, size))
    except Leaving:
        logger.info("export.handed_back export=%s try=%s", export.pk, export.tries)
        patiently(partial(_hand_back, export))
    except LeaseLost:
        logger.info("export.lost export=%s try=%s", export.pk, export.tries)
    except Exception:
        logger.exception("export.failed export=%s try=%s", export.pk, export.tries)
        patiently(partial(_fail, export))


def build_due() -> None:
    """Make what nobody was told of, and what a dead or failed try left behind."""
    due = Export.objects.filter(status=Status.QUEUED, due_at__lte=Now())
    given_up = due.filter(tries__gte=TRIES).update(status=Status.FAILED)
    if given_up:
        logger.error("export.given_up exports=%s", given_up)
    for pk in list(due.order_by("due_at").values_list("pk", flat=True)[:BATCH]):
        build(pk)


@transaction.atomic
def purge() -> None:
    """Delete what has expired, and forget what is long over."""
    over = Export.objects.filter(status=Status.READY, expires_at__lte=Now())
    rows = list(over.select_for_update(skip_locked=True)[:BATCH])
    doomed.doom(row.storage_key for row in rows)
    expired = Export.objects.filter(pk__in=[row.pk for row in rows])
    expired.update(status=Status.EXPIRED, storage_key="")
    ended = Export.objects.filter(status__in=[Status.EXPIRED, Status.FAILED])
    ended.filter(created_at__lt=Now() - REMEMBERED).delete()


def discard(user: User) -> None:
    """Delete every export of somebody, inside the caller's transaction; one being made is lost."""
    keys = user.exports.exclude(storage_key="").values_list("storage_key", flat=True)
    doomed.doom(list(keys))
    user.exports.all().delete()


@transaction.atomic
def _claim(export_id: UUID) -> Export | None:
    key = f"exports/{secrets.token_urlsafe(24)}.zip"
    due = Export.objects.filter(pk=export_id, status=Status.QUEUED, due_at__lte=Now())
    if not due.filter(tries__lt=TRIES).update(
        tries=F("tries") + 1, due_at=Now() + LEASE, storage_key=key
    ):
        return None
    doomed.doom([key], after=LONGEST)
    return Export.objects.select_related("user").get(pk=export_id)


def _ours(export: Export):
    return Export.objects.filter(pk=export.pk, status=Status.QUEUED, tries=export.tries)


def _store(export: Export) -> int:
    """Write the ZIP to disk, then to storage; its size in bytes. Raises LeaseLost."""
    with tempfile.TemporaryFile() as file:
        archive.write(file, _files(export.user), each=_Renewal(export))
        size = file.tell()
        file.seek(0)
        give_back()
        default_storage.save(export.storage_key, File(file))
    return size


def _files(user: User) -> Iterator[archive.File]:
    yield from belongings.of(user)
    for _, files in data_wanted.send(User, user=user):
        yield from cast(Iterable[archive.File], files)


class _Renewal:
    """Called often, it moves the lease on once in RENEW_SECONDS. Raises LeaseLost and Leaving."""

    def __init__(self, export: Export):
        self.export, self.at = export, time.monotonic()

    def __call__(self) -> None:
        if _leaving.is_set():
            raise Leaving()
        if time.monotonic() - self.at < RENEW_SECONDS:
            return
        self.at = time.monotonic()
        if not _ours(self.export).update(due_at=Now() + LEASE):
            raise LeaseLost()


def _finish(export: Export, size: int) -> None:
    """READY, and a mail says so. Raises LeaseLost; then the object goes again."""
    now = timezone.now()
    with transaction.atomic():
        ready = {"status": Status.READY, "ready_at": now, "expires_at": now + KEPT}
        is_ours = _ours(export).update(**ready, size_bytes=size)
        if is_ours and doomed.spare(export.storage_key):
            user = User.objects.get(pk=export.user_id)
            mail.post("export_ready", to=user.email, user=user, export=str(export.pk))
            return
        transaction.set_rollback(True)
    doomed.doom([export.storage_key])
    raise LeaseLost()


def _hand_back(export: Export) -> None:
    """As if this try had not been: nothing of it is in the storage."""
    _ours(export).update(tries=F("tries") - 1, due_at=Now())


def _fail(export: Export) -> None:
    """Another try after a pause, or none."""
    last = export.tries >= TRIES
    _ours(export).update(**({"status": Status.FAILED} if last else {"due_at": Now() + PAUSE}))
