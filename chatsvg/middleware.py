"""What every request passes through that belongs to no app."""

import re
import secrets
from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from chatsvg import logs, problems

Handler = Callable[[HttpRequest], HttpResponse]

_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """`x-request-id` on every response: the request's own where it is well-formed, else 32 hex."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("x-request-id", "")
        request.id = sent if _ACCEPTED.fullmatch(sent) else secrets.token_hex(16)
        known = logs.request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(known)
        response["x-request-id"] = request.id
        return response


class BoundedBody:
    """413 for a body over DATA_UPLOAD_MAX_MEMORY_SIZE, whether or not somebody would read it.

    A chunked body has no Content-Length, which REST framework takes for no body: it is given one.
    Forms are read as UTF-8: Django believes a charset, and breaks on those that are none for text.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or ""
        length = int(announced) if announced.isdecimal() else self._read(request)
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return problems.answer(
                request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request body too large"
            )
        if request.encoding:
            request.encoding = "utf-8"
        return self.get_response(request)

    def _read(self, request: HttpRequest) -> int:
        """Keep a body of unknown length where Django keeps those that were read; say its length."""
        body = request.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        request._body, request._stream = body, BytesIO(body)
        request.META["CONTENT_LENGTH"] = str(len(body))
        return len(body)


class DatabaseAway:
    """Says 503 with Retry-After where PostgreSQL does not answer, whatever was asked for."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return problems.away(request) if problems.is_away(error) else None


class _AdminOnly:
    """Django's own session, CSRF and messages serve the Django admin and nothing else."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/"):
            return super().__call__(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *call: object) -> HttpResponse | None:
        inherited = getattr(super(), "process_view", None)
        if inherited is None or not request.path_info.startswith("/admin/"):
            return None
        return inherited(request, *call)


class AdminSession(_AdminOnly, SessionMiddleware):
    pass


class AdminCsrf(_AdminOnly, CsrfViewMiddleware):
    pass


class AdminAuthentication(_AdminOnly, AuthenticationMiddleware):
    pass


class AdminMessages(_AdminOnly, MessageMiddleware):
    pass
