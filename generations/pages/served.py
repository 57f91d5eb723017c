"""`/files/…` and `/samples/…`: drawings as files, inert wherever they are opened."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from generations import files, names, samples
from generations.files import SAFETY_HEADERS
from generations.models import Generation

PUBLIC = "public, no-cache"  # asked for again each time, with its ETag: it may not be public then


@require_safe
def file(request: HttpRequest, key: str) -> HttpResponse:
    """One drawing. A private one without a valid signature is as missing as one that never was."""
    named = "\0" not in key  # PostgreSQL knows no such text
    known = Generation.objects.filter(storage_key=key)
    if "If-None-Match" in request.headers:
        known = known.defer("svg")
    generation = known.first() if named else None
    opened = generation and files.may_read(
        generation,
        expires=request.GET.get("expires", ""),
        signature=request.GET.get("signature", ""),
    )
    if not generation or not opened:
        raise Http404
    etag = quote_etag(f"{generation.pk}-{generation.sanitizer_version}")
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or HttpResponse(generation.svg, headers=SAFETY_HEADERS)
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=60" if generation.is_private else PUBLIC
    if request.GET.get("download") == "1":
        response["Content-Disposition"] = names.attachment(generation)
    return _as_safe(response)


def _as_safe(response: HttpResponse) -> HttpResponse:
    """`response` with the drawing's own headers, though it be a 304: caches put a 304's in the
    place of those they hold (RFC 9111 §3.2), which would be the policy of our pages.
    """
    for name, value in SAFETY_HEADERS.items():
        if name != "Content-Type":
            response[name] = value
    return response


@require_safe
@cache_control(public=True, max_age=86400)
def sample(request: HttpRequest, subject: str, style: str) -> HttpResponse:
    """One of the example drawings of the landing page."""
    if not samples.is_known(subject, style):
        raise Http404
    return HttpResponse(samples.draw(subject, style), headers=SAFETY_HEADERS)
