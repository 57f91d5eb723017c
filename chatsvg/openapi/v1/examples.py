"""Example data of `/v1`: one story, told once. Tests hold every answer to its form.

A job that was drawn, its drawing, a webhook that hears of it, and what else there is to ask for.
"""

from typing import Any

Example = dict[str, Any]

ORIGIN = "https://api.chatsvg.example"
JOB_ID = "019a9d2e-7c31-7a54-9f08-3d5be1c2a901"
SECOND_ID = "019a9d2e-7c33-7d10-8e6f-52c07fb3a902"
DRAWING_ID = "019a9d2e-9b40-7c7e-a1d2-6f80c4e5b903"
KEY_ID = "019a9d2d-1a00-7b21-b3c4-9e8d7f6a5904"
WEBHOOK_ID = "019a9d2f-0e5c-7f3a-8b1c-2d4e6f8a0905"
DELIVERY_ID = "019a9d30-2b6d-7a4e-9c2d-4f6a8b0c1906"
MESSAGE_ID = "msg_019a9d3021f77c41a5b6c7d8e9f00907"
API_KEY = "sk_test_4Yw9Xk2mQpT7vBzR1nLc8HsD3fGj6WaE5uKiO0eJ"
REQUEST_ID = "5f2b8c0e9d7a4163b1f04c2d8e6a9b70"
CREATED, STARTED, FINISHED = (
    f"2027-01-15T09:30:{seconds}Z" for seconds in ("12.345", "12.402", "14.118")
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
    '<path d="M4 18c2-6 6-9 12-8l4-3-1 6c-2 5-9 7-15 5z" fill="#c55a30"/></svg>'
)
URL = f"{ORIGIN}/files/generations/{DRAWING_ID}.svg?expires=1800004814&signature=kq3V0nBxYw"
PROMPT = "a red fox asleep"

GENERATE: Example = {"prompt": PROMPT, "style": "flat", "model": "studio"}
GENERATE_TWO: Example = {**GENERATE, "n": 2, "privacy": True}

ACCEPTED: Example = {
    "jobId": JOB_ID,
    "status": "queued",
    "creditsCharged": True,
    "message": "SVG generation job created successfully",
    "estimatedCompletionTime": "30-60 seconds",
}
ACCEPTED_TWO: Example = {**ACCEPTED, "jobs": [ACCEPTED, {**ACCEPTED, "jobId": SECOND_ID}]}

_LISTED: Example = {
    "id": JOB_ID,
    "status": "SUCCEEDED",
    "prompt": PROMPT,
    "style": "flat",
    "model": "studio",
    "url": URL,
    "drawingId": DRAWING_ID,
    "createdAt": CREATED,
    "finishedAt": FINISHED,
    "creditsCharged": True,
}
JOB: Example = {**_LISTED, "svg": SVG}
JOB_QUEUED: Example = {
    **JOB,
    "status": "QUEUED",
    "url": None,
    "drawingId": None,
    "finishedAt": None,
    "svg": None,
}
JOB_FAILED: Example = {
    **JOB_QUEUED,
    "status": "FAILED",
    "finishedAt": FINISHED,
    "creditsCharged": False,
    "errorCode": "TIMEOUT",
    "errorMessage": "The drawing took too long. Please try again. You were not charged.",
}
JOB_CANCELED: Example = {
    **JOB_FAILED,
    "errorCode": "CANCELED",
    "errorMessage": "You canceled this drawing. You were not charged.",
}
_FAILED_LISTED: Example = {name: one for name, one in JOB_FAILED.items() if name != "svg"}
JOBS: Example = {"jobs": [{**_FAILED_LISTED, "id": SECOND_ID}, _LISTED], "nextCursor": JOB_ID}

_DRAWING_LISTED: Example = {
    "id": DRAWING_ID,
    "prompt": PROMPT,
    "style": "flat",
    "model": "studio",
    "privacy": True,
    "creditsUsed": 1,
    "createdAt": FINISHED,
    "url": URL,
}
DRAWING: Example = {**_DRAWING_LISTED, "svg": SVG}
DRAWINGS: Example = {"drawings": [_DRAWING_LISTED], "nextCursor": None}
DONE: Example = {"success": True}

