"""`/api/paypal/…`."""

from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from chatsvg.caching import NO_STORE
from chatsvg.ratelimits.throttles import Payments
from chatsvg.text import timestamp
from credits.models import Wallet
from credits.payments import services
from credits.payments.providers import PAYPAL

CANCELLED = "Your subscription is cancelled. You keep your plan until the end of the paid period."


class CreateSubscription(APIView):
    """POST: 200 and a subscription to approve at PayPal, the same one for a second click."""

    throttle_classes = (Payments,)

    def post(self, request):
        made = services.subscribe(request.user)
        body = {
            "subscriptionId": made.external_id,
            "status": made.status,
            "approveUrl": made.approve_url or None,
        }
        return Response(body, headers=NO_STORE)


class CancelSubscription(APIView):
    """POST: 200, PayPal asks for no more money; the plan stays until the period ends."""

    throttle_classes = (Payments,)

    def post(self, request):
        row = services.cancel(request.user)
        ends_at = row.entitled_until if row.is_entitled(timezone.now()) else None
        body = {"message": CANCELLED, "status": row.status, "endsAt": timestamp(ends_at)}
        return Response(body, headers=NO_STORE)


class Status(APIView):
    """GET the plan, the credits and the subscription; `remote` where PayPal can be asked."""

    throttle_classes = (Payments,)

    def get(self, request):
        row, remote = services.standing(request.user)
        wallet = Wallet.objects.get(pk=request.user.pk)
        told = {
            "customerId": (row.customer_id if row else "") or None,
            "subscriptionId": row.external_id if row else None,
            "status": row.status if row else None,
            "planId": row.plan_id if row else None,
        }
        if remote:
            told["remote"] = remote
        body = {"plan": wallet.plan, "credits": wallet.available, "paypal": told}
        return Response(body, headers=NO_STORE)


class Webhook(APIView):
    """POST an event of PayPal's, signed by it: 200 however often it comes. 401 or 400 for what is
    none, 503 while PayPal cannot be asked whether it is one."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request):
        asked = request._request
        services.receive(PAYPAL, asked.headers, asked.body)
        return Response({"received": True})


webhook = Webhook.as_view()
webhook.double_submit_exempt = True  # PayPal signs instead (CONTRACT §2.3)
