"""`/api/admin/request-access`, `/verify` and `/logout`."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import client, csrf, validation
from accounts.backstage import cookies, services
from accounts.backstage.errors import OriginRefused
from accounts.errors import LinkSpent
from chatsvg import ratelimits
from chatsvg.caching import NO_STORE
from chatsvg.ratelimits.places import place
from chatsvg.ratelimits.rules import MINUTE, Rate, Rule

ASKED = "If that address belongs to an administrator, a link is on its way. It works once."
LEFT = "Logged out successfully"
_SENTENCE = "Too many requests for administrator access. Please try again later."
ASKING = Rule("rl:admin", (Rate(3, 15 * MINUTE),), _SENTENCE)  # by address
ENTERING = Rule("rl:admin:verify", (Rate(20, 15 * MINUTE),), _SENTENCE)  # by address


class FromOurPages(APIView):
    """POST from a page of ours, or of the client. Origin stands for the CSRF token here."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request, *args, **kwargs):
        if request.method == "POST":
            origin = request.headers.get("Origin", "")
            if not csrf.origin_allowed(request._request, origin):
                raise OriginRefused()
        super().initial(request, *args, **kwargs)


class RequestAccess(FromOurPages):
    """POST email: 200, whoever that is. An administrator gets a mail with a link.

    No CSRF token is asked for: an allowed Origin is.
    """

    def post(self, request):
        ratelimits.take(ASKING, place(client.address(request._request)))
        browser = services.ask(validation.email(request.data))
        response = Response({"message": ASKED}, headers=NO_STORE)
        cookies.mark_asker(response, browser)
        return response


class Verify(APIView):
    """GET `?token=` of the mail: on to the client's `/admin`, in the browser that asked for it.

    Another browser, or a scanner of mails, is sent to a page of ours that asks before it acts.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request):
        device = client.device(request._request)
        ratelimits.take(ENTERING, place(device["ip"]))
        raw = request.GET.get("token", "")[:64]
        if not self.is_opened_by_asker(request, raw):
            return sent_to(f"/backstage?{urlencode({'token': raw})}")
        try:
            secret = services.begin(raw, **device)
        except LinkSpent:
            return sent_to(f"/backstage?{urlencode({'token': raw})}")
        response = sent_to(services.figures_address())
        cookies.give_pass(response, secret)
        return response

    def is_opened_by_asker(self, request, raw):
        is_fetched_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
        if request.method != "GET" or is_fetched_ahead:
            return False
        return services.is_at_home(raw, cookies.read_asker(request._request))


class Logout(FromOurPages):
    """POST: the visit is over, here and wherever a copy of its cookie is.

    No CSRF token is asked for: an allowed Origin is.
    """

    def post(self, request):
        services.end(cookies.read_pass(request._request))
        response = Response({"message": LEFT}, headers=NO_STORE)
        cookies.forget(response)
        return response


def sent_to(where):
    """On, with nothing of this address told to anybody."""
    headers = {**NO_STORE, "Referrer-Policy": "no-referrer"}
    return HttpResponseRedirect(where, headers=headers)


request_access, logout = RequestAccess.as_view(), Logout.as_view()
request_access.double_submit_exempt = logout.double_submit_exempt = True
