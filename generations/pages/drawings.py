"""A drawing on its own: its picture, its source, its file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from chatsvg import ratelimits
from chatsvg.ratelimits import rules
from generations import files
from generations.models import Generation
from generations.pages.answers import fragment_of_mine


@require_safe
@fragment_of_mine
def picture(request, drawing_id):
    return redirect(files.page_url(_drawing(request, drawing_id)))


@require_safe
@fragment_of_mine
def source(request, drawing_id):
    drawing = _drawing(request, drawing_id)
    return HttpResponse(drawing.svg, content_type="text/plain; charset=utf-8")


@require_safe
@fragment_of_mine
def download(request, drawing_id):
    ratelimits.take(rules.DOWNLOAD, request.user.pk)
    return redirect(files.download_url(request, _drawing(request, drawing_id)))


def _drawing(request: HttpRequest, drawing_id: UUID) -> Generation:
    return get_object_or_404(Generation.objects.owned_by(request.user), pk=drawing_id)
