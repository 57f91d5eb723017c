"""`/backstage/figures`: the figures of the installation as a page."""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.backstage import cookies, services
from generations.overview import figures


@never_cache
@require_safe
def overview(request):
    """For who came by a link of the mailbox, and for staff who may read them."""
    secret = cookies.read_pass_of_pages(request)
    if not services.may_look(secret, request.user):
        return redirect("/backstage")
    shown = {"figures": figures.read(), "is_visit": bool(secret)}
    return render(request, "generations/overview.html", shown)
