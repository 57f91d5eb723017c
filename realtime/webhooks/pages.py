"""`/api-keys/webhooks`: where somebody's servers are told, what was sent there, and again."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import shown_once
from accounts.guards import signed_in
from chatsvg import problems, ratelimits
from chatsvg.errors import DomainError, Missing
from chatsvg.paging import InvalidCursor, read_cursor
from chatsvg.ratelimits import rules
from realtime.webhooks import asked, services, shown
from realtime.webhooks.models import WebhookEndpoint

PLACE = "/api-keys/webhooks"
LIST, DETAIL = "realtime/webhooks/list.html", "realtime/webhooks/detail.html"
USUAL = 20  # deliveries on a page
DONE = {
    "enabled": "Switched on. What waited is sent now.",
    "disabled": "Switched off. Nothing new is sent there.",
    "tested": "A test event is on its way.",
    "replayed": "It is sent again, under its old id.",
    "deleted": "The webhook is deleted.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(PLACE)
def webhooks(request):
    if request.method != "POST":
        return render(request, LIST, {**shown.overview(request.user), "toast": _toast(request)})
    try:
        wish = asked.wish(shown.wanted(request.POST), is_test=None)
        ratelimits.take(rules.WEBHOOKS, request.user.pk)
        made = services.create(request.user, wish)
    except DomainError as refusal:
        context = {**shown.overview(request.user, request.POST), "refusal": str(refusal)}
        return problems.refused(render(request, LIST, context), refusal)
    return _reveal(request, made)


@require_safe
@signed_in(PLACE)
def webhook(request, webhook_id):
    endpoint = _mine(request, webhook_id)
    context = {**_shown(request, endpoint), "toast": _toast(request)}
    return shown_once.page(request, DETAIL, context, path=shown.address(endpoint))


@require_POST
@signed_in(PLACE)
def rotate(request, webhook_id):
    endpoint = _mine(request, webhook_id)
    try:
        ratelimits.take(rules.WEBHOOKS, request.user.pk)
        made = services.rotate(endpoint, ends_previous="ends-previous" in request.POST)
    except DomainError as refusal:
        return _refused(request, endpoint, refusal)
    return _reveal(request, made)


@require_POST
@signed_in(PLACE)
def test(request, webhook_id):
    endpoint = _mine(request, webhook_id)
    return _do(request, endpoint, "tested", lambda: services.test(endpoint))


@require_POST
@signed_in(PLACE)
def enable(request, webhook_id):
    endpoint = _mine(request, webhook_id)
    return _do(request, endpoint, "enabled", lambda: services.change(endpoint, {"enabled": True}))


@require_POST
@signed_in(PLACE)
def disable(request, webhook_id):
    endpoint = _mine(request, webhook_id)
    return _do(request, endpoint, "disabled", lambda: services.change(endpoint, {"enabled": False}))


@require_POST
@signed_in(PLACE)
def delete(request, webhook_id):
    services.delete(_mine(request, webhook_id))
    return redirect(f"{PLACE}?done=deleted")


@require_POST
@signed_in(PLACE)
def replay(request, delivery_id):
    try:
        delivery = services.find_delivery(request.user, delivery_id)
    except Missing as refusal:
        raise Http404 from refusal
    return _do(request, delivery.endpoint, "replayed", lambda: services.replay(delivery))


def _do(
    request: HttpRequest, endpoint: WebhookEndpoint, done: str, act: Callable[[], object]
) -> HttpResponse:
    """`act()`, then the page anew with what was done, or as it was with why it was not."""
    try:
        ratelimits.take(rules.WEBHOOKS, request.user.pk)
        act()
    except DomainError as refusal:
        return _refused(request, endpoint, refusal)
    return redirect(f"{shown.address(endpoint)}?done={done}")


def _reveal(request: HttpRequest, made: services.Made) -> HttpResponse:
    place = shown.address(made.endpoint)
    response = redirect(place)
    shown_once.keep(response, {"secret": made.secret}, user_id=request.user.pk, path=place)
    return response


def _refused(request: HttpRequest, endpoint: WebhookEndpoint, refusal: DomainError) -> HttpResponse:
    context = {**_shown(request, endpoint), "refusal": str(refusal)}
    return problems.refused(render(request, DETAIL, context), refusal)


def _shown(request: HttpRequest, endpoint: WebhookEndpoint) -> dict:
    try:
        after = read_cursor(request.GET.get("cursor", ""))
    except InvalidCursor:
        after = None
    return shown.one(endpoint, services.deliveries(endpoint, limit=USUAL, after=after))


def _mine(request: HttpRequest, webhook_id) -> WebhookEndpoint:
    try:
        return services.find(request.user, webhook_id)
    except Missing as refusal:
        raise Http404 from refusal


def _toast(request: HttpRequest) -> dict | None:
    text = DONE.get(request.GET.get("done", ""))
    return {"text": text} if text else None
