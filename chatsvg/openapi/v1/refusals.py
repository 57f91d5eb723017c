"""Every refusal of `/v1`: its status, its `errorCode` and the sentence that goes with it."""

from typing import NamedTuple

from chatsvg.openapi.shapes import Shape, ref
from chatsvg.openapi.v1.examples import REQUEST_ID, Example

PROBLEM = "application/problem+json"


class Refusal(NamedTuple):
    """`advice`: what a program does about it."""

    status: int
    code: str
    sentence: str
    advice: str
    extra: Example = {}


# as they are on the wire, whatever a newer Python calls them
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
NAMES = {status: title.replace(" ", "") for status, title in TITLES.items()}
_FIX, _WAIT = "Change the request.", "Ask again after the seconds of Retry-After."

REFUSALS = (
    Refusal(400, "BAD_REQUEST", "Prompt is required", _FIX),
    Refusal(400, "INVALID_CURSOR", "Invalid cursor", "Begin again at the first page."),
    Refusal(
        400,
        "IDEMPOTENCY_KEY_INVALID",
        "Idempotency-Key must have 1 to 128 characters",
        _FIX,
    ),
    Refusal(
        400,
        "CONTENT_REJECTED",
        "This cannot be drawn here. Please describe something else.",
        "Ask for something else.",
    ),
    Refusal(
        400,
        "WEBHOOK_URL_REFUSED",
        "The host is not on the public Internet",
        "Name a URL that we may send to.",
    ),
    Refusal(
        401,
        "API_KEY_MISSING",
        "Missing API key. Send it in the X-API-Key header.",
        "Send the key with every request.",
    ),
    Refusal(401, "API_KEY_INVALID", "Invalid API key", "Look for a typing error."),
    Refusal(401, "API_KEY_EXPIRED", "This API key has expired", "Make a new key."),
    Refusal(401, "API_KEY_REVOKED", "This API key was revoked", "Make a new key."),
    Refusal(
        401,
        "API_KEY_AMBIGUOUS",
        "Two different API keys were sent. Send one of them.",
        "Send X-API-Key or Authorization, not both.",
    ),
    Refusal(
        402,
        "INSUFFICIENT_CREDITS",
        "You do not have enough credits to generate an SVG. "
        "Please purchase more credits and try again.",
        "Get more credits. Nothing was stored: the idempotency key is still free.",
    ),
    Refusal(
        403,
        "SCOPE_MISSING",
        "This API key does not have the scope svg:generate",
        "Make a key that has the scope.",
    ),
    Refusal(
        403,
        "IP_NOT_ALLOWED",
        "This API key may not be used from this IP address",
        "Ask from an address of the key's list.",
    ),
    Refusal(
        403,
        "PLAN_WITHOUT_API_ACCESS",
        "Your plan does not include API access. Upgrade to use production keys.",
        "Upgrade, or use a test key.",
    ),
    Refusal(
        403,
        "WEBHOOK_LIMIT_REACHED",
        "Webhook limit reached: you may have 10. Delete one first.",
        "Delete a webhook.",
    ),
    Refusal(
        403,
        "PRODUCTION_KEY_NEEDED",
        "A test key cannot change this for the account",
        "Use a production key.",
    ),
    Refusal(404, "NOT_FOUND", "Generation job not found", "Look for a typing error in the id."),
    Refusal(
        409, "CONFLICT", "This drawing is already finished.", "Nothing: what is there is final."
    ),
    Refusal(
        409,
        "IDEMPOTENCY_CONFLICT",
        "Idempotency key already used with different request parameters",
        "Take a new key for a new request. 409 for `idempotencyKey`, 422 for the header.",
    ),
    Refusal(
        409,
        "IDEMPOTENCY_IN_PROGRESS",
        "A request with this idempotency key is under way. Please ask again for its answer.",
        _WAIT,
    ),
    Refusal(
        409,
        "WEBHOOK_DISABLED",
        "This webhook is disabled. Enable it first.",
        "PATCH it with `enabled: true`.",
    ),
    Refusal(
        409,
        "WEBHOOK_ROTATED_TOO_OFTEN",
        "This webhook has too many secrets in use. End the previous ones, or wait for a day.",
        "Rotate with `endPrevious: true`.",
    ),
    Refusal(413, "REQUEST_ENTITY_TOO_LARGE", "Request body too large", "Send less than 100 KiB."),
    Refusal(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "Unsupported media type; send application/json",
        "Set Content-Type.",
    ),
    Refusal(
        422,
        "IDEMPOTENCY_CONFLICT",
        "Idempotency key already used with different request parameters",
        "Take a new key for a new request.",
    ),
    Refusal(
        422,
        "EXPORT_TOO_DEAR",
        "No picture of this drawing could be made in time. Try a smaller size, or svg.",
        "Ask for a smaller picture.",
    ),
    Refusal(
        429,
        "TOO_MANY_REQUESTS",
        "Too many requests. Please try again later.",
        _WAIT,
    ),
    Refusal(
        429,
        "MONTHLY_QUOTA_EXCEEDED",
        "Monthly generation limit reached. Try again next month.",
        _WAIT,
        {"limit": 2000, "used": 2000},
    ),
    Refusal(
        429,
        "TOO_MANY_UNDER_WAY",
        "Too many drawings are under way. Please wait until one of them has finished.",
        _WAIT,
    ),
    Refusal(
        429,
        "TOO_MANY_STREAMS",
        "Too many streams are open with this API key. At most 8 may be.",
        "Close one: of /v1/events, each stream has all jobs.",
    ),
    Refusal(
        500, "INTERNAL_SERVER_ERROR", "Internal server error", "Ask again; tell us `requestId`."
    ),
    Refusal(503, "SERVICE_UNAVAILABLE", "Service unavailable", _WAIT),
    Refusal(
        503,
        "OVERLOADED",
        "Very many drawings are waiting, and the free plan takes no new ones for the moment. "
        "Please try again in a minute.",
        "As above. Nothing was stored: the idempotency key is still free.",
    ),
    Refusal(
        503,
        "EXPORTS_BUSY",
        "Too many pictures are being made. Please try again in a few seconds.",
        _WAIT,
    ),
)


