"""`/api/plans`."""

from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from credits import serializers
from credits.plans import OFFERS

MINUTES = {"Cache-Control": "public, max-age=300"}


class Plans(APIView):
    """GET the plans: what each costs, gives and allows. The same to everybody."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request):
        plans = {key.value: serializers.plan(key) for key in OFFERS}
        return Response({"plans": plans}, headers=MINUTES)
