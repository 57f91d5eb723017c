"""Routes that programs call, also those that run in a page of another site."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

from chatsvg import problems
from chatsvg.errors import TooMany

View = Callable[[HttpRequest], HttpResponse]
_EVERYBODY = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "WWW-Authenticate, Retry-After",
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "authorization, content-type, mcp-protocol-version",
    "Access-Control-Max-Age": "86400",
}


def open_by(*methods: str) -> Callable[[View], View]:
    """Any page may call it by `methods` and read the answer, never with cookies: none is looked at,
    so there is nothing that CSRF could use. Refusals are JSON as OAuth has it."""

    def wrap(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest) -> HttpResponse:
            response = _answer(view, request, methods)
            for name, value in _EVERYBODY.items():
                response[name] = value
            return response

        opened.double_submit_exempt = True  # type: ignore[attr-defined]
        return opened

    return wrap


def refusal(status: int, error: str, sentence: str) -> HttpResponse:
    return JsonResponse({"error": error, "error_description": sentence}, status=status)


def _answer(view: View, request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    allowed = ", ".join((*methods, "OPTIONS"))
    if request.method == "OPTIONS":
        known = {"Allow": allowed, "Access-Control-Allow-Methods": allowed, **_PREFLIGHT}
        response = HttpResponse(status=HTTPStatus.NO_CONTENT, headers=known)
        del response["Content-Type"]
        return response
    if request.method not in methods:
        response = refusal(405, "invalid_request", "Method not allowed")
        response["Allow"] = allowed
        return response
    try:
        return view(request)
    except TooMany as error:
        return problems.refused(refusal(429, "temporarily_unavailable", str(error)), error)
