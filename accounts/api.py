"""`/api/csrf` and `/api/auth/…`."""

from django.conf import settings
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import client, cookies, limits, services, tokens, validation
from accounts.errors import RefreshRefused
from accounts.oauth import providers
from accounts.serializers import newcomer, person
from chatsvg import problems
from chatsvg.caching import NO_STORE
from chatsvg.quick import Quick, told


class Csrf(APIView):
    """GET the token that unsafe requests carry in X-CSRF-Token; the cookie gets the same."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request):
        value = str(request._request.csrf_value)
        response = Response({"csrfToken": value}, headers={"Cache-Control": "no-store"})
        cookies.keep_csrf(response, value)
        return response


class Options(APIView):
    """GET which ways of signing in there are."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request):
        ways = list(providers.configured())
        return Response({"emailAuthEnabled": settings.EMAIL_AUTH_ENABLED, "oauthProviders": ways})


class Register(APIView):
    """POST email, password, name, agreedToTerms: 201, signed in."""

    permission_classes = (AllowAny,)

    def post(self, request):
        services.require_email_auth()
        device = client.device(request._request)
        limits.check_address(device["ip"])
        asked = validation.registration(request.data)
        user = services.register(**asked, ip=device["ip"])
        issued = tokens.issue(user, **device)
        response = Response({"user": newcomer(user)}, status=201, headers=NO_STORE)
        cookies.sign_in(response, issued)
        return response


class Login(APIView):
    """POST email, password, rememberMe: 200, signed in."""

    permission_classes = (AllowAny,)

    def post(self, request):
        services.require_email_auth()
        device = client.device(request._request)
        limits.check_address(device["ip"])
        issued = services.login(
            email=validation.email(request.data),
            password=validation.password(request.data),
            remember_me=bool(request.data.get("rememberMe")),
            **device,
        )
        response = Response({"user": person(issued.session.user)}, headers=NO_STORE)
        cookies.sign_in(response, issued)
        return response


class Logout(APIView):
    """POST: end the session of the refresh cookie (else of the access token), no other.

    The browser forgets both cookies whatever they are, even where nothing could be ended.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request):
        try:
            refresh = request.COOKIES.get(cookies.REFRESH, "")
            services.logout(refresh, request._request.session_of_person)
        except problems.AWAY as error:
            response = self.handle_exception(error)
        else:
            response = Response({"message": "Logged out successfully", "success": True})
        cookies.sign_out(response)
        return response


class Refresh(APIView):
    """POST: exchange the refresh cookie for its successor and a new access token."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request):
        raw = request.COOKIES.get(cookies.REFRESH)
        if not raw:
            return Response({"error": "No refresh token provided"}, status=401)
        try:
            issued = tokens.rotate(raw)
        except RefreshRefused as refusal:
            response = Response({"error": str(refusal)}, status=401)
            if refusal.clear:
                cookies.sign_out(response)
            return response
        response = Response({"message": "Token refreshed successfully"}, headers=NO_STORE)
        cookies.sign_in(response, issued)
        return response


class CurrentUser(Quick):
    """GET who is signed in."""

    def answer(self, request):
        return told(person(self.session(request).user), NO_STORE)
