"""Rules per signed-in person, as REST framework's views name them.

They come after authentication. Strangers pass: `rl:api` has counted their address.
"""

from rest_framework.throttling import BaseThrottle

from chatsvg import ratelimits
from chatsvg.ratelimits import rules


class PerPerson(BaseThrottle):
    """Raises TooMany, which carries its sentence and headers, rather than answering False."""

    rule = rules.API_PERSON

    def allow_request(self, request, view):
        if request.user.is_authenticated:
            ratelimits.take(self.rule, request.user.pk)
        return True


class Downloads(PerPerson):
    rule = rules.DOWNLOAD


class Payments(PerPerson):
    rule = rules.PAYMENTS
