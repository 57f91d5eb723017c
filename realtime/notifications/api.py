"""`/api/notification/…`."""

from rest_framework.response import Response
from rest_framework.views import APIView

from chatsvg.caching import NO_STORE
from chatsvg.paging import page_size, read_cursor
from realtime.notifications import services
from realtime.notifications.serializers import shown

USUAL = 5  # notifications on a page


class Latest(APIView):
    """GET the caller's notifications, newest first; `cursor` is the `nextCursor` of the page
    before, which is null at the end."""

    def get(self, request):
        limit = page_size(request.query_params.get("limit"), usual=USUAL)
        after = read_cursor(request.query_params.get("cursor", ""))
        page = services.latest(request.user, limit=limit, after=after)
        body = {
            "notifications": [shown(one) for one in page.notifications],
            "nextCursor": page.next_cursor,
        }
        return Response(body, headers=NO_STORE)


class Badge(APIView):
    """GET how many the caller has not seen."""

    def get(self, request):
        return Response({"unreadCount": services.unread(request.user)}, headers=NO_STORE)


class Seen(APIView):
    """POST: the caller has seen what there is."""

    def post(self, request):
        services.see(request.user)
        return Response({"ok": True}, headers=NO_STORE)
