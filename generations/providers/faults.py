"""The openai SDK's exceptions turned into ours: by type, status and error code, never by text."""

import json
import time
from collections.abc import Container
from email.utils import parsedate_to_datetime

import openai

from generations.providers.errors import (
    BadKey,
    BadRequest,
    CutOff,
    OutOfQuota,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownUpstreamModel,
)

_BY_STATUS: dict[int, type[ProviderError]] = {
    401: BadKey,
    402: BadKey,
    403: BadKey,
    404: UnknownUpstreamModel,
    408: Unavailable,
    409: Unavailable,
    429: RateLimited,
}

# The `code` or `type` of an error object: OpenAI's, Azure's and those of compatible servers.
_BY_CODE: dict[str, type[ProviderError]] = {
    "authentication_error": BadKey,
    "content_filter": Refused,
    "content_policy_violation": Refused,
    "context_length_exceeded": BadRequest,
    "insufficient_quota": OutOfQuota,
    "invalid_api_key": BadKey,
    "invalid_request_error": BadRequest,
    "model_not_found": UnknownUpstreamModel,
    "not_found_error": UnknownUpstreamModel,
    "overloaded_error": Unavailable,
    "permission_error": BadKey,
    "rate_limit_error": RateLimited,
    "rate_limit_exceeded": RateLimited,
    "server_error": Unavailable,
}
LONGEST_WAIT = 86_400.0  # seconds; longer than any job may take
_MORE_THAN_STATUS = ("content_filter", "content_policy_violation", "insufficient_quota")


def translate(error: Exception, *, streaming: bool) -> ProviderError:
    """Ours for `error`, raised by the SDK before or while `streaming` the answer."""
    if isinstance(error, openai.APIStatusError):
        return _status(error)
    if isinstance(error, openai.APIConnectionError):
        return CutOff(_raw(error)) if streaming else Unavailable(_raw(error))
    if isinstance(error, openai.APIError):
        return _in_stream(error)
    return CutOff(_raw(error))  # a line of the stream that is no JSON


def retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header (RFC 9110 10.2.3): number or HTTP date; a day at most."""
    if not value:
        return None
    if value.strip().replace(".", "", 1).isdecimal():
        return min(float(value), LONGEST_WAIT)
    try:
        seconds = parsedate_to_datetime(value).timestamp() - time.time()
        return min(max(0.0, seconds), LONGEST_WAIT)
    except ValueError:
        return None


def _status(error: openai.APIStatusError) -> ProviderError:
    kind = _named(error, _MORE_THAN_STATUS) or _by_status(error.status_code)
    return kind(_raw(error), retry_after=retry_after(error.response.headers.get("retry-after")))


def _in_stream(error: openai.APIError) -> ProviderError:
    """An error object inside a 200 stream; its code may be a status (OpenRouter) or a name."""
    if error.code and error.code.isdecimal():
        return _by_status(int(error.code))(_raw(error))
    kind = _named(error, _BY_CODE) or Unavailable
    return kind(_raw(error))


def _by_status(status: int) -> type[ProviderError]:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return BadRequest if 400 <= status < 500 else Unavailable


def _named(error: openai.APIError, names: Container[str]) -> type[ProviderError] | None:
    told = (name for name in (error.code, error.type) if isinstance(name, str))
    return next((_BY_CODE[name] for name in told if name in names), None)


def _raw(error: Exception) -> str:
    body = getattr(error, "body", None)
    said = json.dumps(body, default=str) if body is not None else str(error.__cause__ or "")
    return f"{type(error).__name__}: {error} {said}".strip()
