"""The page that asks before a link is used up: mail scanners open links as well."""

from csp.decorators import csp_update
from django.conf import settings
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts import client
from accounts.backstage import cookies, services
from accounts.errors import LinkSpent
from accounts.links import page

TEMPLATE = "accounts/backstage.html"


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request):
    """Chromium asks `form-action` where a form's answer may lead: to the client, here."""
    may_lead = csp_update({"form-action": [settings.FRONTEND_URL]})
    return may_lead(_begin if request.method == "POST" else _ask)(request)


def _ask(request):
    token = request.GET.get("token", "")
    if not services.is_open(token):
        return page(request, TEMPLATE, LinkSpent())
    return page(request, TEMPLATE, token=token)


def _begin(request):
    try:
        secret = services.begin(request.POST.get("token", ""), **client.device(request))
    except LinkSpent as refusal:
        return page(request, TEMPLATE, refusal)
    response = redirect(f"{settings.FRONTEND_URL}/admin")
    cookies.give_pass(response, secret)
    return response
