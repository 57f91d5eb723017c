"""Object storage that fails as a disk does. Loaded only where S3 is used: boto3 takes 11 MB.

One that does not answer holds a thread for some 20 s. So this process then leaves it alone for
REST_SECONDS at a time, in which everything fails at once: drawings are made meanwhile.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from boto3.resources.base import ServiceResource
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from django.core.files import File
from s3transfer.exceptions import RetriesExceededError, S3DownloadFailedError
from storages.backends.s3 import S3Storage

REST_SECONDS = 5
SILENCE = (ConnectionError, HTTPClientError, RetriesExceededError)  # refused, cut, out of time
FAILURES = (Boto3Error, BotoCoreError, ClientError, S3DownloadFailedError, *SILENCE)


class StorageAway(OSError):
    """The storage did not do what it was asked, or could not be asked."""


class Rest:
    """Whether a storage is to be left alone: after silence, one caller in REST_SECONDS asks it."""

    def __init__(self) -> None:
        self._until: float | None = None
        self._lock = threading.Lock()

    def keeps_away(self) -> bool:
        with self._lock:
            if self._until is None:
                return False
            now = time.monotonic()
            if now < self._until:
                return True
            self._until = now + REST_SECONDS
            return False

    def note(self, *, silent: bool) -> None:
        """How it went."""
        with self._lock:
            self._until = time.monotonic() + REST_SECONDS if silent else None


class S3(S3Storage):
    """django-storages' S3, whose failures are OSErrors: callers need not know boto3."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self._rest = Rest()
        self._lock = threading.Lock()
        self._shared: ServiceResource | None = None

    @property
    def connection(self) -> ServiceResource:
        """One for all threads: of its own, each would take 14 MB and 0.1 s at its first use. The
        bucket, which is made of it, was theirs together already."""
        with self._lock:
            self._shared = self._shared or super().connection
            return self._shared

    def save(self, name, content, max_length=None):
        with self._asking():
            return super().save(name, content, max_length)

    def delete(self, name):
        with self._asking():
            super().delete(name)

    def open(self, name, mode="rb"):
        with self._asking():
            file = super().open(name, mode)
            return _fetched(file) if "r" in mode else file

    def exists(self, name):
        with self._asking():
            return super().exists(name)

    def size(self, name):
        with self._asking():
            return super().size(name)

    def listdir(self, name):
        with self._asking():
            return super().listdir(name)

    def url(self, name, parameters=None, expire=None, http_method=None):
        with _as_os_error():  # nobody is asked
            return super().url(name, parameters, expire, http_method)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Raises StorageAway for all that goes wrong, and without asking while it rests."""
        if self._rest.keeps_away():
            raise StorageAway("left alone: it did not answer")
        silent = False
        try:
            with _as_os_error():
                yield
        except StorageAway as away:
            silent = isinstance(away.__cause__, SILENCE)
            raise
        finally:
            self._rest.note(silent=silent)


def _fetched(file: File) -> File:
    """The file, all of which is here now: reading it fails no more."""
    try:
        return file.open()
    except BaseException:
        file.close()
        raise


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise StorageAway(f"{type(error).__name__}: {error}") from error
