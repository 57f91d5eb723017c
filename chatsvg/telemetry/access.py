"""One line and a few figures for every request: its route, never its path or its query."""

import logging
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from chatsvg.shared_metrics import Counter, Histogram
from chatsvg.telemetry import own

logger = logging.getLogger(__name__)
UNMATCHED = "unmatched"
_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS WEBSOCKET".split())
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_requests = Counter(
    "chatsvg_http_requests",
    "Requests that were answered, live connections when they ended.",
    ("method", "route", "status"),
)
_seconds = Histogram(
    "chatsvg_http_request_seconds",
    "From the first middleware to the answer; live connections are left out.",
    ("method", "route"),
    buckets=BUCKETS,
)


def note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Of a request that Django has answered."""
    method = method_of(request.method)
    route, status = route_of(request, response.status_code), response.status_code
    _requests.add(method, route, str(status))
    _seconds.observe(seconds, method, route)
    own.note_now_and_then()
    _tell(method, route, status, seconds, _size(response))


def note_live(method: str, route: str, status: int, seconds: float, size: int) -> None:
    """Of a connection that has ended."""
    method = method_of(method)
    _requests.add(method, route, str(status))
    _tell(method, route, status, seconds, size)


def _tell(method: str, route: str, status: int, seconds: float, size: int | None) -> None:
    if settings.ACCESS_LOG:
        logger.info(
            "request.answered method=%s route=%s status=%s ms=%s bytes=%s",
            *(method, route, status, round(seconds * 1000, 1), size),
        )


def method_of(sent: str | None) -> str:
    """Anybody may send any word."""
    return sent if sent in _METHODS else "OTHER"


def route_of(request: HttpRequest, status: int = 0) -> str:
    """The pattern that the address matched, which holds nothing of the address itself."""
    match: Any = request.resolver_match
    if match is None and status != 404:
        match = _resolved(request)
    if match is not None:
        return match.route or "/"
    is_static = request.path_info.startswith(settings.STATIC_URL)
    return "static" if is_static else UNMATCHED


def _resolved(request: HttpRequest) -> Any:
    """A middleware answered before the address was looked at."""
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def _size(response: HttpResponseBase) -> int | None:
    """Bytes of the body, where they are known before it is sent."""
    told = response.headers.get("Content-Length", "")
    if told.isdecimal():
        return int(told)
    return None if response.streaming else len(getattr(response, "content", b""))
