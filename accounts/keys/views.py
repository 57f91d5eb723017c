"""What every view of `/v1` is."""

import time

from rest_framework.views import APIView

from accounts.keys import usage
from accounts.keys.authentication import KeyAuthentication, KeyMayCall, KeyRates


class KeyView(APIView):
    """Asked with an API key that has `scope`; every answer to a key leaves a row of its usage.

    A view says in `credits` what a request has cost. There is no CSRF: no cookie is read.
    """

    authentication_classes = (KeyAuthentication,)
    permission_classes = (KeyMayCall,)
    throttle_classes = (KeyRates,)
    scope = ""
    credits = 0

    @classmethod
    def as_view(cls, **initkwargs):
        view = super().as_view(**initkwargs)
        view.double_submit_exempt = True
        return view

    def dispatch(self, request, *args, **kwargs):
        self.began = time.perf_counter()
        return super().dispatch(request, *args, **kwargs)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response.setdefault("Cache-Control", "private, no-store")
        key = getattr(request._request, "api_key", None)
        if key:
            took = round(1000 * (time.perf_counter() - self.began))
            usage.record(key, status=response.status_code, latency_ms=took, credits=self.credits)
        return response
