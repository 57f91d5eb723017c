"""Copies of drawings for delivery, and the addresses under which they are had.

The text in the database is the truth; a copy that could not be stored is stored later by the sweep.
"""

import hmac
import logging
import time
from base64 import urlsafe_b64encode
from contextlib import suppress
from functools import cache

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chatsvg import statements
from generations import names
from generations.models import Generation, Job

logger = logging.getLogger(__name__)
_STORED = """
UPDATE generations_generation SET stored_at = %s WHERE id = %s AND sanitizer_version = %s
"""
# what every answer that is a drawing carries (SVG_SAFETY §2.11)
SAFETY_HEADERS = {
    "Content-Type": "image/svg+xml; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    ),
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PAGE_SECONDS = 600  # how long the address of a private drawing works on a page
LIST_SECONDS = 3600  # and in a list, which clients keep open without asking again


def key_for(job: Job) -> str:
    """The object's name in storage (CONTRACT §7.6). It needs no quoting in addresses."""
    return f"users/{job.user_id}/jobs/{job.pk}/chatsvg.svg"


def store(generation: Generation) -> bool:
    """Copy a drawing to storage; say whether it is there now. Storage being away loses nothing."""
    try:
        default_storage.save(generation.storage_key, ContentFile(generation.svg.encode()))
    except OSError as error:
        logger.warning("file.not_stored id=%s error=%s", generation.pk, type(error).__name__)
        return False
    generation.stored_at = timezone.now()
    if _note_stored(generation):
        return True
    # sanitized anew meanwhile: this was the copy of an old text
    Generation.everything.filter(pk=generation.pk).update(stored_at=None)
    return False


def _note_stored(generation: Generation) -> bool:
    now = [generation.stored_at, generation.pk, generation.sanitizer_version]
    return statements.run(_STORED, now) > 0


def path(generation: Generation, *, seconds: int = PAGE_SECONDS, download: bool = False) -> str:
    """Our own address of a drawing: stable for a public one, signed and expiring for a private."""
    expires = int(time.time()) + seconds if generation.is_private else None
    there = address(generation.storage_key, expires=expires)
    if not download:
        return there
    return f"{there}{'&' if generation.is_private else '?'}download=1"


def address(key: str, *, expires: int | None = None) -> str:
    """The path of an object: signed where it ends at `expires`, seconds since the epoch."""
    there = _folder() + key
    return f"{there}?expires={expires}&signature={_sign(key, expires)}" if expires else there


@cache
def _folder() -> str:
    return reverse("file", args=["-"]).removesuffix("-")


def page_url(generation: Generation) -> str:
    """For `<img src>` on our own pages."""
    return path(generation)


def public_url(request: HttpRequest, generation: Generation) -> str:
    """The absolute address, for other origins."""
    return request.build_absolute_uri(path(generation))


def download_url(request: HttpRequest, generation: Generation) -> str:
    """Where the drawing is had as an attachment, for S3_SIGNED_URL_TTL seconds."""
    seconds = settings.S3_SIGNED_URL_TTL
    if settings.S3_BUCKET and settings.S3_DIRECT_DOWNLOADS and generation.stored_at:
        with suppress(OSError):  # no keys to sign with
            return default_storage.url(  # type: ignore[call-arg]  # the S3 backend's own arguments
                generation.storage_key,
                parameters={"ResponseContentDisposition": names.attachment(generation)},
                expire=seconds,
            )
    return request.build_absolute_uri(path(generation, seconds=seconds, download=True))


def _sign(key: str, expires: int) -> str:
    """Not by Django's signer: a list has fifty of them, which would take a third of its time."""
    return _signed_by(settings.SECRET_KEY, key, expires)


def _signed_by(secret: str, key: str, expires: int) -> str:
    mac = hmac.digest(_signing_key(secret), f"{key}:{expires}".encode(), "sha256")
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


@cache
def _signing_key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"generations.files", "sha256")


def may_read(generation: Generation, *, expires: str, signature: str) -> bool:
    """Whether an address opens this drawing: a public one always, else if signed and in time."""
    if not generation.is_private:
        return True
    if not expires.isascii() or not expires.isdecimal() or int(expires[:12]) < time.time():
        return False
    known = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    made = [_signed_by(one, generation.storage_key, int(expires[:12])) for one in known]
    return any(constant_time_compare(signature, one) for one in made)