def body(refusal: Refusal) -> Example:
    """The problem that a program reads."""
    return {
        "type": "about:blank",
        "title": TITLES[refusal.status],
        "status": refusal.status,
        "detail": refusal.sentence,
        "errorCode": refusal.code,
        "requestId": REQUEST_ID,
        "error": refusal.sentence,
        **refusal.extra,
    }


def components() -> dict[str, Shape]:
    """An answer for every status, with an example of each code."""
    return {NAMES[status]: _answer(status) for status in TITLES}


def _answer(status: int) -> Shape:
    examples = {
        one.code: {"summary": one.sentence, "value": body(one)}
        for one in REFUSALS
        if one.status == status
    }
    names = ["X-Request-Id", *_HEADERS.get(status, ())]
    return {
        "description": _DESCRIPTIONS[status],
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {PROBLEM: {"schema": ref("Problem"), "examples": examples}},
    }


_LIMITS = ("RateLimit", "RateLimit-Policy")
_HEADERS = {
    400: _LIMITS,
    401: ("WWW-Authenticate",),
    402: _LIMITS,
    404: _LIMITS,
    409: ("Retry-After", *_LIMITS),
    422: _LIMITS,
    429: ("Retry-After", *_LIMITS),
    503: ("Retry-After",),
}
_DESCRIPTIONS = {
    400: "What was sent cannot be used; `detail` says what to change.",
    401: "No API key, or one that is not valid.",
    402: "There are not enough credits. Nothing was stored.",
    403: "The key is valid, but may not do this.",
    404: "There is nothing by this id, or it is somebody else's.",
    409: "It cannot be done as things are.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Well formed, but it cannot be carried out.",
    429: "Too many requests or drawings; Retry-After says when there will be room.",
    500: "Our fault. Tell us the `requestId`.",
    503: "Something that we need is away for the moment.",
}