STYLES: Example = {
    "styles": [{"id": "outline", "name": "Outline"}, {"id": "flat", "name": "Flat"}],
    "default": "outline",
}
MODELS: Example = {
    "models": [{"id": "studio", "name": "Studio", "price": 1, "isAvailable": True}],
    "default": "studio",
}
ESTIMATE: Example = {
    "n": 2,
    "model": "studio",
    "style": "flat",
    "price": 2,
    "credits": {"available": 200, "after": 198, "isEnough": True},
    "queue": {
        "waiting": 3,
        "waitingSeconds": 1,
        "drawingSeconds": 2,
        "estimatedSeconds": 3,
    },
}
CREDITS: Example = {
    "credits": 198,
    "balance": 200,
    "held": 2,
    "plan": "SUPPORTER",
    "nextRefillAt": None,
}
_TOTALS: Example = {"requests": 240, "succeeded": 236, "failed": 4, "creditsUsed": 120}
USAGE: Example = {
    "from": "2027-01-01T00:00:00.000Z",
    "until": "2027-02-01T00:00:00.000Z",
    "drawings": {"month": 120, "today": 8},
    "total": _TOTALS,
    "limits": {
        "plan": "SUPPORTER",
        "drawingsPerMonth": 2000,
        "drawingsPerDay": None,
        "drawingsUnderWay": 20,
        "requestsPerMinute": 60,
        "requestsPerHour": 1000,
    },
    "keys": [
        {
            "id": KEY_ID,
            "name": "Continuous integration",
            "keyPrefix": "sk_live_4Yw9",
            "environment": "production",
            **_TOTALS,
        }
    ],
}

EVENTS = ["generation.succeeded", "generation.failed"]
WEBHOOK_ASKED: Example = {
    "url": "https://example.com/hooks/chatsvg",
    "description": "Tells our build",
    "events": EVENTS,
}
_SECRET: Example = {
    "signature": "hmac",
    "createdAt": CREATED,
    "expiresAt": None,
    "publicKey": None,
}
WEBHOOK: Example = {
    "id": WEBHOOK_ID,
    **WEBHOOK_ASKED,
    "test": False,
    "enabled": True,
    "disabledAt": None,
    "disabledBecause": None,
    "failingSince": None,
    "createdAt": CREATED,
    "secrets": [_SECRET],
}
WEBHOOK_CHANGE: Example = {"events": EVENTS, "enabled": True}
WEBHOOK_MADE: Example = {
    "webhook": WEBHOOK,
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwZqV2m1rC0dE=",
    "warning": "Store this secret now: it is shown once, and cannot be shown again.",
}
WEBHOOK_ROTATE: Example = {"endPrevious": False}
WEBHOOK_ROTATED: Example = {
    **WEBHOOK_MADE,
    "webhook": {
        **WEBHOOK,
        "secrets": [_SECRET, {**_SECRET, "expiresAt": "2027-01-16T09:30:12.345Z"}],
    },
}
DELIVERY_PENDING: Example = {
    "id": DELIVERY_ID,
    "webhookId": WEBHOOK_ID,
    "messageId": MESSAGE_ID,
    "type": "generation.succeeded",
    "status": "pending",
    "createdAt": FINISHED,
    "nextAttemptAt": FINISHED,
    "endedAt": None,
    "attempts": [],
}
DELIVERY: Example = {
    **DELIVERY_PENDING,
    "status": "succeeded",
    "nextAttemptAt": None,
    "endedAt": "2027-01-15T09:30:14.502Z",
    "attempts": [
        {
            "at": "2027-01-15T09:30:14.310Z",
            "status": 204,
            "error": None,
            "latencyMs": 87,
            "answer": "",
        }
    ],
}
THRESHOLD: Example = {"creditsLowThreshold": 5}

PROGRESS = (
    "id: 41\n"
    "event: job.updated\n"
    "data: "
    f'{{"type":"job.updated","id":41,"jobId":"{JOB_ID}","seq":2,"status":"RUNNING",'
    '"stage":"model","progress":10,"generationId":null,"errorCode":null,"errorMessage":null,'
    f'"at":"{STARTED}"}}\n\n'
)


def event(kind: str, job: Example, sequence: int) -> Example:
    """What a webhook gets."""
    return {"type": kind, "timestamp": FINISHED, "data": {**job, "sequence": sequence}}


LOW_CREDITS: Example = {
    "type": "credits.low",
    "timestamp": FINISHED,
    "data": {"credits": 4, "threshold": 5},
}
