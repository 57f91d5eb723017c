"""Pages: sign up, sign in, sign out."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import client, cookies, limits, services, tokens, validation
from accounts.oauth.pages import ways_in
from chatsvg import problems
from chatsvg.errors import DomainError

HOME = "/app"
FOR_DRAWING = "drawing"  # `?for=`: came from a prompt that waits to be drawn


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signup(request):
    if request.user.is_authenticated:
        return redirect(destination(request))
    if request.method != "POST":
        return _form(request, "accounts/signup.html")
    device = client.device(request)
    try:
        services.require_email_auth()
        limits.check_address(device["ip"])
        asked = validation.registration(_asked(request.POST))
        user = services.register(**asked, ip=device["ip"])
    except DomainError as refusal:
        return _form(request, "accounts/signup.html", refusal)
    return _enter(request, tokens.issue(user, **device))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request):
    if request.user.is_authenticated:
        return redirect(destination(request))
    if request.method != "POST":
        return _form(request, "accounts/signin.html")
    device = client.device(request)
    try:
        services.require_email_auth()
        limits.check_address(device["ip"])
        issued = services.login(
            email=validation.email(request.POST),
            password=validation.password(request.POST),
            remember_me="rememberMe" in request.POST,
            **device,
        )
    except DomainError as refusal:
        return _form(request, "accounts/signin.html", refusal)
    return _enter(request, issued)


@require_POST
def signout(request):
    services.logout(request.COOKIES.get(cookies.REFRESH, ""))
    response = redirect("/")
    cookies.sign_out(response)
    return response


def destination(request: HttpRequest) -> str:
    """Where `?next=` leads, if that is a path of ours; else the app."""
    wanted = request.GET.get("next", "")
    is_local = wanted.startswith("/") and not wanted.startswith("//")
    return wanted if is_local and "\\" not in wanted and wanted.isprintable() else HOME


def _asked(posted: QueryDict) -> dict[str, object]:
    """A sign-up form as the validation knows it: a ticked box is True."""
    return {**posted.dict(), "agreedToTerms": "agreedToTerms" in posted}


def _form(request: HttpRequest, template: str, refusal: DomainError | None = None) -> HttpResponse:
    """The form, with what was typed (never the password) and why it was refused."""
    context = {
        "typed": request.POST,
        "refusal": str(refusal) if refusal else "",
        "for_drawing": request.GET.get("for") == FOR_DRAWING,
        "query": _kept(request.GET),
        **ways_in(request, destination(request)),
    }
    response = render(request, template, context)
    return problems.refused(response, refusal) if refusal else response


def _kept(query: QueryDict) -> str:
    """What goes along from page to page: not why the last try came to nothing."""
    kept = query.copy()
    kept.pop("error", None)
    return kept.urlencode()


def _enter(request: HttpRequest, issued: tokens.Issued) -> HttpResponse:
    response = redirect(destination(request))
    cookies.sign_in(response, issued)
    return response
