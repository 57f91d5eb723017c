"""`/api/admin/metrics`."""

from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.backstage.permissions import MayLook
from chatsvg.caching import NO_STORE
from generations.overview import figures


class Metrics(APIView):
    """GET the figures of the installation: with the cookie of a link that an administrator got by
    mail, or signed in as a member of staff who may read them."""

    permission_classes = (MayLook,)

    def get(self, request):
        return Response(figures.read(), headers=NO_STORE)
