"""The JSON objects of `/v1` as JSON Schema. What answers may say more one day is left open."""

from accounts.keys.asked import SCOPES
from chatsvg.openapi.shapes import COMPONENTS as API
from chatsvg.openapi.shapes import (
    COUNT,
    FLAG,
    ID,
    PLAN,
    STATUS,
    TIME,
    URL,
    Shape,
    answer,
    asked,
    listed,
    maybe,
    ref,
    text,
)
from generations.choices import AT_ONCE_MOST, DEFAULT_STYLE, PROMPT_MAX, PROMPT_MIN, STYLES
from realtime.webhooks.asked import EVENTS

__all__ = ["COMPONENTS", "SCOPES"]

STYLE = text(enum=list(STYLES), default=DEFAULT_STYLE)
CURSOR = maybe({**ID, "description": "For the next page; null at the end."})
_SECONDS = maybe({**COUNT, "description": "Null where nothing was drawn yet."})
_UNLIMITED = maybe({**COUNT, "description": "Null: unlimited."})
_SEVERAL = "All of them, where `n` was more than 1."
_ACCEPTED: dict[str, Shape] = {
    "jobId": ID,
    "status": text(enum=["queued", "running", "succeeded", "failed"]),
    "creditsCharged": FLAG,
    "message": text(),
    "estimatedCompletionTime": text(),
}
_TEST = {
    "const": True,
    "type": "boolean",
    "description": "Made with a test key: drawn by the studio model, free.",
}
_TOTALS = {"requests": COUNT, "succeeded": COUNT, "failed": COUNT, "creditsUsed": COUNT}

_JOB: dict[str, Shape] = {
    "id": ID,
    "status": {**STATUS, "description": "FAILED with errorCode CANCELED where you canceled it."},
    "prompt": text(),
    "style": maybe(text()),
    "model": text(),
    "url": maybe(
        {
            **URL,
            "description": "Of the SVG file, without a key; for private drawings only"
            " for a while: ask again for a fresh one.",
        }
    ),
    "drawingId": maybe(ID),
    "createdAt": TIME,
    "finishedAt": maybe(TIME),
    "creditsCharged": {**FLAG, "description": "False where its price was given back."},
}
_OF_FAILED: dict[str, Shape] = {
    "errorCode": text(description="Of a failed job, for programs."),
    "errorMessage": text(description="Of a failed job, for people."),
    "test": _TEST,
}
_DRAWING: dict[str, Shape] = {
    "id": ID,
    "prompt": text(),
    "style": maybe(text()),
    "model": maybe(text()),
    "privacy": {**FLAG, "description": "True: you alone see it."},
    "creditsUsed": maybe(COUNT),
    "createdAt": TIME,
    "url": URL,
}

COMPONENTS: dict[str, Shape] = {
    "Problem": {
        "type": "object",
        "description": "What went wrong (RFC 9457). `errorCode` is for programs and stable;"
        " `detail`, which `error` repeats, is for people.",
        "properties": {
            "type": text(),
            "title": text(minLength=1),
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": text(minLength=1),
            "errorCode": text(minLength=1),
            "requestId": text(),
            "error": text(minLength=1),
            "limit": COUNT,
            "used": COUNT,
        },
        "required": ["type", "title", "status", "detail", "errorCode", "requestId", "error"],
    },
    "Wanted": asked(
        prompt=text(
            PROMPT_MAX,
            minLength=PROMPT_MIN,
            description="What to draw, in UTF-16 code units.",
        ),
        optional={
            "style": STYLE,
            "model": text(description="One of GET /v1/models; the default where absent."),
            "n": {
                "type": "integer",
                "minimum": 1,
                "maximum": AT_ONCE_MOST,
                "default": 1,
                "description": "How many drawings; each is a job, paid for by itself.",
            },
            "privacy": {**FLAG, "default": True, "description": "False puts it into the gallery."},
            "idempotencyKey": text(
                128, minLength=1, description="The same jobs for a repeat, at any time."
            ),
        },
    ),
    "AcceptedJob": answer(**_ACCEPTED, optional={"test": _TEST}),
    "Accepted": answer(
        **_ACCEPTED,
        optional={
            "test": _TEST,
            "jobs": {**listed(ref("AcceptedJob")), "description": _SEVERAL},
        },
    ),
    "Finished": answer(
        job=ref("Job"), optional={"jobs": {**listed(ref("Job")), "description": _SEVERAL}}
    ),
    "Job": answer(
        **_JOB, svg=maybe(text(description="Once it has succeeded.")), optional=_OF_FAILED
    ),
    "ListedJob": answer(**_JOB, optional=_OF_FAILED),
    "Drawing": answer(**_DRAWING, svg=text()),
    "ListedDrawing": answer(**_DRAWING),
    "Style": answer(id=text(), name=text()),
    "Model": answer(id=text(), name=text(), price=COUNT, isAvailable=FLAG),
    "Estimate": answer(
        n={"type": "integer", "minimum": 1, "maximum": AT_ONCE_MOST},
        model=text(),
        style=text(),
        price={**COUNT, "description": "Credits, for all of them."},
        credits=answer(available=COUNT, after=COUNT, isEnough=FLAG),
        queue=answer(
            waiting=COUNT,
            waitingSeconds=_SECONDS,
            drawingSeconds=_SECONDS,
            estimatedSeconds=_SECONDS,
        ),
    ),
    "Credits": answer(
        credits={**COUNT, "description": "What can be spent: balance - held."},
        balance=COUNT,
        held={**COUNT, "description": "Promised to drawings that wait."},
        plan=PLAN,
        nextRefillAt=maybe(TIME),
    ),
    "Usage": answer(
        **{"from": TIME},
        until=TIME,
        drawings=answer(month=COUNT, today=COUNT),
        total=answer(**_TOTALS),
        limits=answer(
            plan=PLAN,
            drawingsPerMonth=_UNLIMITED,
            drawingsPerDay=_UNLIMITED,
            drawingsUnderWay=_UNLIMITED,
            requestsPerMinute=_UNLIMITED,
            requestsPerHour=_UNLIMITED,
        ),
        keys=listed(
            answer(
                id=ID,
                name=text(),
                keyPrefix=text(),
                environment=text(enum=["production", "test"]),
                **_TOTALS,
            )
        ),
    ),
    **{name: API[name] for name in ("Webhook", "NewWebhook", "Delivery")},
    "GenerationEvent": answer(
        type=text(enum=[name for name in EVENTS if name.startswith("generation.")]),
        timestamp=TIME,
        data={
            "allOf": [
                asked(**_JOB, svg=maybe(text()), optional=_OF_FAILED),
                asked(sequence={**COUNT, "description": "Grows with each event of a job."}),
            ]
        },
    ),
    "LowCreditsEvent": answer(
        type={"const": "credits.low"},
        timestamp=TIME,
        data=asked(credits=COUNT, threshold=COUNT),
    ),
}
