"""What the routes of `/v1` are called, take, give and refuse, each with its examples.

A route that is not in this table fails a test.
"""

from dataclasses import dataclass, field

from chatsvg.openapi.shapes import (
    ID,
    WEBHOOK_EVENT,
    WEBHOOK_SIGNATURE,
    Shape,
    answer,
    asked,
    listed,
    ref,
    text,
)
from chatsvg.openapi.v1 import examples
from chatsvg.openapi.v1.shapes import CURSOR
from generations import exports
from realtime.webhooks.asked import THRESHOLD_MOST

JSON = "application/json"
STREAM = "text/event-stream"


@dataclass(frozen=True)
class Answer:
    """One status: its body (None: none), the headers that belong to it, and examples by title."""

    description: str
    shape: Shape | None = None
    headers: tuple[str, ...] = ()
    examples: dict[str, object] = field(default_factory=dict)
    kinds: tuple[str, ...] = (JSON,)


@dataclass(frozen=True)
class Operation:
    """`refuses`: statuses that not every operation has. `headers`: which of SENT it heeds."""

    name: str  # what clients call it
    tag: str
    summary: str
    gives: dict[int, Answer]
    takes: Shape | None = None
    asks: dict[str, object] = field(default_factory=dict)  # examples of what it takes
    needs_body: bool = True
    refuses: tuple[int, ...] = ()
    headers: tuple[str, ...] = ()
    query: dict[str, Shape] = field(default_factory=dict)


TAGS = {
    "Drawing": "Ask for drawings, and see what becomes of them.",
    "Drawings": "What was drawn, and every format it may be had in.",
    "Catalogue": "Styles, models and what a drawing would cost.",
    "Account": "Credits and usage.",
    "Webhooks": "Be told when a drawing is done (Standard Webhooks).",
    "Live": "Progress as it happens.",
}


def _page(usual: int) -> dict[str, Shape]:
    return {
        "limit": {
            "type": "integer",
            "minimum": 1,
            "maximum": 100,
            "default": usual,
            "description": "Items on a page.",
        },
        "cursor": {**ID, "description": "`nextCursor` of the page before."},
    }


_WAITED = ("Preference-Applied", "Idempotent-Replayed")
_FILES = tuple(sorted({kind.media_type for kind in exports.FORMATS.values()}))
_OF_PICTURES = {
    "type": "integer",
    "minimum": exports.SIZES.start,
    "maximum": exports.SIZES.stop - 1,
    "default": exports.USUAL_SIZE,
    "description": "Of png and webp: pixels of the longer side.",
}
_WEBHOOK_FIELDS = {
    "url": text(2000, minLength=1, description="https, on the public Internet."),
    "description": text(200),
    "events": {**listed(WEBHOOK_EVENT), "minItems": 1, "description": "All of them where absent."},
}
_URL = {"url": _WEBHOOK_FIELDS["url"]}
_SIGNATURE = {"signature": WEBHOOK_SIGNATURE}
_DONE = Answer("It is gone.", answer(success={"const": True}), examples={"Done": examples.DONE})
_WEBHOOK = Answer(
    "The webhook, without its secret.",
    answer(webhook=ref("Webhook")),
    examples={"Webhook": {"webhook": examples.WEBHOOK}},
)
_DELIVERY = Answer(
    "It is sent in a moment.",
    answer(delivery=ref("Delivery")),
    examples={"Delivery": {"delivery": examples.DELIVERY_PENDING}},
)
_THRESHOLD = {"type": "integer", "minimum": 0, "maximum": THRESHOLD_MOST}
_SETTINGS = Answer(
    "The setting.",
    answer(creditsLowThreshold=_THRESHOLD),
    examples={"Setting": examples.THRESHOLD},
)

