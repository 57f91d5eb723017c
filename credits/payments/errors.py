"""What can be refused about payments."""

from chatsvg.errors import Conflict, Invalid, Missing, SignedOut, Unavailable


class NotConfigured(Unavailable):
    title = "Payments are not available here. Please contact support."


class PaymentsAway(Unavailable):
    title = "PayPal is not reachable right now. Please try again in a few minutes."

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "30"}


class AlreadySubscribed(Conflict):
    code = "ALREADY_SUBSCRIBED"
    title = "You already have an active subscription."


class NoSubscription(Missing):
    title = "You have no active subscription."


class BadMessage(Invalid):
    title = "Malformed event"


class UnsignedMessage(SignedOut):
    title = "The signature is not valid"
