"""Jobs under way: their cards, the tray of every page, and stopping them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from chatsvg.errors import DomainError
from generations import cards, desk, dismissals, services
from generations.errors import JobEnded
from generations.models import Job
from generations.pages.answers import SeeOther, fragment_of_mine
from generations.pages.making import address


@require_safe
@fragment_of_mine
def job(request, job_id):
    """Its card; where it was `begun` elsewhere, by a program, only what else it changes on a page:
    programs with keys fill none."""
    found = _find(request, job_id)
    if not request.htmx:
        return redirect(address(found))
    return _card(request, found, is_shown="begun" not in request.GET or found.key_id is None)


@require_POST
@fragment_of_mine
def cancel(request, job_id):
    try:
        services.cancel(request.user, job_id)
    except JobEnded:
        pass  # it was quicker than the click; the card shows how it ended
    except DomainError as refusal:
        raise Http404 from refusal
    found = _find(request, job_id)
    return _card(request, found) if request.htmx else SeeOther(_back(request) or address(found))


@require_POST
@fragment_of_mine
def dismiss(request, job_id):
    """It has ended, and was seen: show it no more."""
    found = _find(request, job_id)
    response = HttpResponse() if request.htmx else SeeOther(_back(request) or "/app")
    dismissals.add(request, response, found.pk)
    return response


@require_safe
@fragment_of_mine
def tray(request):
    return render(request, "generations/_tray_cards.html", {"page": _back(request)})


@require_safe
@fragment_of_mine
def credits_left(request):
    context = {"credits": desk.credits_of(request.user)}
    return render(request, "generations/_credits_update.html", context)


def _find(request: HttpRequest, job_id: UUID) -> Job:
    found = cards.find(request.user, job_id)
    if found is None:
        raise Http404
    return found


def _card(request: HttpRequest, job: Job, *, is_shown: bool = True) -> HttpResponse:
    """The card of one job; with it the credits, and the recent drawings once it has ended."""
    request.user.wallet.refresh_from_db()
    context: dict = {"job": job, "credits": desk.credits_of(request.user)}
    if is_shown:
        context |= {"card": cards.of([job])[0]}
    if job.has_ended:
        context |= desk.recent(request.user)
    response = render(request, "generations/_job_update.html", context)
    if job.generation and is_shown:
        dismissals.add(request, response, job.pk)
    return response


def _back(request: HttpRequest) -> str:
    """The page of ours that somebody wants to return to (`then`); empty where it is none."""
    wanted = (request.POST if request.method == "POST" else request.GET).get("then", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else ""
