"""Object storage that fails as a disk does. Loaded only where S3 is used: boto3 takes 11 MB."""

from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage


class StorageAway(OSError):
    """The storage did not do what it was asked, or could not be asked."""


class S3(S3Storage):
    """django-storages' S3, whose failures are OSErrors: callers need not know boto3."""

    def save(self, name, content, max_length=None):
        with _as_os_error():
            return super().save(name, content, max_length)

    def delete(self, name):
        with _as_os_error():
            super().delete(name)

    def open(self, name, mode="rb"):
        with _as_os_error():
            return super().open(name, mode)


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise StorageAway(f"{type(error).__name__}: {error}") from error
