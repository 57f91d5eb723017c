"""`/api/auth/forgot-password`, `/api/auth/reset-password` and `/api/account/password`."""

from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import client, validation
from accounts.passwords import asked, services
from accounts.services import require_email_auth
from chatsvg.caching import NO_STORE


class ForgotPassword(APIView):
    """POST email: 200, whether or not somebody has it."""

    permission_classes = (AllowAny,)

    def post(self, request):
        require_email_auth()
        asked.limit(request._request)
        services.ask_reset(validation.email(request.data))
        return Response({"message": asked.FORGOT}, headers=NO_STORE)


class ResetPassword(APIView):
    """POST token, newPassword: 200; sign in with it."""

    permission_classes = (AllowAny,)

    def post(self, request):
        require_email_auth()
        asked.limit(request._request)
        wanted = asked.reset(request.data)
        services.reset(*wanted, device=client.device(request._request)["user_agent"])
        return Response({"message": asked.RESET}, headers=NO_STORE)


class Password(APIView):
    """POST currentPassword, newPassword: 200; other devices are signed out."""

    def post(self, request):
        wanted = asked.change(request.data)
        services.change(request.user, request.auth, **wanted)
        return Response({"message": asked.CHANGED}, headers=NO_STORE)
