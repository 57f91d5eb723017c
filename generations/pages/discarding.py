"""Deleting drawings, and taking that back for a while."""

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from chatsvg import problems, toasts
from generations import discarding
from generations.models import Generation
from generations.pages.answers import SeeOther, fragment_of_mine


@require_POST
@fragment_of_mine
def discard(request, drawing_id):
    away = discarding.discard(request.user, [drawing_id])
    if away is None and not _is_away(request.user, drawing_id):
        raise Http404
    undo = reverse("generations:restore", args=[drawing_id])
    return gone(request, [drawing_id], undo=undo, back=_back(request, drawing_id))


@require_POST
@fragment_of_mine
def restore(request, drawing_id):
    came = discarding.restore(request.user, drawing_id)
    if not came and not Generation.objects.owned_by(request.user).filter(pk=drawing_id).exists():
        raise Http404
    return _here_again(request, 1)


@require_POST
@fragment_of_mine
def restore_all(request):
    """Those that went at one time."""
    came = discarding.restore_all(request.user, _time(request.GET.get("at", "")))
    if not came:
        raise Http404
    return _here_again(request, len(came))


def gone(request: HttpRequest, ids: Iterable[UUID], *, undo: str, back: str) -> HttpResponse:
    """That they are, and how to take it back. Lists that show them hear it as `discarded`."""
    names = [str(one) for one in ids]
    text = "Drawing deleted" if len(names) == 1 else f"{len(names)} drawings deleted"
    response = HttpResponse() if request.htmx else SeeOther(back)
    toasts.say(request, response, text, undo=undo)
    if request.htmx:  # after the toast: the element that hears both goes with its drawing
        trigger_client_event(response, "discarded", {"ids": names, "undo": undo})
    return response


def _here_again(request: HttpRequest, count: int) -> HttpResponse:
    if not problems.wants_page(request):
        return HttpResponse(status=204)  # to js/toast.js
    text = "The drawing is back" if count == 1 else f"{count} drawings are back"
    return toasts.say(request, SeeOther(_back(request)), text)


def _is_away(user, drawing_id: UUID) -> bool:
    """Whether it went already, and this is a second click."""
    return discarding.restorable(user).filter(pk=drawing_id).exists()


def _back(request: HttpRequest, drawing_id: UUID | None = None) -> str:
    """The page of ours that the form was on, unless it is of a drawing that is no more."""
    there = urlsplit(request.headers.get("Referer", ""))
    is_ours = there.netloc == request.get_host() and re.match(r"/(?!/)", there.path)
    if not is_ours or (drawing_id and str(drawing_id) in there.path):
        return "/history"
    return there._replace(scheme="", netloc="", fragment="").geturl()


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if at.tzinfo is None:
        raise Http404
    return at
