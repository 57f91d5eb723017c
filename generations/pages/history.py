"""`/history`: a person's own drawings, to be found again, taken along and thrown away."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import signed_in
from accounts.profile.downloads import Streamed
from chatsvg import problems, ratelimits, toasts
from chatsvg.caching import PRIVATE
from chatsvg.errors import DomainError
from chatsvg.ids import parse_id
from chatsvg.ratelimits import rules
from generations import bundles, desk, discarding, providers, tiles
from generations.choices import STYLES
from generations.gallery import rows
from generations.gallery.asked import Asked, read, words
from generations.models import Generation
from generations.pages.answers import SeeOther
from generations.pages.discarding import gone

HOME = "/history"
_NAMES = ("q", "style", "model", "privacy")
_PRIVACY = [("", "Public and private"), ("public", "Public"), ("private", "Private")]


@require_safe
@never_cache
def history(request):
    if not request.user.is_authenticated:
        return render(request, "generations/history_signed_out.html")
    try:
        page = _page(request.user, request.GET)
    except DomainError as refusal:
        context = {"refusal": "There is no such page of your history, or not any more."}
        response = render(request, "generations/history.html", context | _form(_Typed()))
        return problems.refused(response, refusal)
    return render(request, "generations/history.html", page)


@require_POST
@signed_in(HOME)
def download(request):
    """The chosen drawings as a ZIP; with `all`, those that the search finds."""
    typed = _typed(request.POST)
    everything = "all" in request.POST
    ids, is_whole = _found(request.user, typed) if everything else (_chosen(request), True)
    if not ids:
        return _nothing(request, typed.address())
    ratelimits.take(rules.BUNDLES, request.user.pk)
    name = f"chatsvg-{timezone.now():%Y-%m-%d}.zip"
    file = bundles.make(request.user, ids, is_whole=is_whole)
    response = Streamed(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = PRIVATE
    return response


@require_POST
@signed_in(HOME)
def discard(request):
    """Put the chosen drawings away."""
    back = _typed(request.POST).address()
    away = discarding.discard(request.user, _chosen(request))
    if away is None:
        return _nothing(request, back)
    at = urlencode({"at": away.at.isoformat()})
    undo = f"{reverse('generations:restore_all')}?{at}"
    return gone(request, away.ids, undo=undo, back=back)


class _Typed(NamedTuple):
    """What the form says, as it was typed."""

    q: str = ""
    style: str = ""
    model: str = ""
    privacy: str = ""

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Those that say something."""
        return [(name, value) for name, value in self._asdict().items() if value]

    def address(self, cursor: str = "") -> str:
        said = urlencode([*self.fields, *([("cursor", cursor)] if cursor else [])])
        return f"{HOME}?{said}" if said else HOME

    def asked(self, cursor: str = "") -> Asked:
        """Raises Invalid."""
        query = QueryDict(mutable=True)
        query.update({**self._asdict(), "cursor": cursor})
        return read(query, with_privacy=True)._replace(words=words(self.q))


def _typed(query: Mapping[str, str]) -> _Typed:
    return _Typed(*(query.get(name, "").strip() for name in _NAMES))


def _page(user, query: QueryDict) -> dict:
    """Raises Invalid, for what no form of ours sends."""
    typed = _typed(query)
    page = rows.of(user.pk, typed.asked(query.get("cursor", "")))
    return {
        "tiles": tiles.of_rows(page.rows),
        "next": page.next_cursor and typed.address(page.next_cursor),
        "is_filtered": any(typed),
        "has_drawn": bool(page.rows) or desk.has_drawn(user),
        "most": bundles.MOST,
        **_form(typed),
    }


def _form(typed: _Typed) -> dict:
    return {
        "typed": typed,
        "styles": [("", "All styles"), *STYLES.items()],
        "models": [("", "All models"), *((one.name, one.label) for one in providers.models())],
        "privacies": _PRIVACY,
    }


def _nothing(request, back: str):
    """Nothing was chosen, or nothing of theirs."""
    response = HttpResponse() if request.htmx else SeeOther(back)
    return toasts.say(request, response, "Choose some drawings first.")


def _found(user, typed: _Typed) -> tuple[list[UUID], bool]:
    """What the search finds, and whether that is all."""
    try:
        page = rows.of(user.pk, typed.asked()._replace(limit=bundles.MOST))
    except DomainError:
        return [], True
    return [UUID(row.id) for row in page.rows], page.next_cursor is None


def _chosen(request) -> list[UUID]:
    """The drawings that were ticked and are theirs, newest first."""
    ticked = [parse_id(one) for one in request.POST.getlist("drawing")[: bundles.MOST]]
    mine = Generation.objects.owned_by(request.user).filter(pk__in=[one for one in ticked if one])
    return list(mine.order_by("-created_at", "-id").values_list("pk", flat=True))