OPERATIONS: dict[str, Operation] = {
    "POST /v1/svg/generate": Operation(
        "generate",
        "Drawing",
        "Ask for a drawing",
        {
            200: Answer(
                "With `Prefer: wait=n`: done in time.",
                ref("Finished"),
                _WAITED,
                {"Done in time": {"job": examples.JOB}},
            ),
            202: Answer(
                "Accepted. The job is at Location; ask for it again after Retry-After seconds.",
                ref("Accepted"),
                ("Location", "Retry-After", *_WAITED),
                {"One drawing": examples.ACCEPTED, "Two drawings": examples.ACCEPTED_TWO},
            ),
        },
        ref("Wanted"),
        {"One drawing": examples.GENERATE, "Two drawings": examples.GENERATE_TWO},
        refuses=(402, 409, 422),
        headers=("Idempotency-Key", "Prefer"),
    ),
    "GET /v1/svg/job/{job_id}": Operation(
        "getJob",
        "Drawing",
        "See a job",
        {
            200: Answer(
                "The job; with its drawing once it has succeeded.",
                answer(job=ref("Job")),
                ("Preference-Applied", "Retry-After"),
                {
                    "Succeeded": {"job": examples.JOB},
                    "Queued": {"job": examples.JOB_QUEUED},
                    "Failed": {"job": examples.JOB_FAILED},
                },
            )
        },
        headers=("Prefer",),
    ),
    "POST /v1/svg/job/{job_id}/cancel": Operation(
        "cancelJob",
        "Drawing",
        "Cancel a job",
        {
            200: Answer(
                "The job, canceled; its price is given back.",
                answer(job=ref("Job")),
                examples={"Canceled": {"job": examples.JOB_CANCELED}},
            )
        },
        refuses=(409,),
    ),
    "GET /v1/svg/jobs": Operation(
        "listJobs",
        "Drawing",
        "List jobs",
        {
            200: Answer(
                "Jobs, newest first.",
                answer(jobs=listed(ref("ListedJob")), nextCursor=CURSOR),
                examples={"A page": examples.JOBS},
            )
        },
        query=_page(50),
    ),
    "GET /v1/svg/drawings": Operation(
        "listDrawings",
        "Drawings",
        "List drawings",
        {
            200: Answer(
                "Drawings, newest first.",
                answer(drawings=listed(ref("ListedDrawing")), nextCursor=CURSOR),
                examples={"The last page": examples.DRAWINGS},
            )
        },
        query=_page(50),
    ),
    "GET /v1/svg/drawings/{drawing_id}": Operation(
        "getDrawing",
        "Drawings",
        "See a drawing",
        {
            200: Answer(
                "The drawing.",
                answer(drawing=ref("Drawing")),
                examples={"Drawing": {"drawing": examples.DRAWING}},
            )
        },
    ),
    "DELETE /v1/svg/drawings/{drawing_id}": Operation(
        "deleteDrawing", "Drawings", "Delete a drawing", {200: _DONE}
    ),
    "GET /v1/svg/drawings/{drawing_id}/export": Operation(
        "exportDrawing",
        "Drawings",
        "Get a drawing as a file",
        {
            200: Answer(
                "The file.",
                text(format="binary"),
                ("ETag", "Content-Disposition"),
                {"SVG": examples.SVG},
                _FILES,
            ),
            304: Answer("The file is as you have it.", None, ("ETag",)),
        },
        refuses=(422,),
        headers=("If-None-Match",),
        query={
            "format": text(enum=list(exports.FORMATS), default="svg"),
            "size": _OF_PICTURES,
        },
    ),
    "GET /v1/styles": Operation(
        "listStyles",
        "Catalogue",
        "List styles",
        {
            200: Answer(
                "The styles.",
                answer(styles=listed(ref("Style")), default=text()),
                examples={"Styles": examples.STYLES},
            )
        },
    ),
    "GET /v1/models": Operation(
        "listModels",
        "Catalogue",
        "List models",
        {
            200: Answer(
                "The models.",
                answer(models=listed(ref("Model")), default=text()),
                examples={"Models": examples.MODELS},
            )
        },
    ),
    "POST /v1/estimate": Operation(
        "estimate",
        "Catalogue",
        "Ask what it would cost",
        {
            200: Answer(
                "Price, credits and time; nothing was drawn.",
                ref("Estimate"),
                examples={"Two drawings": examples.ESTIMATE},
            )
        },
        ref("Wanted"),
        {"Two drawings": examples.GENERATE_TWO},
    ),
    "GET /v1/credits": Operation(
        "getCredits",
        "Account",
        "See the credits",
        {200: Answer("The credits.", ref("Credits"), examples={"Credits": examples.CREDITS})},
    ),
    "GET /v1/usage": Operation(
        "getUsage",
        "Account",
        "See the usage of this month",
        {200: Answer("The usage.", ref("Usage"), examples={"Usage": examples.USAGE})},
    ),
    "POST /v1/webhooks": Operation(
        "createWebhook",
        "Webhooks",
        "Create a webhook",
        {
            201: Answer(
                "The webhook and its secret, which is shown this once.",
                ref("NewWebhook"),
                examples={"Webhook": examples.WEBHOOK_MADE},
            )
        },
        asked(
            **_URL,
            optional={**_WEBHOOK_FIELDS, **_SIGNATURE},
        ),
        {"Webhook": examples.WEBHOOK_ASKED},
    ),
    "GET /v1/webhooks": Operation(
        "listWebhooks",
        "Webhooks",
        "List webhooks",
        {
            200: Answer(
                "All of them, the oldest first.",
                answer(webhooks=listed(ref("Webhook"))),
                examples={"Webhooks": {"webhooks": [examples.WEBHOOK]}},
            )
        },
    ),
    "GET /v1/webhooks/{webhook_id}": Operation(
        "getWebhook", "Webhooks", "See a webhook", {200: _WEBHOOK}
    ),
    "PATCH /v1/webhooks/{webhook_id}": Operation(
        "updateWebhook",
        "Webhooks",
        "Change a webhook",
        {200: _WEBHOOK},
        asked(optional={**_WEBHOOK_FIELDS, "enabled": {"type": "boolean"}}),
        {"Changes": examples.WEBHOOK_CHANGE},
    ),
    "DELETE /v1/webhooks/{webhook_id}": Operation(
        "deleteWebhook", "Webhooks", "Delete a webhook", {200: _DONE}
    ),
    "POST /v1/webhooks/{webhook_id}/rotate": Operation(
        "rotateWebhookSecret",
        "Webhooks",
        "Make a new secret",
        {
            200: Answer(
                "The new secret; the one before it signs as well for 24 hours.",
                ref("NewWebhook"),
                examples={"Webhook": examples.WEBHOOK_ROTATED},
            )
        },
        asked(optional={**_SIGNATURE, "endPrevious": {"type": "boolean", "default": False}}),
        {"With an overlap": examples.WEBHOOK_ROTATE},
        needs_body=False,
        refuses=(409,),
    ),
    "POST /v1/webhooks/{webhook_id}/test": Operation(
        "testWebhook", "Webhooks", "Send a test event", {202: _DELIVERY}, refuses=(409,)
    ),
    "GET /v1/webhooks/{webhook_id}/deliveries": Operation(
        "listWebhookDeliveries",
        "Webhooks",
        "List what was sent",
        {
            200: Answer(
                "Deliveries with their attempts, newest first.",
                answer(deliveries=listed(ref("Delivery")), nextCursor=CURSOR),
                examples={"The last page": {"deliveries": [examples.DELIVERY], "nextCursor": None}},
            )
        },
        query=_page(20),
    ),
    "POST /v1/webhooks/deliveries/{delivery_id}/replay": Operation(
        "replayWebhookDelivery", "Webhooks", "Send it again", {202: _DELIVERY}, refuses=(409,)
    ),
    "GET /v1/webhooks/settings": Operation(
        "getWebhookSettings", "Webhooks", "See when credits are low", {200: _SETTINGS}
    ),
    "PATCH /v1/webhooks/settings": Operation(
        "updateWebhookSettings",
        "Webhooks",
        "Say when credits are low",
        {200: _SETTINGS},
        asked(creditsLowThreshold=_THRESHOLD),
        {"Setting": examples.THRESHOLD},
    ),
}
