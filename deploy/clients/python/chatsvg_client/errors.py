"""What can go wrong, by what a program may do about it."""

from __future__ import annotations

import email.utils
import time
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from chatsvg_client.results import Job


class ChatSVGError(Exception):
    """Anything that went wrong. `code` is stable; the text is for people.

    `status` is 0 where there was no answer. `request_id` is what support asks for.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.code = message, status, code
        self.request_id, self.retry_after = request_id, retry_after


class AuthenticationError(ChatSVGError):
    """401: the key is missing, unknown, revoked or expired."""


class PermissionDenied(ChatSVGError):
    """403: a scope, an address or the plan."""


class InsufficientCredits(ChatSVGError):
    """402."""


class NotFound(ChatSVGError):
    """404: not there, or somebody else's."""


class Conflict(ChatSVGError):
    """409, or 422 for an idempotency key that came with another request before."""


class InvalidRequest(ChatSVGError):
    """Any other 4xx: what was sent cannot be used."""


class RateLimited(ChatSVGError):
    """429: a rate or a quota. `retry_after` is in seconds, where it is known."""


class ServerError(ChatSVGError):
    """5xx, or an answer that is none of ChatSVG's."""


class ConnectionFailed(ChatSVGError):
    """No answer came."""


class Timeout(ChatSVGError):
    """The time that was given is over. The job goes on, and can be waited for again by its id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"The job {job_id} has not ended in time.")
        self.job_id = job_id


class InvalidSignature(ChatSVGError):
    """A webhook that was not sent by ChatSVG, or long ago."""


class JobFailed(ChatSVGError):
    """A drawing came to nothing, and cost nothing; `code` says why, CANCELED among others."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.error_message or "The drawing failed.", code=job.error_code or "")
        self.job = job


_BY_STATUS: dict[int, type[ChatSVGError]] = {
    401: AuthenticationError,
    402: InsufficientCredits,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    429: RateLimited,
}


def of(response: httpx2.Response) -> ChatSVGError:
    """The error that an answer tells of: a problem of RFC 9457, or whatever a proxy said."""
    problem = _problem(response)
    code = str(problem.get("errorCode", ""))
    status = response.status_code
    kind = _BY_STATUS.get(status, InvalidRequest if 400 <= status < 500 else ServerError)
    if status == 422 and code.startswith("IDEMPOTENCY"):
        kind = Conflict
    return kind(
        str(problem.get("detail") or f"The server answered {status}."),
        status=status,
        code=code,
        request_id=str(problem.get("requestId") or response.headers.get("x-request-id", "")),
        retry_after=retry_after(response),
    )


def _problem(response: httpx2.Response) -> dict[str, Any]:
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds by Retry-After, as a number or a date (RFC 9110 §10.2.3)."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, at.timestamp() - time.time())
