"""The landing page, and the page where drawings are made."""

import time
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from chatsvg import problems
from chatsvg.errors import DomainError
from chatsvg.ids import parse_id
from generations import advice, backlog, cards, desk, dismissals, drafts, recipe, remixing, services
from generations.advice import Advice
from generations.choices import PROMPT_MAX, STYLES
from generations.models import Job
from generations.pages.answers import SIGN_IN, SeeOther, away

RELOAD_SECONDS = 3  # without scripts


@require_safe
def landing(request):
    return render(request, "generations/landing.html", {"styles": STYLES.items()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def app(request):
    if request.method == "POST":
        return _submit(request) if request.user.is_authenticated else _sign_in_first(request)
    draft = drafts.kept(request) if request.user.is_authenticated else {}
    response = _page(request, draft or _begun(request), chosen=_mine(request, "job"))
    if draft:
        drafts.forget(response)
    return response


def address(job: Job) -> str:
    """Of the page that shows how this job goes on."""
    return f"{reverse('generations:app')}?job={job.pk}"


def _submit(request: HttpRequest) -> HttpResponse:
    typed = _typed(request)
    try:
        submitted = services.submit(
            request.user,
            services.read_recipe({**typed, "privacy": typed["privacy"] == "private"}),
            idempotency_key=recipe.key(request.POST.get("key")),
            remix_of=_parent(request, typed),
        )
    except DomainError as refusal:
        return _refused(request, typed, refusal)
    retried = parse_id(request.POST.get("retry", ""))
    response = _accepted(request, typed, submitted.job, retried=retried)
    if retried:
        dismissals.add(request, response, retried)
    return response


def _parent(request: HttpRequest, typed: dict[str, str]) -> UUID | None:
    """The drawing that is remixed. What is tried again does without, if it is gone by now: there is
    no form in which that could be changed."""
    if request.POST.get("retry") and not desk.remixed(request.user, typed["remix"]):
        return None
    return parse_id(typed["remix"])


def _accepted(request: HttpRequest, typed: dict[str, str], job: Job, *, retried) -> HttpResponse:
    if not request.htmx:
        return SeeOther(f"{address(job)}#desk")
    request.user.wallet.refresh_from_db()
    dismissed = dismissals.read(request) | ({dismissals.mark(retried)} if retried else set())
    context = {
        "form": desk.form({**typed, "prompt": "", "remix": ""}, request.user),
        "cards": cards.on_desk(request.user, dismissed, job),
    }
    response = render(request, "generations/_submitted.html", context)
    return trigger_client_event(response, "submitted", {"address": address(job)})


def _refused(request: HttpRequest, typed: dict[str, str], refusal: DomainError) -> HttpResponse:
    """The form again, with everything typed, the reason, and what can be done."""
    request.user.wallet.refresh_from_db()
    trouble = advice.of_refusal(refusal)
    if request.htmx and request.POST.get("retry"):
        told = {"text": f"{trouble.title}. {trouble.text}"}
        response = trigger_client_event(reswap(HttpResponse(), "none"), "toast", told)
    elif request.htmx:
        context = {"form": desk.form(typed, request.user), "trouble": trouble}
        response = render(request, "generations/_refused.html", context)
        response = reswap(retarget(response, "#maker"), "outerHTML")
    else:
        response = _page(request, typed, trouble=trouble)
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
    trouble: Advice | None = None,
) -> HttpResponse:
    form = desk.form(typed, request.user, like=chosen)
    context: dict = {"form": form, "trouble": trouble, "missing": _missing(request, form, chosen)}
    drawn = None
    if request.user.is_authenticated:
        context |= {
            "cards": cards.on_desk(request.user, dismissals.read(request), chosen),
            **desk.recent(request.user),
            "again": _again(chosen) if chosen and not chosen.has_ended else "",
            "again_seconds": backlog.pause(RELOAD_SECONDS),
        }
        drawn = chosen if chosen and chosen.generation else None
    response = render(request, "generations/app.html", context)
    if drawn:
        dismissals.add(request, response, drawn.pk)
    return response


def _missing(request: HttpRequest, form: dict, chosen: Job | None) -> str:
    """Which of the things that the address names is not there, for this person."""
    if request.GET.get("job") and not chosen:
        return "job"
    if request.GET.get("recipe") and not _mine(request, "recipe"):
        return "recipe"
    return "remix" if request.GET.get("remix") and not form["remixed"] else ""


def _again(job: Job) -> str:
    """The address to look at next, without scripts. It differs from the last one: to a place in the
    page that is shown already, browsers only scroll."""
    return f"{address(job)}&at={int(time.time())}#desk"


def _typed(request: HttpRequest) -> dict[str, str]:
    """The form's fields. Browsers send line ends as CR LF; the limit counts LF."""
    posted = request.POST
    typed = {name: posted.get(name, "") for name in ("style", "model", "privacy", "remix")}
    return {"prompt": posted.get("prompt", "").replace("\r\n", "\n"), **typed}


def _begun(request: HttpRequest) -> dict[str, str]:
    """What the form begins with by the address: a drawing to remix (`?remix=<drawing>`), an earlier
    job (`?recipe=<job>`), or words (`?prompt=`)."""
    if drawing := desk.remixed(request.user, request.GET.get("remix", "")):
        return remixing.typed(drawing)
    if job := _mine(request, "recipe"):
        remix = str(job.remix_of_id) if job.remix_of_id else ""
        return {"prompt": job.prompt, "remix": remix, **desk.choices_of(job)}
    words = request.GET.get("prompt", "")[:PROMPT_MAX]
    return {"prompt": words} if words else {}


def _mine(request: HttpRequest, parameter: str) -> Job | None:
    job_id = parse_id(request.GET.get(parameter, ""))
    if job_id is None or not request.user.is_authenticated:
        return None
    return cards.find(request.user, job_id)
