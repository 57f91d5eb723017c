"""Answers kept for repeats, by the Idempotency-Key header (draft-ietf-httpapi-idempotency-key-07).

A request reserves its key, is carried out, and keeps its answer; only good ones are kept, for a
day. What the key stands for elsewhere (a job) is the business of who carries the request out: so a
request that died after that is repeated without being done twice.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from accounts.keys.errors import KeyMalformed, KeyUnderWay, OtherParameters
from accounts.models import Reply, User
from chatsvg.database import AWAY
from chatsvg.text import clean, utf16_length

logger = logging.getLogger(__name__)
KEY_MAX = 128  # UTF-16 code units
KEPT = timedelta(hours=24)
LEASE_SECONDS = 45  # who has no answer by then has died
RETRY_SECONDS = 2  # when to ask again for an answer that is under way
HEADERS = ("Content-Type", "Location", "Retry-After", "Preference-Applied")
BATCH = 1_000
TRIES = 3

# A dead reservation of the same request is taken over, and what is older than a day overwritten.
_RESERVE = """
INSERT INTO accounts_reply AS known
    (user_id, is_test, key, fingerprint, token, reserved_until, headers, body, created_at)
VALUES (%(user)s, %(is_test)s, %(key)s, %(fingerprint)s, %(token)s, %(until)s, '{}', '', %(now)s)
ON CONFLICT (user_id, is_test, key) DO UPDATE SET
    fingerprint = excluded.fingerprint, token = excluded.token, status = NULL,
    reserved_until = excluded.reserved_until, headers = '{}', body = '',
    created_at = excluded.created_at
WHERE known.created_at < %(forgotten)s OR (
    known.status IS NULL AND known.reserved_until < %(now)s
    AND known.fingerprint = excluded.fingerprint
)
RETURNING token
"""
_FORGET = """
DELETE FROM accounts_reply WHERE user_id = ANY(%s) AND EXISTS (
    SELECT 1 FROM unnest(%s::text[]) AS word WHERE position(convert_to(word, 'UTF8') IN body) > 0
)
"""
_PURGE = """
DELETE FROM accounts_reply WHERE id IN (
    SELECT id FROM accounts_reply WHERE created_at < %s LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


class Wanted(NamedTuple):
    """A request that may be a repeat."""

    user: User
    is_test: bool
    key: str
    fingerprint: str


class Kept(NamedTuple):
    """An answer that was given before."""

    status: int
    headers: dict[str, str]
    body: bytes


def read(header: str | None) -> str | None:
    """The key that a header names, as a structured string or bare. Raises KeyMalformed."""
    if header is None:
        return None
    key = clean(_unquoted(header.strip()))
    if not key or utf16_length(key) > KEY_MAX:
        raise KeyMalformed(f"Idempotency-Key must have 1 to {KEY_MAX} characters")
    return key


def _unquoted(text: str) -> str:
    """RFC 8941 §3.3.3: in quotes, a backslash stands before quotes and backslashes alone."""
    if not text.startswith('"'):
        return text
    inner = text[1:-1].replace(r"\\", "").replace(r"\"", "")
    if len(text) < 2 or not text.endswith('"') or '"' in inner or "\\" in inner:
        raise KeyMalformed("Idempotency-Key is not a well-formed string")
    return text[1:-1].replace(r"\"", '"').replace(r"\\", "\\")


def fingerprint(path: str, data: Mapping[str, object]) -> str:
    """What two requests have in common that ask for the same, however their JSON is written."""
    asked = json.dumps([path.removeprefix("/api"), data], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def reserve(wanted: Wanted, *, seconds: int = LEASE_SECONDS) -> UUID | Kept:
    """The token to keep the answer with; or the answer, where this is a repeat.

    Raises OtherParameters, or KeyUnderWay where the first of its requests has no answer yet.
    """
    for _ in range(TRIES):
        if token := _reserved(wanted, seconds):
            return token
        known = Reply.objects.filter(**_named(wanted)).first()
        if known is None:
            continue  # released in between
        if known.fingerprint != wanted.fingerprint:
            raise OtherParameters()
        if known.status is None:
            break
        return Kept(known.status, known.headers, bytes(known.body))
    raise KeyUnderWay(retry_after=RETRY_SECONDS)


def _reserved(wanted: Wanted, seconds: int) -> UUID | None:
    now = timezone.now()
    values = {
        **wanted._asdict(),
        "user": wanted.user.pk,
        "token": uuid4(),
        "now": now,
        "until": now + timedelta(seconds=seconds),
        "forgotten": now - KEPT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, values)
        return found[0] if (found := cursor.fetchone()) else None


def _named(wanted: Wanted) -> dict[str, object]:
    return {"user": wanted.user, "is_test": wanted.is_test, "key": wanted.key}


def keep(token: UUID, response: HttpResponse) -> None:
    """Keep a rendered answer for repeats. A reservation that was taken over keeps the other's.

    A database that is away just then costs the repeat, not the answer.
    """
    told = {name: response[name] for name in HEADERS if name in response}
    held = Reply.objects.filter(token=token, status=None)
    try:
        held.update(status=response.status_code, headers=told, body=response.content)
    except AWAY as error:
        logger.warning("reply.lost error=%s", type(error).__name__)


def release(token: UUID) -> None:
    """Nothing is kept: a repeat is carried out anew."""
    try:
        Reply.objects.filter(token=token, status=None).delete()
    except AWAY as error:
        logger.warning("reply.not_released error=%s", type(error).__name__)


def is_kept(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def again(kept: Kept) -> HttpResponse:
    """The answer once more, byte for byte."""
    return HttpResponse(
        kept.body, status=kept.status, headers={**kept.headers, "Idempotent-Replayed": "true"}
    )


def forget(user: User) -> None:
    """Leave nothing of what somebody was answered."""
    Reply.objects.filter(user=user).delete()


def forget_told(user_ids: Iterable[UUID], words: Iterable[str]) -> None:
    """Forget the answers to these people that have one of `words` in them: what they told is gone.

    Inside the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [list(user_ids), list(words)])


def purge() -> None:
    """Forget what is older than a day."""
    before, gone = timezone.now() - KEPT, BATCH
    while gone == BATCH:
        with connection.cursor() as cursor:
            cursor.execute(_PURGE, [before, BATCH])
            gone = cursor.rowcount
