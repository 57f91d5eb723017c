"""`/docs`, `/v1/docs` and `/llms.txt`. The reference is the same for everybody, and made once."""

from functools import cache

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import shown_once
from accounts.guards import signed_in
from accounts.keys import examples
from chatsvg import problems, ratelimits
from chatsvg.docs import samples
from chatsvg.docs.guide import shown
from chatsvg.errors import DomainError
from chatsvg.openapi.api import Document, answer, document
from chatsvg.ratelimits import rules

PLACE = "/docs"
HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"


@require_safe
@never_cache
def guide(request):
    made = shown_once.kept(request, path=PLACE)
    response = render(request, "docs/guide.html", shown(made["key"] if made else ""))
    if made:
        shown_once.forget(response, path=PLACE)
    return response


@require_POST
@signed_in("/docs%23try")
def make_key(request):
    """A test key for the samples. It is seen by the next look at the guide, and by no other."""
    try:
        ratelimits.take(rules.KEY_MAKING, request.user.pk)
        made = examples.make(request.user)
    except DomainError as refusal:
        context = {**shown(""), "refusal": str(refusal)}
        return problems.refused(render(request, "docs/guide.html", context), refusal)
    response = redirect(f"{PLACE}#try")
    shown_once.keep(response, {"key": made.raw}, user_id=request.user.pk, path=PLACE)
    return response


@require_safe
@never_cache
def me(request):
    """For the header of the reference: who looks at it."""
    return render(request, "docs/_me.html")


@require_safe
def sample(request, name):
    text = samples.read(name)
    if text is None:
        raise Http404
    return answer(request, document(text.encode()), TEXT)


@require_safe
def reference(request):
    return answer(request, _reference(), HTML)


reference.double_submit_exempt = True  # type: ignore[attr-defined]  # it changes nothing


@require_safe
def llms(request):
    return answer(request, _llms(), TEXT)


@cache
def _reference() -> Document:
    from chatsvg.docs.reference import Reader  # with all that makes the description, once
    from chatsvg.openapi.generator import for_programs
    from chatsvg.openapi.v1.refusals import REFUSALS

    description = for_programs()
    reader = Reader(description)
    shown = {
        "groups": reader.groups(),
        "events": reader.events(),
        "schemas": reader.schemas(),
        "refusals": REFUSALS,
        "about": description["info"]["description"],
        "origin": settings.PUBLIC_URL,
    }
    return document(render_to_string("docs/reference.html", shown).encode())


@cache
def _llms() -> Document:
    from chatsvg.docs.reference import Reader
    from chatsvg.openapi.generator import for_programs

    shown = {"groups": Reader(for_programs()).groups(), "origin": settings.PUBLIC_URL}
    return document(render_to_string("docs/llms.txt", shown).encode())
