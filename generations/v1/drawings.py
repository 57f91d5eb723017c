"""`/v1/svg/drawings`: what was drawn, and in which formats it may be had."""

from rest_framework.response import Response

from accounts.keys.views import KeyView
from chatsvg.ids import parse_id
from generations import exporting, services
from generations.errors import DrawingMissing
from generations.gallery import rows
from generations.gallery.asked import Asked
from generations.models import Generation
from generations.v1 import shown
from generations.v1.addresses import origin
from generations.v1.pages import page

PRIVATE = "private, no-cache"  # kept by whoever asked, and asked for again with its ETag


class DrawingList(KeyView):
    """GET the person's drawings, newest first, without their text; `cursor` is the `nextCursor` of
    the page before, which is null at the end."""

    scope = "svg:read"

    def get(self, request):
        limit, cursor = page(request.query_params)
        wanted = Asked(limit=limit, cursor=cursor)
        found = rows.of(request.user.pk, wanted, is_test=request.auth.is_test)
        drawings = [shown.drawing_in_list(row, origin(request)) for row in found.rows]
        return Response({"drawings": drawings, "nextCursor": found.next_cursor})


class Drawing(KeyView):
    """GET a drawing of the person's. DELETE it: its job stays, and so does what it cost."""

    scope = "svg:read"
    scopes = {"DELETE": "svg:generate"}

    def get(self, request, drawing_id):
        return Response({"drawing": shown.drawing(find(request, drawing_id), origin(request))})

    def delete(self, request, drawing_id):
        is_test = request.auth.is_test
        services.delete_drawing(request.user, parse_id(drawing_id), is_test=is_test)
        return Response({"success": True})


class Export(KeyView):
    """GET a drawing of the person's, or anybody's public one, as a file: svg, optimized, png or
    webp (of `size` pixels), pdf, jsx, tsx, vue, svelte, data-uri or css."""

    scope = "svg:read"

    def get(self, request, drawing_id):
        drawing = find(request, drawing_id, among_public=True)
        wanted = exporting.read(request.query_params)
        response = exporting.answer(request._request, drawing, wanted)
        response["Cache-Control"] = PRIVATE
        return response


def find(request, drawing_id, *, among_public=False):
    """Raises DrawingMissing."""
    mine = Generation.objects.owned_by(request.user)
    seen = mine.of_tests() if request.auth.is_test else mine.for_real()
    if among_public:
        seen |= Generation.objects.public()
    drawing = seen.filter(pk=parse_id(drawing_id)).first()
    if drawing is None:
        raise DrawingMissing()
    return drawing
