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
FIGURE = {"type": "number", "minimum": 0}
SHARE = text(pattern=r"^\d+\.\d%$")
URL = text(format="uri")
EMAIL, PASSWORD, NAME = text(254), text(128, minLength=8), text(100, minLength=1)
PLAN = text(enum=["FREE", "SUPPORTER"])
STATUS = text(enum=["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"])
PROVIDER = text(enum=["google", "github"])
MESSAGE = answer(message=text())
WEBHOOK_SIGNATURE = text(enum=["hmac", "ed25519"])
WEBHOOK_EVENT = text(
    enum=["generation.succeeded", "generation.failed", "generation.canceled", "credits.low"]
)

_NEWCOMER = {"id": ID, "email": text(), "name": text(), "avatar": maybe(URL), "credits": COUNT}
_AMOUNT = answer(currency_code=text(), value=text())
_AGES = {"createdAt": TIME, "updatedAt": TIME}
_STATS: Shape = {
    "totalRequests": COUNT,
    "successfulRequests": COUNT,
    "failedRequests": COUNT,
    "totalCreditsUsed": COUNT,
    "successRate": {"type": "number", "minimum": 0, "maximum": 100, "description": "Per cent."},
}

_LISTED = {
    "id": ID,
    "prompt": text(),
    "style": maybe(text()),
    "model": maybe(text()),
    "createdAt": TIME,
    "svgUrl": maybe(URL),
}

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
    "Notification": answer(
        id=ID,
        type=text(
            enum=[
                "SYSTEM_ANNOUNCEMENT",
                "JOB_SUCCEEDED",
                "JOB_FAILED",
                "LOW_CREDITS",
                "CREDITS_PURCHASED",
                "CREDITS_REFUNDED",
                "ACCOUNT_SECURITY",
                "PROMO_MONTHLY",
            ]
        ),
        title=maybe(text()),
        message=text(),
        data=maybe({"type": "object"}),
        createdAt=TIME,
        readAt=maybe(TIME),
    ),
    "PayPal": answer(
        customerId=maybe(text()),
        subscriptionId=maybe(ID),
        status=maybe(text()),
        planId=maybe(text()),
        optional={
            "remote": answer(
                id=text(),
                status=text(),
                plan_id=text(),
                optional={
                    "subscriber": answer(payer_id=text(), email_address=text()),
                    "billing_info": answer(
                        next_billing_time=text(),
                        optional={"last_payment": answer(amount=_AMOUNT)},
                    ),
                },
            )
        },
    ),
    "Shown": answer(**_LISTED),
    "Own": answer(**_LISTED, privacy=FLAG, creditsUsed=maybe(COUNT)),
    "Webhook": answer(
        id=ID,
        url=URL,
        description=text(),
        events=listed(WEBHOOK_EVENT),
        test=FLAG,
        enabled=FLAG,
        disabledAt=maybe(TIME),
        disabledBecause=maybe(text(enum=["owner", "gone", "failing", "suspended"])),
        failingSince=maybe(TIME),
        createdAt=TIME,
        secrets=listed(
            answer(
                signature=WEBHOOK_SIGNATURE,
                createdAt=TIME,
                expiresAt=maybe(TIME),
                publicKey=maybe(text(pattern="^whpk_")),
            )
        ),
    ),
    "NewWebhook": answer(
        webhook=ref("Webhook"),
        secret=text(pattern="^(whsec|whpk)_", description="Verifies signatures. Shown this once."),
        warning=text(),
    ),
    "Delivery": answer(
        id=ID,
        webhookId=ID,
        messageId=text(pattern="^msg_[0-9a-f]{32}$", description="The header webhook-id."),
        type=text(),
        status=text(enum=["pending", "succeeded", "failed"]),
        createdAt=TIME,
        nextAttemptAt=maybe(TIME),
        endedAt=maybe(TIME),
        attempts=listed(
            answer(
                at=TIME,
                status=maybe(COUNT),
                error=maybe(text()),
                latencyMs=COUNT,
                answer=text(1024, description="How the answer began."),
            )
        ),
    ),
    "ConnectedApp": answer(
        id=ID,
        clientName=text(),
        scopes=listed(text()),
        createdAt=TIME,
        lastUsedAt=TIME,
        expiresAt=TIME,
    ),
    "Key": answer(
        id=ID,
        name=text(),
        keyPrefix=text(),
        environment=text(enum=["production", "test"]),
        createdAt=TIME,
        lastUsedAt=maybe(TIME),
        expiresAt=maybe(TIME),
        usageCount=COUNT,
        customRateLimit=maybe(COUNT),
        ipWhitelist=listed(text()),
        scopes=listed(text()),
        optional={"description": text()},
    ),
    "NewKey": answer(
        id=ID,
        name=text(),
        keyPrefix=text(),
        key=text(pattern="^sk_(live|test)_[A-Za-z0-9_-]+$", description="Shown this once."),
        createdAt=TIME,
        warning=text(),
    ),
    "KeyStats": answer(**_STATS),
    "KeySummary": answer(**_STATS, averageLatencyMs=COUNT),
    "Queue": answer(waiting=COUNT, delayed=COUNT, active=COUNT, paused=COUNT),
    "AiFigures": answer(
        totalJobs=COUNT,
        avgPromptTokens=FIGURE,
        avgCompletionTokens=FIGURE,
        totalTokens=COUNT,
        avgLatencyMs=FIGURE,
        p95LatencyMs=FIGURE,
        repairRate=SHARE,
        totalCostUSD=text(description="Dollars; a plus where some calls' cost is unknown."),
        avgCostPerJobUSD=text(description="Dollars."),
    ),
    "JobFigures": answer(
        total=COUNT,
        succeeded=COUNT,
        failed=COUNT,
        queued=COUNT,
        running=COUNT,
        queueDepth=COUNT,
        successRate=SHARE,
        avgDurationMs=FIGURE,
    ),
    "UserFigures": answer(
        activeUsers30d=COUNT,
        totalGenerations30d=COUNT,
        topGenerators=listed(answer(userId=ID, jobCount=COUNT)),
    ),
    "Plan": answer(
        plan=PLAN,
        name=text(),
        description=text(),
        price={"type": "number", "minimum": 0},
        limits=answer(
            startingCredits=maybe(COUNT),
            creditRefillAmount=maybe(COUNT),
            creditRefillDays=COUNT,
            generationsPerMonth=maybe(COUNT),
            apiAccess=FLAG,
            maxApiKeys=COUNT,
            rateLimits=answer(perMinute=maybe(COUNT), perHour=COUNT, perDay=COUNT),
            supportLevel=text(enum=["community", "email", "priority"]),
            optional={"supportChannel": text(enum=["email", "discord"])},
        ),
    ),
}
