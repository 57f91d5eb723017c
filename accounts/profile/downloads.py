"""Handing an export to its owner."""

from collections.abc import AsyncIterator, Iterator
from typing import cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from accounts.models import Export
from accounts.profile.errors import ExportMissing, StorageAway
from accounts.profile.exports import is_there
from chatsvg.caching import NO_STORE, PRIVATE

SECONDS = 60  # that an address of the object storage works


class Streamed(FileResponse):
    """A file in pieces under ASGI as well, where Django would read all of it into memory first."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = cast(Iterator[bytes], self.streaming_content)
        following = sync_to_async(lambda: next(pieces, None))
        while (piece := await following()) is not None:
            yield piece


def response(export: Export) -> HttpResponseBase:
    """The archive as an attachment, or the way to it.

    Raises ExportMissing where it is not there (any more), StorageAway.
    """
    if not is_there(export):
        raise ExportMissing()
    name = f"chatsvg-export-{export.created_at:%Y-%m-%d}.zip"
    if settings.S3_BUCKET and settings.S3_DIRECT_DOWNLOADS:
        return _elsewhere(export.storage_key, name)
    try:
        file = default_storage.open(export.storage_key)
    except FileNotFoundError as error:
        raise ExportMissing() from error
    except OSError as error:
        raise StorageAway() from error
    answer = Streamed(file, as_attachment=True, filename=name, content_type="application/zip")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = PRIVATE
    return answer


def _elsewhere(key: str, name: str) -> HttpResponseBase:
    """To the object storage itself, by an address that works for SECONDS. Raises StorageAway."""
    try:
        where = default_storage.url(  # type: ignore[call-arg]  # the S3 backend's own arguments
            key,
            parameters={"ResponseContentDisposition": f'attachment; filename="{name}"'},
            expire=SECONDS,
        )
    except OSError as error:  # no keys to sign with
        raise StorageAway() from error
    return HttpResponseRedirect(where, headers=NO_STORE)
