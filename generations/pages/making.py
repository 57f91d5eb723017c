"""The landing page, and the page where drawings are made, with its fragments."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from chatsvg import problems
from chatsvg.errors import DomainError
from chatsvg.ids import parse_id
from generations import desk, drafts, providers, recipe, services
from generations.choices import STYLES
from generations.errors import JobEnded
from generations.models import Job
from generations.pages.answers import SIGN_IN, SeeOther, away, fragment_of_mine


@require_safe
def landing(request):
    return render(request, "generations/landing.html", {"styles": STYLES.items()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def app(request):
    if request.method == "POST":
        return _submit(request) if request.user.is_authenticated else _sign_in_first(request)
    typed = drafts.kept(request) if request.user.is_authenticated else {}
    response = _page(request, typed or _from_job(request), chosen=_chosen(request))
    if typed:
        drafts.forget(response)
    return response


@require_safe
@fragment_of_mine
def job(request, job_id):
    found = desk.find(request.user, job_id)
    if found is None:
        raise Http404
    if not request.htmx:
        return redirect(_address(found))
    return _card(request, found)


@require_POST
@fragment_of_mine
def cancel(request, job_id):
    try:
        services.cancel(request.user, job_id)
    except JobEnded:
        pass  # it was quicker than the click; the card shows how it ended
    except DomainError as refusal:
        raise Http404 from refusal
    found = desk.find(request.user, job_id)
    return _card(request, found) if request.htmx else SeeOther(_address(found))


@require_safe
@fragment_of_mine
def credits_left(request):
    return render(request, "generations/_credits.html")


def _submit(request: HttpRequest) -> HttpResponse:
    typed = _typed(request)
    try:
        asked = recipe.read(
            {**typed, "privacy": typed["privacy"] == "private"},
            models=[model.name for model in providers.models()],
            default_model=providers.default_model().name,
        )
        key = recipe.key(request.POST.get("key"))
        submitted = services.submit(request.user, asked, idempotency_key=key)
    except DomainError as refusal:
        return _refused(request, typed, refusal)
    if not request.htmx:
        return SeeOther(_address(submitted.job))
    request.user.wallet.refresh_from_db()
    context = {
        "form": desk.form({**typed, "prompt": ""}),
        "cards": desk.cards(request.user, submitted.job),
    }
    response = render(request, "generations/_submitted.html", context)
    return trigger_client_event(response, "submitted", {"address": _address(submitted.job)})


def _refused(request: HttpRequest, typed: dict[str, str], refusal: DomainError) -> HttpResponse:
    """The form again, with everything typed and the reason."""
    request.user.wallet.refresh_from_db()
    if request.htmx:
        context = {"form": desk.form(typed), "refusal": str(refusal)}
        response = render(request, "generations/_refused.html", context)
        response = reswap(retarget(response, "#maker"), "outerHTML")
    else:
        response = _page(request, typed, refusal=str(refusal))
    return problems.refused(response, refusal)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    response = away(request, f"{SIGN_IN}&for=drawing")
    drafts.keep(response, _typed(request))
    return response


def _page(
    request: HttpRequest,
    typed: dict[str, str],
    *,
    chosen: Job | None = None,
    refusal: str = "",
) -> HttpResponse:
    context: dict = {"form": desk.form(typed), "refusal": refusal}
    if request.user.is_authenticated:
        cards = desk.cards(request.user, chosen)
        context |= {
            "cards": cards,
            "recent": desk.recent(request.user),
            "is_waiting": any(not card.job.has_ended for card in cards),
        }
    return render(request, "generations/app.html", context)


def _card(request: HttpRequest, job: Job) -> HttpResponse:
    """The card of one job; with it the credits, and the recent drawings once it has ended."""
    request.user.wallet.refresh_from_db()
    context: dict = {"card": desk.card(job)}
    if job.has_ended:
        context["recent"] = desk.recent(request.user)
    return render(request, "generations/_job_update.html", context)


def _typed(request: HttpRequest) -> dict[str, str]:
    """The form's fields. Browsers send line ends as CR LF; the limit counts LF."""
    posted = request.POST
    typed = {name: posted.get(name, "") for name in ("style", "model", "privacy")}
    return {"prompt": posted.get("prompt", "").replace("\r\n", "\n"), **typed}


def _chosen(request: HttpRequest) -> Job | None:
    return _mine(request, "job")


def _from_job(request: HttpRequest) -> dict[str, str]:
    """The recipe of an earlier job (`?recipe=<job>`), to be changed and drawn anew."""
    job = _mine(request, "recipe")
    if job is None:
        return {}
    privacy = "private" if job.is_private else "public"
    return {"prompt": job.prompt, "style": job.style, "model": job.model, "privacy": privacy}


def _mine(request: HttpRequest, parameter: str) -> Job | None:
    job_id: UUID | None = parse_id(request.GET.get(parameter, ""))
    if job_id is None or not request.user.is_authenticated:
        return None
    return desk.find(request.user, job_id)


def _address(job: Job) -> str:
    return f"{reverse('generations:app')}?job={job.pk}"
