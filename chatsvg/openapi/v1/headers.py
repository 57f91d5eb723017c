"""Headers of `/v1`: what may be sent, and what answers say beside their bodies."""

from chatsvg.openapi.shapes import Shape, text

SENT: dict[str, Shape] = {
    "Idempotency-Key": text(
        128,
        minLength=1,
        description="Any text of yours that names this request. A repeat within 24 hours is"
        " answered as the first was, byte for byte, and nothing is done or charged twice."
        " The same key with other parameters: 422. While the first is under way: 409.",
        examples=["6c1f6a52-58d1-4f0b-9f6f-1c2d3e4f5a6b"],
    ),
    "Prefer": text(
        description="`wait=n`: answer when the drawing is done, but after n seconds at the latest"
        " (RFC 7240; at most 60).",
        pattern=r"^wait=[0-9]{1,3}$",
        examples=["wait=30"],
    ),
    "If-None-Match": text(description="The ETag of what you have: 304 where it is still so."),
}


def _header(description: str, example: object, shape: Shape | None = None) -> Shape:
    return {"description": description, "schema": shape or text(), "example": example}


ANSWERED: dict[str, Shape] = {
    "X-Request-Id": _header(
        "Names this request in our logs.", "5f2b8c0e9d7a4163b1f04c2d8e6a9b70", text(64, minLength=1)
    ),
    "RateLimit": _header(
        "Of each limit, how many requests are left (r) and in how many seconds there is more room"
        " (t); draft-ietf-httpapi-ratelimit-headers-10.",
        '"plan-minute";r=58;t=41',
    ),
    "RateLimit-Policy": _header(
        "The limits: how many (q) in how many seconds (w).", '"plan-minute";q=60;w=60'
    ),
    "Retry-After": _header(
        "Seconds until it makes sense to ask again.",
        3,
        {"type": "integer", "minimum": 0},
    ),
    "Location": _header(
        "Where the job is.", "/v1/svg/job/019a9d2e-7c31-7a54-9f08-3d5be1c2a901", text(minLength=1)
    ),
    "Idempotent-Replayed": _header(
        "This is the answer to an earlier request with the same Idempotency-Key.",
        "true",
        {"type": "boolean", "const": True},
    ),
    "Preference-Applied": _header("The wish of Prefer that was heeded.", "wait=30"),
    "WWW-Authenticate": _header("How to authenticate.", 'Bearer realm="ChatSVG"'),
    "ETag": _header("Names this version of the file.", '"019a9d2e-4.1-png-512"'),
    "Content-Disposition": _header(
        "A name for the file.",
        'attachment; filename="a-red-fox-asleep-6f80c4e5b903.png"',
    ),
}
