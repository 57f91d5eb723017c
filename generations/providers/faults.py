"""What goes wrong in a call turned into errors of ours: by type, status and code, never by text."""

from collections.abc import Container

import httpx2

from generations.providers import complaints, delays
from generations.providers.complaints import Complaint
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
from generations.providers.sdk import openai

_BY_STATUS: dict[int, type[ProviderError]] = {
    401: BadKey,
    402: BadKey,
    403: BadKey,
    404: UnknownUpstreamModel,
    405: UnknownUpstreamModel,
    407: BadKey,
    408: Unavailable,
    409: Unavailable,
    410: UnknownUpstreamModel,
    425: Unavailable,
    429: RateLimited,
}

# The `code`, `type` or `status` of an error object: OpenAI's, Azure's, Google's and others'.
_BY_NAME: dict[str, type[ProviderError]] = {
    "authentication_error": BadKey,
    "billing_hard_limit_reached": OutOfQuota,
    "billing_not_active": OutOfQuota,
    "content_filter": Refused,
    "content_policy_violation": Refused,
    "context_length_exceeded": BadRequest,
    "insufficient_quota": OutOfQuota,
    "invalid_api_key": BadKey,
    "invalid_request_error": BadRequest,
    "model_decommissioned": UnknownUpstreamModel,
    "model_not_found": UnknownUpstreamModel,
    "not_found_error": UnknownUpstreamModel,
    "overloaded_error": Unavailable,
    "permission_denied": BadKey,
    "permission_error": BadKey,
    "rate_limit_error": RateLimited,
    "rate_limit_exceeded": RateLimited,
    "resource_exhausted": RateLimited,
    "responsibleaipolicyviolation": Refused,
    "server_error": Unavailable,
    "unauthenticated": BadKey,
}
_MORE_THAN_STATUS = {  # say it better than the status that they come with
    *("content_filter", "content_policy_violation", "responsibleaipolicyviolation"),
    *("insufficient_quota", "billing_hard_limit_reached", "billing_not_active"),
    *("model_decommissioned", "model_not_found"),
}


def translate(error: Exception, *, streaming: bool) -> ProviderError:
    """Ours for `error`, raised before the reply began or while `streaming` it."""
    if isinstance(error, ProviderError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _status(error)
    is_connection = isinstance(error, openai.APIConnectionError | httpx2.TransportError)
    if is_connection and not streaming:
        return Unavailable(_raw(error))
    return CutOff(_raw(error))  # midway, or no JSON, or no text at all


def complaint_of(error: openai.APIStatusError) -> Complaint:
    return complaints.read(error.body, error.status_code)


def within(chunk: object) -> ProviderError | None:
    """The error that a reply of status 200 turns out to hold."""
    said = complaints.within(chunk) if isinstance(chunk, dict) else None
    if not said:
        return None
    complaint = complaints.read(said)
    if complaint.status:
        return _by_status(complaint)(complaint.text)
    kind = _named(complaint, _BY_NAME) or Unavailable
    return kind(complaint.text)


def _status(error: openai.APIStatusError) -> ProviderError:
    complaint, response = complaint_of(error), error.response
    kind = _by_status(complaint)
    where = response.headers.get("location", "")
    raw = f"{error.status_code} {where} {complaint.text}"
    wait = delays.asked_for(response.headers, is_limited=issubclass(kind, RateLimited))
    return kind(raw, retry_after=wait)


def _by_status(complaint: Complaint) -> type[ProviderError]:
    status = complaint.status or 500
    if complaint.is_flagged and status < 500:
        return Refused
    if named := _named(complaint, _MORE_THAN_STATUS):
        return named
    if 300 <= status < 400:  # we follow none: a POST does not survive them
        return UnknownUpstreamModel
    return _BY_STATUS.get(status, BadRequest if status < 500 else Unavailable)


def _named(complaint: Complaint, names: Container[str]) -> type[ProviderError] | None:
    return next((_BY_NAME[name] for name in complaint.names if name in names), None)


def _raw(error: Exception) -> str:
    cause = error.__cause__
    return f"{type(error).__name__}: {error} {cause or ''}".strip()
