"""`/pricing`, and where PayPal sends people back to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import signed_in
from accounts.models import User
from chatsvg import problems, ratelimits
from chatsvg.errors import DomainError
from chatsvg.ratelimits import rules
from credits import offers, standing
from credits.payments import services
from credits.plans import DRAWING_PRICE, SUPPORTER_PRICE

PLACE = "/pricing"
CANCELLED = {"text": "Your subscription is canceled. PayPal asks for no more money."}


@require_safe
@never_cache
def pricing(request):
    toast = CANCELLED if "cancelled" in request.GET else None
    return render(request, "credits/pricing.html", {**_shown(request), "toast": toast})


@require_POST
@signed_in(PLACE)
def subscribe(request):
    """Have it made, then on to PayPal by way of a page of ours: a form may lead nowhere else."""
    return _do(request, services.subscribe, then="/pricing/paypal")


@require_safe
@signed_in(PLACE)
def paypal(request):
    """The way to PayPal, for what was begun here."""
    found = standing.of(request.user)
    if not found.approve_url:
        return redirect(PLACE)
    context = {"standing": found, "price": SUPPORTER_PRICE}
    return render(request, "credits/paypal.html", context)


@require_POST
@signed_in(PLACE)
def cancel(request):
    return _do(request, services.cancel, then=f"{PLACE}?cancelled")


@require_safe
@never_cache
def approved(request):
    """Back from PayPal. That somebody came here proves nothing: our books say how it is."""
    is_known = request.user.is_authenticated
    context = {"standing": standing.of(request.user) if is_known else None}
    return render(request, "credits/approved.html", context)


@require_safe
@never_cache
def declined(request):
    return render(request, "credits/declined.html")


def _do(request: HttpRequest, act: Callable[[User], object], *, then: str) -> HttpResponse:
    """What their person wants at PayPal, and on; or the plans with why it was not done."""
    try:
        ratelimits.take(rules.PAYMENTS, request.user.pk)
        act(request.user)
    except DomainError as refusal:
        context = {**_shown(request), "refusal": str(refusal)}
        return problems.refused(render(request, "credits/pricing.html", context), refusal)
    return redirect(then)


def _shown(request: HttpRequest) -> dict:
    is_known = request.user.is_authenticated
    return {
        "cards": offers.cards(),
        "lines": offers.comparison(),
        "standing": standing.of(request.user) if is_known else None,
        "is_open": standing.is_open(),
        "drawing_price": DRAWING_PRICE,
    }
