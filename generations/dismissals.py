"""Ended jobs that a browser need not be told of any more, kept in a cookie: nothing hangs on it."""

import re
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE, SECONDS = "dismissed", 60 * 60
MOST = 24
_MARK = re.compile("[0-9a-f]{12}")


def mark(job_id: UUID) -> str:
    """The end of an id: a UUIDv7's begins with the time."""
    return job_id.hex[-12:]


def read(request: HttpRequest) -> frozenset[str]:
    """The marks of what was dismissed."""
    return frozenset(_MARK.findall(request.COOKIES.get(COOKIE, "")))


def add(request: HttpRequest, response: HttpResponse, *job_ids: UUID) -> None:
    known = _MARK.findall(request.COOKIES.get(COOKIE, ""))
    new = [mark(job_id) for job_id in job_ids if mark(job_id) not in known]
    if new:
        response.set_cookie(
            COOKIE,
            ".".join([*known, *new][-MOST:]),
            max_age=SECONDS,
            secure=settings.COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
