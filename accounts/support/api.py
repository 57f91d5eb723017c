"""`/api/support/contact`."""

from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import client, cookies
from accounts.support import asked, services
from chatsvg import ratelimits
from chatsvg.caching import NO_STORE
from chatsvg.errors import SignedOut
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.places import place

RECEIVED = "Thank you — your message was received!"


class Contact(APIView):
    """POST type, subject, message, email, contextUrl, userAgent: 200 once it is stored.

    401 where no e-mail came along and the browser's access token has run out: whoever is signed in
    sends none, refreshes, and asks again.
    """

    permission_classes = (AllowAny,)

    def post(self, request):
        device = client.device(request._request)
        ratelimits.take(rules.SUPPORT, place(device["ip"]))
        message = asked.read(request.data, user_agent=device["user_agent"])
        user = request.user if request.user.is_authenticated else None
        if user is None and not message.email and may_be_signed_in(request):
            raise SignedOut(request._request.refusal)
        services.receive(message, user=user, ip=device["ip"], request_id=request._request.id)
        return Response({"ok": True, "message": RECEIVED}, headers=NO_STORE)


def may_be_signed_in(request):
    """Whether a refresh could show who this is."""
    return request._request.has_stale_token or bool(request.COOKIES.get(cookies.REFRESH))
