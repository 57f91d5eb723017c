"""What can be refused about API keys, to their owners and to programs."""

from http import HTTPStatus

from chatsvg.errors import Conflict, DomainError, Forbidden, Invalid, Missing, SignedOut


class KeyMissing(Missing):
    title = "API key not found"


class PlanWithoutKeys(Forbidden):
    title = (
        "Your plan does not include API access. "
        "Upgrade to create production keys, or create a test key."
    )


class TooManyKeys(Forbidden):
    """Revoking one makes room."""


class EmailUnproved(Forbidden):
    title = "Please verify your e-mail address before you create API keys."


class KeyRefused(SignedOut):
    """401: whoever calls is not known by this."""

    code = "API_KEY_INVALID"
    title = "Invalid API key"

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer realm="ChatSVG", error="invalid_token"'}


class KeyNotSent(KeyRefused):
    code = "API_KEY_MISSING"
    title = "Missing API key. Send it in the X-API-Key header."

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer realm="ChatSVG"'}


class KeysDiffer(KeyRefused):
    code = "API_KEY_AMBIGUOUS"
    title = "Two different API keys were sent. Send one of them."


class KeyExpired(KeyRefused):
    code = "API_KEY_EXPIRED"
    title = "This API key has expired"


class KeyRevoked(KeyRefused):
    code = "API_KEY_REVOKED"
    title = "This API key was revoked"


class AddressRefused(Forbidden):
    code = "IP_NOT_ALLOWED"
    title = "This API key may not be used from this IP address"


class KeySuspended(Forbidden):
    code = "PLAN_WITHOUT_API_ACCESS"
    title = "Your plan does not include API access. Upgrade to use production keys."


class ScopeMissing(Forbidden):
    code = "SCOPE_MISSING"


class KeyMalformed(Invalid):
    code = "IDEMPOTENCY_KEY_INVALID"


class OtherParameters(DomainError):
    """422, as the draft of the header has it."""

    code = "IDEMPOTENCY_CONFLICT"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "Idempotency key already used with different request parameters"


class KeyUnderWay(Conflict):
    """409: the first request with this key has no answer yet."""

    code = "IDEMPOTENCY_IN_PROGRESS"
    title = "A request with this idempotency key is under way. Please ask again for its answer."
