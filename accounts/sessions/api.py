"""`/api/auth/sessions`."""

from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import cookies
from accounts.serializers import session_entry
from accounts.sessions import services
from chatsvg.ids import parse_id


class SessionList(APIView):
    """GET the devices that are signed in; `current` is the one that asks."""

    def get(self, request):
        current = request._request.session_of_person
        entries = [session_entry(one, current) for one in services.live_sessions(request.user)]
        return Response({"sessions": entries})


class SessionDetail(APIView):
    """DELETE: sign a device out, its sockets too. 404 for what is not the caller's."""

    def delete(self, request, session_id):
        wanted = parse_id(session_id)
        services.end(request.user, wanted)
        response = Response({"message": "Session revoked"})
        if wanted == request._request.session_of_person.pk:
            cookies.sign_out(response)
        return response
