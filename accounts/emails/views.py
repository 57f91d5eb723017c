"""Pages that prove a mailbox. GET only asks: mail scanners open links as well; POST does it."""

from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts import one_time
from accounts.emails import services, verification
from accounts.errors import LinkSpent
from accounts.links import page
from chatsvg.errors import DomainError

VERIFY, CONFIRM = "accounts/verify.html", "accounts/confirm.html"
methods = require_http_methods(["GET", "HEAD", "POST"])
Purpose = one_time.Purpose


@methods
def verify(request):
    if request.method == "POST":
        return _do(request, VERIFY, verification.verify, "/verify-email?done")
    return _ask(request, VERIFY, Purpose.VERIFY_EMAIL)


@methods
def confirm(request):
    if request.method == "POST":
        return _do(request, CONFIRM, services.confirm_change, "/confirm-email?done")
    return _ask(request, CONFIRM, Purpose.CHANGE_EMAIL)


@require_POST
def resend(request):
    if not request.user.is_authenticated:
        return redirect("/signin?next=/app")
    try:
        verification.ask(request.user)
    except DomainError as refusal:
        return page(request, VERIFY, refusal, resend=True)
    return redirect("/verify-email?sent")


def _ask(request, template, purpose):
    for news in ("done", "sent"):
        if news in request.GET:
            return page(request, template, **{news: True})
    token = request.GET.get("token", "")
    found = one_time.find(token, purpose)
    if found is None:
        return page(request, template, LinkSpent(), spent=True)
    return page(request, template, token=token, email=found.email)


def _do(request, template, act, afterwards):
    try:
        act(request.POST.get("token", ""))
    except DomainError as refusal:
        return page(request, template, refusal, spent=True)
    return redirect(afterwards)
