"""Errors on the wire: the contract's JSON for `/api`, pages for people, never a stack trace."""

import logging
import sys
from functools import partial
from http import HTTPStatus

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework import exceptions
from rest_framework.response import Response

from chatsvg.database import AWAY
from chatsvg.errors import DomainError
from chatsvg.faces import is_for_programs
from chatsvg.telemetry import access

logger = logging.getLogger(__name__)

_RETRY_AFTER_SECONDS = 2
_MACHINES = ("/api/", "/v1/", "/mcp", "/ws/", "/events/")
SERVER_ERROR = "Internal server error"
JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json"  # RFC 9457
_CODES = {402: "INSUFFICIENT_CREDITS", 413: "REQUEST_ENTITY_TOO_LARGE", 422: "UNPROCESSABLE_ENTITY"}
# Python 3.13 renamed these two; what programs read stays
_TITLES = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}


def is_away(error: BaseException) -> bool:
    """Whether the database did not answer, as opposed to refusing a statement."""
    return isinstance(error, AWAY)


def wants_page(request: HttpRequest) -> bool:
    """Whether a person's browser asked, and for a page: everything else gets JSON."""
    machine = f"{request.path_info}/".startswith(_MACHINES)
    return not machine and "text/html" in request.headers.get("Accept", "")


def refused(response: HttpResponse, refusal: DomainError) -> HttpResponse:
    """The page or body of a refusal, with its status and its headers."""
    response.status_code = refusal.status
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def answer(request: HttpRequest, status: int, error: str, **extra: object) -> HttpResponse:
    """One error, as a page or as JSON."""
    if wants_page(request):
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            request.session_of_person = None  # what failed may be the database: do not ask it
        context = {"status": status, "error": error, **extra}
        return render(request, "error.html", context, status=status)
    body, kind = _told(request, status, error, "", extra)
    return JsonResponse(body, status=status, content_type=kind)


def _told(
    request: HttpRequest, status: int, error: str, code: str, extra: dict
) -> tuple[dict, str]:
    """The body of an error, and its content type. Programs get a problem, with the same members."""
    told = {"error": error, **({"errorCode": code} if code else {}), **extra}
    if not is_for_programs(request.path_info):
        return told, JSON
    known = HTTPStatus(status)
    problem = {
        "type": "about:blank",
        "title": _TITLES.get(status, known.phrase),
        "status": status,
        "detail": error,
        "errorCode": _CODES.get(status, known.name),
        "requestId": getattr(request, "id", ""),
    }
    return {**problem, **told}, PROBLEM


def away(request: HttpRequest) -> HttpResponse:
    """503: try again in a moment."""
    response = answer(request, HTTPStatus.SERVICE_UNAVAILABLE, "Service unavailable")
    response["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    return response


def handle(error: Exception, context: dict) -> Response:
    """DRF's exception handler. Anything unexpected is logged and answered as a plain 500."""
    request = context["request"]._request
    respond = partial(_respond, request)
    if isinstance(error, DomainError):
        return respond(error.status, str(error), error.code, error.extra, error.headers)
    if is_away(error):
        retry = {"Retry-After": str(_RETRY_AFTER_SECONDS)}
        return respond(HTTPStatus.SERVICE_UNAVAILABLE, "Service unavailable", "", {}, retry)
    if isinstance(error, Http404):
        return respond(HTTPStatus.NOT_FOUND, "Not found", "", {}, {})
    if isinstance(error, PermissionDenied):
        return respond(HTTPStatus.FORBIDDEN, "Forbidden", "", {}, {})
    if isinstance(error, RequestDataTooBig):
        return respond(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request body too large", "", {}, {})
    if isinstance(error, BadRequest | SuspiciousOperation):
        return respond(HTTPStatus.BAD_REQUEST, "Bad request", "", {}, {})
    if isinstance(error, exceptions.APIException):
        return _framework(error, request)
    logger.exception("request.failed method=%s route=%s", request.method, access.route_of(request))
    return respond(
        HTTPStatus.INTERNAL_SERVER_ERROR, SERVER_ERROR, "", {"requestId": request.id}, {}
    )


def _respond(
    request: HttpRequest, status: int, error: str, code: str, extra: dict, headers: dict
) -> Response:
    body, kind = _told(request, status, error, code, extra)
    return Response(body, status=status, headers=headers, content_type=kind)


def _framework(error: exceptions.APIException, request: HttpRequest) -> Response:
    """DRF's own refusals, in the contract's words."""
    headers: dict[str, str] = {}
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return _respond(request, HTTPStatus.UNAUTHORIZED, request.refusal, "", {}, headers)
    if isinstance(error, exceptions.Throttled) and error.wait is not None:
        headers["Retry-After"] = str(max(1, round(error.wait)))
    sentence = {
        HTTPStatus.BAD_REQUEST: "Malformed JSON",
        HTTPStatus.NOT_FOUND: "Not found",
        HTTPStatus.METHOD_NOT_ALLOWED: "Method not allowed",
        HTTPStatus.NOT_ACCEPTABLE: "Not acceptable",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Unsupported media type; send application/json",
    }.get(HTTPStatus(error.status_code), str(error.detail))
    return _respond(request, error.status_code, sentence, "", {}, headers)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, HTTPStatus.NOT_FOUND, "Not found")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request body too large")
    return answer(request, HTTPStatus.BAD_REQUEST, "Bad request")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, HTTPStatus.FORBIDDEN, "Forbidden")


def server_error(request: HttpRequest) -> HttpResponse:
    """For what no view was there to catch: in a middleware, or while an error was answered."""
    if (error := sys.exc_info()[1]) and is_away(error):
        return away(request)
    request_id = getattr(request, "id", "")
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, SERVER_ERROR, requestId=request_id)
