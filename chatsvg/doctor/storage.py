"""Where the copies of drawings are kept: written, read, had by a signed address and deleted."""

import os
import ssl
import time
import uuid
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from chatsvg.doctor.findings import Finding
from chatsvg.doctor.troubles import Trouble, explain, led_to

_KEYS = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role."
REMEDIES = {  # by the codes of S3's protocol, and by what boto3 raises
    "NoCredentialsError": _KEYS,
    "PartialCredentialsError": _KEYS,
    "NoRegionError": "Set S3_REGION.",
    "ParamValidationError": "Correct S3_BUCKET: no bucket is named so.",
    "NoSuchBucket": "Make the bucket, or correct S3_BUCKET.",
    "404": "Make the bucket, or correct S3_BUCKET.",
    "InvalidAccessKeyId": "Correct AWS_ACCESS_KEY_ID.",
    "SignatureDoesNotMatch": "Correct AWS_SECRET_ACCESS_KEY.",
    "AccessDenied": "Allow the key to put, get and delete objects under users/ of the bucket.",
    "403": "Allow the key to put, get and delete objects under users/ of the bucket.",
    "AuthorizationHeaderMalformed": "Correct S3_REGION.",
    "RequestTimeTooSkewed": "Set the clock of this machine.",
    "PermanentRedirect": "Correct S3_REGION, or S3_ENDPOINT_URL.",
}


SECONDS = 5  # for a signed address


def storage() -> Finding:
    """One small object goes the whole round."""
    began = time.monotonic()
    try:
        trouble = _round(f"users/doctor-{uuid.uuid4().hex}.txt", uuid.uuid4().hex.encode())
    except Exception as error:  # each storage raises what it likes
        return _broken(error)
    ms = (time.monotonic() - began) * 1000
    if trouble:
        return Finding("broken", f"{_name()} {trouble.detail}", trouble.remedy, ms=ms)
    return Finding("ok", f"{_name()} writes, reads and deletes.", ms=ms)


def _round(name: str, content: bytes) -> Trouble | None:
    # signed before boto3 has heard of the bucket's region, as in processes that only sign
    is_signed = settings.S3_BUCKET and settings.S3_DIRECT_DOWNLOADS
    address = default_storage.url(name) if is_signed else ""
    kept = default_storage.save(name, ContentFile(content))
    try:
        with default_storage.open(kept) as file:
            if file.read() != content:
                return _OTHER_BYTES
        return _NOT_OPENED if address and not _opens(address) else None
    finally:
        default_storage.delete(kept)


def _opens(address: str) -> bool:
    """Whether the address works for who has no keys."""
    authorities = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or None)
    try:
        urlopen(address, timeout=SECONDS, context=authorities).close()  # noqa: S310  # S3_ENDPOINT_URL's
    except HTTPError as refused:
        refused.close()
        return False
    return True


_OTHER_BYTES = Trouble("gives back other bytes than were written.", "Look at the storage's log.")
_NOT_OPENED = Trouble(
    "takes what we write, and refuses the addresses that we sign for downloads.",
    "Correct S3_REGION, or set S3_DIRECT_DOWNLOADS=off.",
)


def _name() -> str:
    if settings.S3_BUCKET:
        return f"The bucket {settings.S3_BUCKET}"
    return f"The folder {getattr(default_storage, 'location', 'of files')}"


def _broken(error: Exception) -> Finding:
    if not settings.S3_BUCKET:
        reason = getattr(error, "strerror", None) or type(error).__name__
        detail = f"{_name()} cannot be used: {reason}."
        return Finding("broken", detail, "Give it to the user we run as, or correct FILES_DIR.")
    causes = list(led_to(error))
    code = next(filter(None, map(_code, causes)), "")
    if code:
        detail = f"{_name()} refuses ({code})."
        return Finding("broken", detail, REMEDIES.get(code, "Look at the storage's log."))
    if trouble := explain(error, *_place()):
        return Finding("broken", trouble.detail, f"{trouble.remedy} S3_ENDPOINT_URL says where.")
    detail = f"{_name()} cannot be used ({type(causes[-1]).__name__})."
    return Finding("broken", detail, "Look at AWS_ACCESS_KEY_ID and at the S3_* variables.")


def _code(error: BaseException) -> str:
    """What the storage itself says is wrong, or that it was not asked for want of a setting."""
    answer = getattr(error, "response", None)
    if isinstance(answer, dict):
        return str(answer.get("Error", {}).get("Code", ""))
    name = type(error).__name__
    return name if name in REMEDIES else ""


def _place() -> tuple[str, int | None]:
    storages: dict[str, Any] = settings.STORAGES
    parts = urlsplit(storages["default"]["OPTIONS"].get("endpoint_url") or "")
    return parts.hostname or "the object storage", parts.port
