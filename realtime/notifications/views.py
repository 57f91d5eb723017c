"""`/notifications`: everything somebody was told, and the newest of it for the bell."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import signed_in
from chatsvg import problems
from chatsvg.errors import DomainError
from chatsvg.paging import read_cursor
from realtime.notifications import lines, services

IN_BELL, ON_PAGE = 6, 20
PLACE = "/notifications"


@require_safe
@signed_in(PLACE)
def everything(request):
    """A page behind `?cursor=`; with htmx, its list is taken out of it."""
    try:
        after = read_cursor(request.GET.get("cursor", ""))
        page = services.latest(request.user, limit=ON_PAGE, after=after)
    except DomainError as refusal:
        return problems.answer(request, refusal.status, str(refusal))
    shown = {
        "lines": lines.of(page.notifications),
        "next": f"/notifications?cursor={page.next_cursor}" if page.next_cursor else "",
        "is_first": after is None,
        "ended": f"That is everything of the last {settings.NOTIFICATIONS_DAYS} days.",
        "unseen": services.unread(request.user),
    }
    return render(request, "realtime/notifications.html", shown)


@require_safe
@signed_in(PLACE)
def newest(request):
    """What the bell shows when it is opened."""
    page = services.latest(request.user, limit=IN_BELL)
    shown = {"lines": lines.of(page.notifications), "has_more": bool(page.next_cursor)}
    return render(request, "realtime/_newest.html", shown)


@require_POST
@signed_in(PLACE)
def seen(request):
    services.see(request.user)
    return redirect("/notifications")
