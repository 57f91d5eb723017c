"""A drawing on its own: its page, its files in every format, and what its person can do with it."""

from io import BytesIO
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts import client
from chatsvg import problems, ratelimits, toasts
from chatsvg.caching import PRIVATE
from chatsvg.errors import DomainError
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.places import place
from generations import exporting, exports, files, services, showing
from generations.errors import DrawingMissing
from generations.models import Generation
from generations.pages.answers import SeeOther, fragment_of_mine

KEPT = "private, no-cache"  # asked for again each time, with its ETag: what was public may not be
SHARED = "public, no-cache"  # the same, by caches that many share
DEAR = ("png", "webp", "pdf", "optimized")  # to make


@require_safe
@never_cache
def drawing(request, drawing_id):
    found = _seen(request, drawing_id)
    context = {
        "drawing": showing.show(found, request.user),
        "sizes": exporting.sizes_for(request.user),
        "largest": exports.SIZES.stop - 1,
        "code": CODE,
    }
    return render(request, "generations/drawing.html", context)


@require_safe
@never_cache
def actions(request, drawing_id):
    """The menu of a drawing in a list, when it is opened."""
    seen = Generation.objects.seen_by(request.user).only("user", "is_private", "credits_used")
    found = get_object_or_404(seen, pk=drawing_id)
    mine = request.user.is_authenticated and found.user_id == request.user.pk
    context = {"drawing": found, "mine": mine, "is_test": not found.credits_used}
    return render(request, "generations/_drawing_menu.html", context)


@require_safe
def export(request, drawing_id):
    found = _seen(request, drawing_id)
    try:
        wanted = exporting.read_of(request.GET, found)
        wanted = exporting.allowed(request.user, wanted)
        _count(request, wanted)
        response = exporting.answer(request, found, wanted)
    except DomainError as refusal:
        code = {"errorCode": refusal.code} if refusal.code else {}
        response = problems.answer(request, refusal.status, str(refusal), **code)
        response["Cache-Control"] = PRIVATE
        return problems.refused(response, refusal)
    response["Cache-Control"] = PRIVATE if found.is_private else KEPT
    return response


@require_safe
def inline(request, drawing_id):
    """For <img> on the drawing's page: its address in storage would tell whose it is."""
    found = _seen(request, drawing_id)
    etag = quote_etag(f"{found.pk}-{found.sanitizer_version}")
    known = get_conditional_response(request, etag=etag)
    response = known or HttpResponse(found.svg)
    for name, value in files.SAFETY_HEADERS.items():
        response[name] = value
    response["ETag"] = etag
    response["Cache-Control"] = PRIVATE if found.is_private else KEPT
    return response


@require_safe
def shared(request, drawing_id):
    """What is shown of a public drawing where somebody posts its address elsewhere."""
    found = get_object_or_404(Generation.objects.public(), pk=drawing_id)
    wanted = exporting.Export("png", exports.USUAL_SIZE, is_for_guest=True)
    etag = exporting.tag(found, wanted)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        _count(request, wanted)
        made = exporting.made(found, wanted)
        response = HttpResponse(_card(made), content_type="image/png", headers=exporting.INERT)
    response["ETag"] = etag
    response["Cache-Control"] = SHARED
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _card(png: bytes) -> bytes:
    """A drawing in the middle of a card, as large as others show cards."""
    from PIL import Image  # not every process makes pictures

    card = Image.new("RGB", (1200, 630), "#fffdf9")
    with Image.open(BytesIO(png)) as picture:
        drawn = picture.convert("RGBA")
    at = ((card.width - drawn.width) // 2, (card.height - drawn.height) // 2)
    card.paste(drawn, at, drawn)
    made = BytesIO()
    card.save(made, "PNG", optimize=True)
    return made.getvalue()


@require_POST
@fragment_of_mine
def publish(request, drawing_id):
    text = "Published: everybody can see it in the gallery"
    return _changed(request, drawing_id, services.publish, text, undo="unpublish")


@require_POST
@fragment_of_mine
def unpublish(request, drawing_id):
    text = "Private again: only you can see it"
    return _changed(request, drawing_id, services.unpublish, text, undo="publish")


def _changed(request, drawing_id, change, text, *, undo):
    try:
        found = change(request.user, drawing_id)
    except DrawingMissing as refusal:
        raise Http404 from refusal
    except DomainError as refusal:
        return toasts.say(request, _after(request, drawing_id), str(refusal))
    if not request.htmx and not problems.wants_page(request):
        return HttpResponse(status=204)  # to js/toast.js, which took it back
    response = _after(request, drawing_id)
    if request.htmx:
        told = {"id": str(drawing_id), "is_private": found.is_private}
        trigger_client_event(response, "visibility", told)
    back = reverse(f"generations:{undo}", args=[drawing_id])
    return toasts.say(request, response, text, undo=back)


def _after(request: HttpRequest, drawing_id: UUID) -> HttpResponse:
    if request.htmx:
        return HttpResponse()
    return SeeOther(reverse("generations:drawing", args=[drawing_id]))


@require_safe
@fragment_of_mine
def picture(request, drawing_id):
    return redirect(files.page_url(_mine(request, drawing_id)))


@require_safe
@fragment_of_mine
def source(request, drawing_id):
    found = _mine(request, drawing_id)
    return HttpResponse(found.svg, content_type="text/plain; charset=utf-8")


@require_safe
@fragment_of_mine
def download(request, drawing_id):
    ratelimits.take(rules.DOWNLOAD, request.user.pk)
    return redirect(files.download_url(request, _mine(request, drawing_id)))


def _mine(request: HttpRequest, drawing_id: UUID) -> Generation:
    return get_object_or_404(Generation.objects.owned_by(request.user), pk=drawing_id)


def _seen(request: HttpRequest, drawing_id: UUID) -> Generation:
    """Public, or their own; every other one is as missing as one that never was."""
    return get_object_or_404(Generation.objects.seen_by(request.user), pk=drawing_id)


def _count(request: HttpRequest, wanted: exporting.Export) -> None:
    """By person, else by address. What is dear to make is counted apart. Raises TooMany."""
    who = request.user.pk if request.user.is_authenticated else place(client.address(request))
    ratelimits.take(rules.PICTURES if wanted.kind in DEAR else rules.EXPORTS, who)


CODE = (  # format, name, what it is, what is said when it was copied
    ("svg", "SVG", "The file as it is", "SVG copied"),
    ("optimized", "Optimised SVG", "Fewer bytes, the same pixels", "Optimised SVG copied"),
    ("jsx", "React", "A component in JavaScript", "React component copied"),
    ("tsx", "TypeScript", "The same, with its types", "TypeScript component copied"),
    ("vue", "Vue", "A single-file component", "Vue component copied"),
    ("svelte", "Svelte", "A component for Svelte 5", "Svelte component copied"),
    ("data-uri", "Data URI", "For src, href and url()", "Data URI copied"),
    ("css", "CSS mask", "Its shape in the colour of your text", "CSS copied"),
)
