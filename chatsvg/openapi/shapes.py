"""The JSON objects of `/api` as JSON Schema: every member that is there always is required."""

from typing import Any

Shape = dict[str, Any]


def text(most: int | None = None, **more: object) -> Shape:
    return {"type": "string", **({"maxLength": most} if most else {}), **more}


def maybe(shape: Shape) -> Shape:
    """That, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def listed(shape: Shape) -> Shape:
    return {"type": "array", "items": shape}


def ref(name: str) -> Shape:
    return {"$ref": f"#/components/schemas/{name}"}


def answer(*, optional: Shape | None = None, **members: Shape) -> Shape:
    """An object that we send: these members and no others."""
    return {
        "type": "object",
        "properties": {**members, **(optional or {})},
        "required": list(members),
        "additionalProperties": False,
    }


def asked(*, optional: Shape | None = None, **members: Shape) -> Shape:
    """An object that is sent to us: what else it holds is ignored."""
    return {
        "type": "object",
        "properties": {**members, **(optional or {})},
        "required": list(members),
    }


ID = text(pattern="^[A-Za-z0-9_-]+$")
TIME = text(
    format="date-time", pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
)  # CONTRACT §1.6
COUNT = {"type": "integer", "minimum": 0}
FLAG = {"type": "boolean"}
URL = text(format="uri")
EMAIL, PASSWORD, NAME = text(254), text(128, minLength=8), text(100, minLength=1)
PLAN = text(enum=["FREE", "SUPPORTER"])
STATUS = text(enum=["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"])
PROVIDER = text(enum=["google", "github"])
MESSAGE = answer(message=text())

_NEWCOMER = {"id": ID, "email": text(), "name": text(), "avatar": maybe(URL), "credits": COUNT}
_AGES = {"createdAt": TIME, "updatedAt": TIME}

COMPONENTS: dict[str, Shape] = {
    "Error": answer(
        error=text(minLength=1, description="A short text for people."),
        optional={
            "message": text(),
            "errorCode": text(description="For programs."),
            "requestId": text(),
            "limit": COUNT,
            "used": COUNT,
        },
    ),
    "Newcomer": answer(**_NEWCOMER),
    "Person": answer(**_NEWCOMER, plan=PLAN),
    "Account": answer(**_NEWCOMER, plan=PLAN, emailVerified=FLAG, hasPassword=FLAG, **_AGES),
    "Me": answer(id=ID, email=text(), name=text(), plan=PLAN, credits=COUNT, **_AGES),
    "Session": answer(
        id=ID,
        createdAt=TIME,
        lastUsedAt=maybe(TIME),
        ipAddress=maybe(text()),
        userAgent=maybe(text()),
        current=FLAG,
    ),
    "Identity": answer(provider=PROVIDER, email=maybe(text()), createdAt=TIME, lastUsedAt=TIME),
    "Export": answer(
        id=ID,
        status=text(enum=["QUEUED", "READY", "FAILED", "EXPIRED"]),
        createdAt=TIME,
        readyAt=maybe(TIME),
        expiresAt=maybe(TIME),
        sizeBytes=maybe(COUNT),
        downloadUrl=maybe(URL),
        errorMessage=maybe(text()),
    ),
    "Drawing": answer(
        id=ID,
        prompt=text(),
        style=maybe(text()),
        model=maybe(text()),
        privacy=FLAG,
        svg=text(),
        createdAt=TIME,
    ),
    "Job": answer(
        id=ID,
        status=STATUS,
        prompt=text(),
        style=maybe(text()),
        model=text(),
        privacy=FLAG,
        createdAt=TIME,
        startedAt=maybe(TIME),
        finishedAt=maybe(TIME),
        errorCode=maybe(text()),
        errorMessage=maybe(text()),
        generationId=maybe(ID),
        generation=maybe(ref("Drawing")),
    ),
    "Queue": answer(waiting=COUNT, delayed=COUNT, active=COUNT, paused=COUNT),
}
