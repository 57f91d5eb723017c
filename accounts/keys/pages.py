"""`/api-keys`: the keys of whoever is signed in, what was done with them, and new ones."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import shown_once
from accounts.guards import signed_in
from accounts.keys import asked, services, shown
from accounts.keys.errors import KeyMissing
from chatsvg import problems, ratelimits
from chatsvg.errors import DomainError
from chatsvg.ratelimits import rules

PLACE, PAGE = "/api-keys", "accounts/keys/keys.html"
REVOKED = {"text": "Key revoked. Programs that send it are refused from now on."}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request):
    if not request.user.is_authenticated:
        is_asking = request.method != "POST"
        return render(request, "accounts/keys/visitor.html") if is_asking else _sign_in_first()
    if request.method == "POST":
        return _create(request)
    toast = REVOKED if "revoked" in request.GET else None
    context = {**shown.page(request.user), "toast": toast}
    return shown_once.page(request, PAGE, context, path=PLACE)


@require_POST
@signed_in(PLACE)
def revoke(request, key_id):
    try:
        services.revoke(services.find(request.user, key_id))
    except KeyMissing as refusal:
        raise Http404 from refusal
    return redirect(f"{PLACE}?revoked")


def _create(request: HttpRequest) -> HttpResponse:
    try:
        wish = asked.key(shown.wanted(request.POST))
        ratelimits.take(rules.KEY_MAKING, request.user.pk)
        made = services.create(request.user, wish)
    except DomainError as refusal:
        context = {**shown.page(request.user, request.POST), "refusal": str(refusal)}
        return problems.refused(render(request, PAGE, context), refusal)
    response = redirect(PLACE)
    secret = {"key": made.raw, "name": made.key.name, "environment": made.key.environment}
    shown_once.keep(response, secret, user_id=request.user.pk, path=PLACE)
    return response


def _sign_in_first() -> HttpResponse:
    return redirect(f"/signin?next={PLACE}")
