"""`/api/auth/<provider>`, its callback, and `/api/account/identities`."""

import hashlib
import logging

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import client, cookies
from accounts.models import Session
from accounts.oauth import dance, providers, redirects, services, states
from accounts.oauth.errors import DanceFailed, ProofNeeded, ServerError
from chatsvg.caching import PRIVATE
from chatsvg.text import timestamp

logger = logging.getLogger(__name__)
COOKIE, COOKIE_PATH = "oauth-browser", "/api/auth"


class Navigation(APIView):
    """Where a browser goes, not a script: it is always sent on, never shown JSON (also where a rate
    limit refuses it: `accounts.ceiling`)."""

    is_navigation = True
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = PRIVATE
        return response


class Start(Navigation):
    """GET `?redirectUrl=`: to the provider, to come back there."""

    def get(self, request, provider):
        wanted = redirects.local_path(request.GET.get("redirectUrl", ""))
        try:
            invitation = dance.begin(
                providers.get(provider),
                browser=request.COOKIES.get(COOKIE, ""),
                redirect=wanted,
                session=None if comes_from_elsewhere(request) else session_of(request),
            )
        except ProofNeeded as refusal:
            return HttpResponseRedirect(redirects.back(wanted, refusal.code))
        except DanceFailed as refusal:
            return HttpResponseRedirect(redirects.to_sign_in(refusal.code))
        except Exception:
            logger.exception("oauth.broken provider=%s", provider)
            return HttpResponseRedirect(redirects.to_sign_in(ServerError.code))
        response = HttpResponseRedirect(invitation.url)
        keep_browser(response, invitation.browser, seconds=int(states.LIFETIME.total_seconds()))
        return response


class Callback(Navigation):
    """GET `?code=&state=` from the provider: signed in and sent on, or told why not."""

    def get(self, request, provider):
        begun = None
        try:
            endpoint = providers.get(provider)
            begun = states.take(
                provider,
                state=request.GET.get("state", ""),
                browser=request.COOKIES.get(COOKIE, ""),
            )
            issued = dance.finish(
                endpoint,
                begun,
                request.GET,
                session=session_of(request),
                device=client.device(request._request),
            )
        except DanceFailed as refusal:
            return failed(begun, refusal.code)
        except Exception:
            logger.exception("oauth.broken provider=%s", provider)
            return failed(begun, ServerError.code)
        response = HttpResponseRedirect(redirects.to(begun.redirect))
        keep_browser(response, "", seconds=0)
        if issued:
            cookies.sign_in(response, issued)
        return response


class Identities(APIView):
    """GET the accounts elsewhere that open the caller's."""

    def get(self, request):
        entries = [entry(one) for one in services.identities_of(request.user)]
        return Response({"identities": entries, "providers": list(providers.configured())})


class IdentityDetail(APIView):
    """DELETE: disconnect. 409 where it is the only way in."""

    def delete(self, request, provider):
        services.disconnect(request.user, provider)
        return Response({"message": "Account disconnected"})


def entry(identity):
    return {
        "provider": identity.provider,
        "email": identity.email or None,
        "createdAt": timestamp(identity.created_at),
        "lastUsedAt": timestamp(identity.last_used_at),
    }


def failed(begun, code):
    """Whoever is connecting an account is told where they began."""
    connecting = begun is not None and begun.session_id
    where = redirects.back(begun.redirect, code) if connecting else redirects.to_sign_in(code)
    return HttpResponseRedirect(where)


def keep_browser(response, secret, *, seconds):
    """SameSite=Lax whatever else is set: the callback is a navigation from another site."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=seconds,
        path=COOKIE_PATH,
        secure=settings.COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def comes_from_elsewhere(request):
    """Another site may send people to sign in, but cannot have an account connected to theirs."""
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


def session_of(request):
    """The browser's session. Its access token may have run out on the page that it comes from."""
    if session := request._request.session_of_person:
        return session
    refresh = request.COOKIES.get(cookies.REFRESH, "")
    return (
        Session.objects.live()
        .filter(
            tokens__token_hash=hashlib.sha256(refresh.encode()).hexdigest(),
            tokens__rotated_at=None,
            tokens__expires_at__gt=timezone.now(),
        )
        .first()
    )
