"""What every view of `/v1` is."""

import time
from functools import partial

from rest_framework.views import APIView

from accounts.keys import replies, usage
from accounts.keys.authentication import KeyAuthentication, KeyMayCall, KeyRates


class KeyView(APIView):
    """Asked with an API key that has `scope` (`scopes` names other ones, by method); every answer
    to a key leaves a row of its usage.

    A view says in `credits` what a request has cost, and in `idle` how many seconds it did nothing
    but wait. There is no CSRF: no cookie is read.
    """

    authentication_classes = (KeyAuthentication,)
    permission_classes = (KeyMayCall,)
    throttle_classes = (KeyRates,)
    scope = ""
    scopes: dict[str, str] = {}
    credits = 0
    idle = 0.0

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
            took = round(1000 * (time.perf_counter() - self.began - self.idle))
            usage.record(key, status=response.status_code, latency_ms=took, credits=self.credits)
        return response


class OnceView(KeyView):
    """POSTs that carry an Idempotency-Key are carried out once, by `make`; a repeat is answered as
    the first was, byte for byte.

    `repeat_key` is that key for `make`, or None: what it makes has to be known again by it.
    """

    repeat_key = None

    def post(self, request, *args, **kwargs):
        self.repeat_key = replies.read(request.headers.get("Idempotency-Key"))
        if self.repeat_key is None:
            return self.make(request, *args, **kwargs)
        mark = replies.fingerprint(request.path_info, request.data)
        wanted = replies.Wanted(request.user, request.auth.is_test, self.repeat_key, mark)
        reserved = replies.reserve(wanted, seconds=self.lease(request))
        if isinstance(reserved, replies.Kept):
            return replies.again(reserved)
        return self._make_once(reserved, request, *args, **kwargs)

    def _make_once(self, token, request, *args, **kwargs):
        try:
            response = self.make(request, *args, **kwargs)
        except BaseException:
            replies.release(token)
            raise
        if replies.is_kept(response.status_code):
            response.add_post_render_callback(partial(replies.keep, token))
        else:
            replies.release(token)
        return response

    def lease(self, request):
        """Seconds after which a request that gave no answer counts as dead."""
        return replies.LEASE_SECONDS
