"""Who asks, and whether the question came from a page of ours."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject

from accounts import cookies, csrf, jwt, sessions, tokens
from accounts.errors import CsrfFailed, RefreshRefused, SessionEnded
from chatsvg import logs, problems
from chatsvg.caching import PRIVATE
from chatsvg.database import AWAY
from chatsvg.errors import SignedOut
from chatsvg.faces import is_for_programs

Handler = Callable[[HttpRequest], HttpResponse]
_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
_NOT_PAGES = (
    *("/api/", "/v1/", "/mcp", "/admin/", "/ws/", "/socket.io/"),
    *("/static/", "/files/", "/samples/"),
)


def is_page(request: HttpRequest) -> bool:
    """Whether this is a page of ours: not the API, not the Django admin, not a file."""
    return not f"{request.path_info}/".startswith(_NOT_PAGES)


class DoubleSubmitCsrf:
    """The check of `accounts.csrf` on every unsafe request to `/api` and to pages.

    Views marked with `double_submit_exempt` are left out: exact views, never a pattern of paths.
    HTML pages set the cookie and keep its value; JSON answers keep it where it was sent.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_for_programs(request.path_info):
            return self.get_response(request)
        sent = request.COOKIES.get(cookies.CSRF, "")
        value = SimpleLazyObject(lambda: sent if csrf.is_ours(sent) else csrf.make())
        request.csrf_value = value
        response = self.get_response(request)
        html = response.get("Content-Type", "").startswith("text/html")
        if (html and is_page(request)) or (request.method not in _SAFE and value == sent):
            cookies.keep_csrf(response, str(value))
            response.setdefault("Cache-Control", PRIVATE)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        guarded = is_page(request) or request.path_info.startswith("/api/")
        exempt = getattr(view, "double_submit_exempt", False)
        if request.method in _SAFE or not guarded or exempt:
            return None
        try:
            csrf.check(request)
        except CsrfFailed as refusal:
            return problems.answer(request, refusal.status, str(refusal), **refusal.extra)
        return None


class SignedIn:
    """Puts the person on the request, as `user` and `session_of_person`, when somebody looks.

    `refusal` is the sentence for a 401. On pages an access token that ran out is renewed from the
    refresh token, so that a page never shows somebody signed out after fifteen minutes. What was
    answered to somebody is not cached; a 401 for a session that ended takes its cookies along.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/"):
            return self.get_response(request)
        request.has_stale_token = request.has_ended_session = request.is_personal = False
        renewed = self._renew(request) if is_page(request) else None
        session = SimpleLazyObject(lambda: _session(request))
        request.session_of_person = session
        request.user = SimpleLazyObject(  # type: ignore[assignment]
            lambda: session.user if session else AnonymousUser()
        )
        response = self.get_response(request)
        refused = request.has_ended_session and response.status_code == HTTPStatus.UNAUTHORIZED
        if cookies.ACCESS in response.cookies:
            pass  # the view has decided
        elif isinstance(renewed, tokens.Issued):
            cookies.sign_in(response, renewed)
        elif isinstance(renewed, RefreshRefused) or refused:
            cookies.sign_out(response)
        if renewed:
            response["Cache-Control"] = PRIVATE  # whatever the view allows: cookies go along
        elif request.is_personal:
            response.setdefault("Cache-Control", PRIVATE)
        return response

    def _renew(self, request: HttpRequest) -> tokens.Issued | RefreshRefused | None:
        refresh = request.COOKIES.get(cookies.REFRESH)
        if not refresh or _is_fresh(request.COOKIES.get(cookies.ACCESS, "")):
            return None
        try:
            issued = tokens.rotate(refresh)
        except RefreshRefused as refusal:
            return refusal
        except AWAY:
            if _stands_alone(request):
                return None
            raise
        request.COOKIES[cookies.ACCESS] = jwt.sign(issued.session)
        return issued


def _stands_alone(request: HttpRequest) -> bool:
    """Whether its page is shown while PostgreSQL is away, then to nobody in particular."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return getattr(view, "stands_alone", False)


def _is_fresh(access_token: str) -> bool:
    try:
        return bool(access_token and jwt.read(access_token))
    except SignedOut:
        return False


def _access(request: HttpRequest) -> str:
    """The access token of the cookie, else of the Authorization header."""
    cookie = request.COOKIES.get(cookies.ACCESS, "")
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return cookie or (bearer.strip() if scheme.lower() == "bearer" else "")


def _session(request: HttpRequest) -> object:
    token = _access(request)
    if not token:
        request.refusal = "No token provided"
        return None
    try:
        session = sessions.resolve(token)
    except SignedOut as refusal:
        request.refusal = str(refusal)
        request.has_stale_token = True
        request.has_ended_session = isinstance(refusal, SessionEnded)
        return None
    request.is_personal = True
    logs.bind(user=session.user_id)
    return session
