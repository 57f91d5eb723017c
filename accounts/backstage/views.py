"""`/backstage`: asking for a link to the figures, and asking before one is used up: mail scanners
open links as well."""

from csp.decorators import csp_update
from django.conf import settings
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts import client, validation
from accounts.backstage import cookies, services
from accounts.backstage.api import ASKED, ASKING
from accounts.errors import LinkSpent
from accounts.links import page
from chatsvg import ratelimits
from chatsvg.errors import DomainError
from chatsvg.ratelimits.places import place

TEMPLATE = "accounts/backstage.html"


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request):
    """Chromium asks `form-action` where a form's answer may lead: to the client, here."""
    may_lead = csp_update({"form-action": [settings.FRONTEND_URL]})
    if request.method != "POST":
        return may_lead(_ask)(request)
    return may_lead(_send if "email" in request.POST else _begin)(request)


@require_POST
def leave(request):
    """The visit is over, here and wherever a copy of its cookie is."""
    services.end(cookies.read_pass_of_pages(request))
    response = redirect("/backstage")
    cookies.forget(response)
    return response


def _ask(request):
    token = request.GET.get("token")
    if token is None:
        may_look = services.may_look(cookies.read_pass_of_pages(request), request.user)
        return page(request, TEMPLATE, is_asking=True, may_look=may_look)
    if not services.is_open(token):
        return page(request, TEMPLATE, LinkSpent())
    return page(request, TEMPLATE, token=token)


def _send(request):
    """The same words whoever it is."""
    try:
        ratelimits.take(ASKING, place(client.address(request)))
        browser = services.ask(validation.email(request.POST))
    except DomainError as refusal:
        return page(request, TEMPLATE, refusal, is_asking=True)
    response = page(request, TEMPLATE, asked=ASKED)
    cookies.mark_asker(response, browser)
    return response


def _begin(request):
    try:
        secret = services.begin(request.POST.get("token", ""), **client.device(request))
    except LinkSpent as refusal:
        return page(request, TEMPLATE, refusal)
    response = redirect(services.figures_address())
    cookies.give_pass(response, secret)
    return response
