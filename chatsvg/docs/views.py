"""`/docs`, `/v1/docs` and `/llms.txt`. The reference is the same for everybody, and made once."""

from functools import cache

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from chatsvg.docs import samples
from chatsvg.openapi.api import Document, answer, document

TOPICS = ("key", "draw", "poll", "repeat", "errors", "webhook", "receive", "live")
HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"


@require_safe
def guide(request):
    shown = {
        "origin": settings.PUBLIC_URL,
        "languages": samples.LANGUAGES,
        "samples": {topic: samples.of(topic) for topic in TOPICS},
        "configuration": samples.read(samples.CONFIGURATION),
    }
    return render(request, "docs/guide.html", shown)


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
