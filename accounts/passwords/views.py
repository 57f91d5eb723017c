"""Pages: a forgotten password, and a new one by the link of a mail."""

from functools import wraps

from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts import client, one_time, validation
from accounts.errors import EmailAuthDisabled
from accounts.links import page
from accounts.passwords import asked, services
from accounts.passwords.errors import ResetLinkSpent
from accounts.services import require_email_auth
from chatsvg.errors import DomainError, Invalid

FORGOT, RESET = "accounts/forgot.html", "accounts/reset.html"
methods = require_http_methods(["GET", "HEAD", "POST"])


def with_passwords(view):
    """Where passwords are of no use, a page says so instead."""

    @wraps(view)
    def guarded(request):
        try:
            require_email_auth()
        except EmailAuthDisabled as refusal:
            return page(request, FORGOT, refusal, closed=True)
        return view(request)

    return guarded


@methods
@with_passwords
def forgot(request):
    if request.method != "POST":
        return page(request, FORGOT)
    try:
        asked.limit(request)
        services.ask_reset(validation.email(request.POST))
    except DomainError as refusal:
        return page(request, FORGOT, refusal, typed=request.POST)
    return page(request, FORGOT, sent=True, said=asked.FORGOT)


@methods
@with_passwords
def reset(request):
    """GET uses nothing up: mail scanners open links as well."""
    if request.method == "POST":
        return _reset(request)
    if "done" in request.GET:
        return page(request, RESET, done=True)
    return _form(request, request.GET.get("token", ""))


def _reset(request):
    token = request.POST.get("token", "")
    try:
        asked.limit(request)
        password = request.POST.get("password", "")
        wanted = asked.reset({"token": token, "newPassword": password})
        if request.POST.get("confirm") != password:
            raise Invalid(asked.DIFFERENT)
        services.reset(*wanted, device=client.device(request)["user_agent"])
    except DomainError as refusal:
        return _form(request, token, refusal)
    return redirect("/reset-password?done")


def _form(request, token, refusal=None):
    """The form, or that the link is of no use any more."""
    found = one_time.find(token, one_time.Purpose.RESET_PASSWORD)
    if found is None:
        return page(request, RESET, refusal or ResetLinkSpent(), spent=True)
    return page(request, RESET, refusal, token=token, email=found.email)
