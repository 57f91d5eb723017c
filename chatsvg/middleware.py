"""What every request passes through that belongs to no app."""

import time
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from io import BytesIO

from corsheaders.middleware import CorsMiddleware
from csp.constants import HEADER as CSP_HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import Resolver404, resolve

from chatsvg import logs, problems
from chatsvg.telemetry import access, tracing

Handler = Callable[[HttpRequest], HttpResponse]


class RequestId:
    """`x-request-id` on every response: the request's own where it is well-formed, else 32 hex.

    Lines and spans of the request carry it; what came of the request is told when it is over.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        sent = request.headers.get("x-request-id", "")
        with logs.named(sent) as request.id, tracing.request(request) as span:
            response = self.get_response(request)
            tracing.answered(span, request, response)
            access.note(request, response, time.perf_counter() - began)
        response["x-request-id"] = request.id
        return response


def takes_bodies_up_to(size: int, method: str) -> Callable[[Callable], Callable]:
    """Let one method of one view, and nothing else, have bodies of up to `size` bytes."""

    def mark(view: Callable) -> Callable:
        view.body_limits = {method: size}
        return view

    return mark


def _body_limit(request: HttpRequest) -> int:
    """Of the view that will answer."""
    try:
        own = getattr(resolve(request.path_info).func, "body_limits", {})
    except Resolver404:
        own = {}
    return own.get(request.method, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


class Cors(CorsMiddleware):
    """Preflights are answered with 204 (CONTRACT §1.10)."""

    def check_preflight(self, request: HttpRequest) -> HttpResponseBase | None:
        response = super().check_preflight(request)
        if response is not None:
            response.status_code = HTTPStatus.NO_CONTENT
        return response


class Csp(CSPMiddleware):
    """django-csp's; but the policy of the settings, which nearly every answer has, is written once.

    Of theirs, CONTENT_SECURITY_POLICY alone is set: there is nothing to report, nothing left out.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        has_own = self.get_policy_parts(request, response) != PolicyParts()
        if has_own or settings.DEBUG or hasattr(response, "_csp_exempt"):
            return super().process_response(request, response)
        response.headers.setdefault(CSP_HEADER, _policy())
        return response


@cache
def _policy() -> str:
    """That of the settings."""
    return build_policy()


class BoundedBody:
    """413 for a body over DATA_UPLOAD_MAX_MEMORY_SIZE, whether or not somebody would read it; over
    the view's own limit where it has one.

    A chunked body has no Content-Length, which REST framework takes for no body: it is given one.
    Forms are read as UTF-8: Django believes a charset, and breaks on those that are none for text.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or ""
        length = int(announced) if announced.isdecimal() else self._read(request)
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and length > _body_limit(request):
            return problems.answer(
                request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request body too large"
            )
        if request.encoding:
            request.encoding = "utf-8"
        return self.get_response(request)

    def _read(self, request: HttpRequest) -> int:
        """Keep a body of unknown length where Django keeps those that were read; say its length."""
        if request.method in ("GET", "HEAD"):
            return 0  # nobody reads it, and whoever sends it takes their time
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = _read_up_to(most + 1, request)
        if len(body) > most:
            body += _read_up_to(_body_limit(request) - most, request)
        request._body, request._stream = body, BytesIO(body)
        request.META["CONTENT_LENGTH"] = str(len(body))
        return len(body)


def _read_up_to(size: int, request: HttpRequest) -> bytes:
    """Django takes a WSGI body without a length for none, though the server knows its end."""
    is_known = request.META.get("wsgi.input_terminated")
    source = request.META["wsgi.input"] if is_known else request
    body = b""
    while len(body) < size and (piece := source.read(size - len(body))):
        body += piece
    return body


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
