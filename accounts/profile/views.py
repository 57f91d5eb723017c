"""The account page. Every form posts to a route of its own and comes back to its section."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import cookies, validation
from accounts.emails import services as emails
from accounts.emails import verification
from accounts.oauth import services as oauth
from accounts.oauth_server import grants
from accounts.passwords import asked as passwords_asked
from accounts.passwords import services as passwords
from accounts.profile import (
    asked,
    avatars,
    deletion,
    downloads,
    exports,
    page,
    services,
)
from accounts.profile.errors import BadPicture, StorageAway
from accounts.profile.pictures import BYTES_MOST
from accounts.sessions import services as sessions
from chatsvg import problems
from chatsvg.errors import DomainError, Invalid
from chatsvg.ids import parse_id

PAGE = "accounts/account.html"


def signed_in(view: Callable) -> Callable:
    """For people who are signed in; others are asked to, and come back to the account page."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect("/signin?next=/account")
        return view(request, *args, **kwargs)

    return never_cache(guarded)


@require_safe
@signed_in
def account(request):
    return render(request, PAGE, page.context(request))


@require_safe
def deleted(request):
    if request.user.is_authenticated:
        return redirect("/account")
    return render(request, "accounts/account_deleted.html")


@require_POST
@signed_in
def rename(request):
    return _do(
        request, "name", lambda: services.rename(request.user, validation.name(request.POST))
    )


@require_POST
@signed_in
def set_avatar(request):
    return _do(request, "avatar", lambda: avatars.set_avatar(request.user, _uploaded(request)))


@require_POST
@signed_in
def remove_avatar(request):
    return _do(request, "avatar", lambda: avatars.remove_avatar(request.user), done="no-avatar")


@require_POST
@signed_in
def change_email(request):
    return _do(
        request,
        "email",
        lambda: emails.ask_change(
            request.user,
            password=_required(request, "password", "Current password"),
            new_email=validation.email(request.POST),
        ),
    )


@require_POST
@signed_in
def verify_email(request):
    return _do(request, "verify", lambda: verification.ask(request.user))


@require_POST
@signed_in
def change_password(request):
    return _do(
        request,
        "password",
        lambda: passwords.change(
            request.user, request.session_of_person, **passwords_asked.change(request.POST)
        ),
    )


@require_POST
@signed_in
def prove(request):
    """The password once more, before an account elsewhere is connected."""

    def act():
        passwords.confirm(request.user, _required(request, "password", "Current password"))
        sessions.note_proof(request.session_of_person)

    return _do(request, "proof", act)


@require_POST
@signed_in
def disconnect(request, provider):
    return _do(
        request,
        "connections",
        lambda: oauth.disconnect(request.user, provider),
        done="disconnected",
    )


@require_POST
@signed_in
def end_session(request, session_id):
    """This device as well: then its cookies go, and the sign-in page comes."""
    wanted = parse_id(session_id)
    current = request.session_of_person.pk
    response = _do(request, "devices", lambda: sessions.end(request.user, wanted), done="device")
    if response.status_code == 302 and wanted == current:
        response = redirect("/signin")
        cookies.sign_out(response)
    return response


@require_POST
@signed_in
def end_others(request):
    keep = request.session_of_person
    return _do(
        request, "devices", lambda: sessions.end_all(request.user, because="revoked", keep=keep)
    )


@require_POST
@signed_in
def disconnect_app(request, grant_id):
    return _do(
        request,
        "apps",
        lambda: grants.end(grants.find(request.user, parse_id(grant_id))),
        done="app",
    )


@require_POST
@signed_in
def ask_export(request):
    return _do(request, "export", lambda: exports.ask(request.user))


@require_safe
@signed_in
def download_export(request, export_id):
    try:
        return downloads.response(exports.find(request.user, parse_id(export_id)))
    except DomainError as refusal:
        return _refused(request, "export", refusal)


@require_POST
@signed_in
def delete(request):
    try:
        deletion.delete(request.user, request.session_of_person, **asked.deletion(request.POST))
    except DomainError as refusal:
        return _refused(request, "delete", refusal)
    response = redirect("/account/deleted")
    cookies.sign_out(response)
    return response


@require_safe
def avatar(request, name):
    """`/files/avatars/…`: inert, for everybody who knows its random name, and never another."""
    try:
        picture = avatars.read(name)
    except StorageAway as refusal:
        return problems.answer(request, refusal.status, str(refusal))
    if picture is None:
        raise Http404
    return HttpResponse(picture, headers=avatars.HEADERS)


def _do(
    request: HttpRequest, form: str, act: Callable[[], object], *, done: str = ""
) -> HttpResponse:
    """`act()`, then the page anew with what was done, or as it was with why it was not."""
    try:
        act()
    except DomainError as refusal:
        return _refused(request, form, refusal)
    name = done or form
    return redirect(f"/account?done={name}#{page.DONE[name][0]}")


def _refused(request: HttpRequest, form: str, refusal: DomainError) -> HttpResponse:
    response = render(request, PAGE, page.context(request, form=form, refusal=refusal))
    return problems.refused(response, refusal)


def _uploaded(request: HttpRequest) -> bytes:
    file = request.FILES.get("avatar")
    if file is None:
        raise BadPicture("Please choose a picture first.")
    return file.read(BYTES_MOST + 1)


def _required(request: HttpRequest, field: str, label: str) -> str:
    value = request.POST.get(field, "")
    if not value:
        raise Invalid(f"{label} is required")
    return value
