"""`/api/svg/public` and `/api/user/generations`."""

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from chatsvg.caching import NO_STORE
from chatsvg.ids import parse_id
from chatsvg.problems import JSON
from chatsvg.quick import Quick
from generations import services
from generations.gallery import rows, shelf, text
from generations.gallery.asked import Asked, read
from generations.gallery.errors import NoId

# a browser asks each time (304 mostly); a shared cache, every few seconds: what is deleted goes
CACHED = "public, max-age=0, s-maxage=5, must-revalidate"


class Public(Quick):
    """GET everybody's public drawings, newest first, the same for everybody; `cursor` is the
    `nextCursor` of the page before, which is null at the end."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def answer(self, request):
        asked = read(request.GET)
        if asked == Asked(asked.filters):
            page = shelf.first(asked.filters)
            body, etag = page.body(_origin(request)), page.etag
        else:
            body = text.at(_origin(request), text.public(rows.public(asked)))
            etag = shelf.tag(body)
        headers = {"ETag": etag, "Cache-Control": CACHED}
        response = HttpResponse(body, content_type=JSON, headers=headers)
        if "HTTP_IF_NONE_MATCH" in request.META:
            return get_conditional_response(request, etag=etag, response=response)
        return response


class History(Quick):
    """GET the caller's drawings, newest first, as the gallery's pages; `privacy` is all, public
    or private."""

    def answer(self, request):
        session = self.session(request)
        asked = read(request.GET, with_privacy=True)
        body = text.at(_origin(request), text.own(rows.of(session.user_id, asked)))
        return HttpResponse(body, content_type=JSON, headers=NO_STORE)


class HistoryDetail(APIView):
    """DELETE a drawing of the caller's. The job that made it stays, and so does its charge."""

    def delete(self, request, generation_id):
        if not generation_id.strip():
            raise NoId()
        services.delete_drawing(request.user, parse_id(generation_id.strip()))
        return Response({"success": True}, headers=NO_STORE)


def _origin(request):
    return f"{request.scheme}://{request.get_host()}"
