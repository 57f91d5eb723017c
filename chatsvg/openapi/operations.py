"""What the routes of `/api` take and give, where the code of a view does not say so itself.

A route that is not in this table is described without its bodies, and fails a test.
"""

from dataclasses import dataclass, field

from chatsvg.openapi.shapes import (
    COUNT,
    EMAIL,
    FIGURE,
    FLAG,
    ID,
    MESSAGE,
    NAME,
    PASSWORD,
    PLAN,
    PROVIDER,
    TIME,
    URL,
    WEBHOOK_EVENT,
    WEBHOOK_SIGNATURE,
    Shape,
    answer,
    asked,
    listed,
    maybe,
    ref,
    text,
)


@dataclass(frozen=True)
class Operation:
    """`gives`: status -> body (None: none). `refuses`: statuses that only this one has."""

    gives: dict[int, Shape | None]
    takes: Shape | None = None
    kind: str = "application/json"  # of what it takes
    refuses: tuple[int, ...] = ()
    headers: dict[str, Shape] = field(default_factory=dict)
    query: dict[str, Shape] = field(default_factory=dict)  # none of it has to be there
    gives_kind: str = "application/json"


_BYTES = text(format="binary")
_TOKEN = text(minLength=1)
_SIGNED_IN = answer(user=ref("Person"))
_EXPORT = answer(export=ref("Export"))
_ACCEPTED = answer(job=ref("Job"), optional={"duplicate": {"const": True}, "queue": ref("Queue")})
_PAGE = {"limit": text(), "cursor": text(), "style": text(), "model": text()}
_ALARM = answer(creditsLowThreshold={"type": "integer", "minimum": 0, "maximum": 1_000_000})
_HOW = text(enum=["operational", "degraded", "down", "unknown"])
_ELSEWHERE: dict[int, Shape | None] = {302: None}

OPERATIONS: dict[str, Operation] = {
    "GET /api/health": Operation({200: answer(ok={"const": True})}),
    "GET /api/ready": Operation(
        {
            200: answer(
                ok={"const": True},
                database={"const": "connected"},
                redis=text(enum=["connected", "disconnected"]),
            )
        }
    ),
    "GET /api/status": Operation(
        {
            200: answer(
                status=_HOW,
                message=text(),
                at=TIME,
                lastCheckAt=maybe(TIME),
                components=listed(
                    answer(
                        id=text(),
                        name=text(),
                        status=_HOW,
                        detail=text(),
                        latencyMs=maybe(FIGURE),
                        checkedAt=maybe(TIME),
                        uptime=maybe(FIGURE),
                        recordedSince=maybe(text(format="date")),
                    )
                ),
                incidents=listed(answer(component=text(), beganAt=TIME, endedAt=maybe(TIME))),
            )
        }
    ),
    "GET /api/openapi.json": Operation({200: {"type": "object"}}),
    "GET /api/csrf": Operation({200: answer(csrfToken=text(pattern="^[0-9a-f]{64}$"))}),
    "GET /api/auth/options": Operation(
        {200: answer(emailAuthEnabled=FLAG, oauthProviders=listed(PROVIDER))}
    ),
    "POST /api/auth/register": Operation(
        {201: answer(user=ref("Newcomer"))},
        asked(email=EMAIL, password=PASSWORD, name=NAME, agreedToTerms={"const": True}),
    ),
    "POST /api/auth/login": Operation(
        {200: _SIGNED_IN},
        asked(email=EMAIL, password=PASSWORD, optional={"rememberMe": FLAG}),
        refuses=(401,),
    ),
    "POST /api/auth/logout": Operation({200: answer(message=text(), success=FLAG)}),
    "POST /api/auth/refresh": Operation({200: MESSAGE}, refuses=(401,)),
    "GET /api/auth/current-user": Operation({200: ref("Person")}),
    "GET /api/auth/sessions": Operation({200: answer(sessions=listed(ref("Session")))}),
    "DELETE /api/auth/sessions/{session_id}": Operation({200: MESSAGE}),
    "POST /api/auth/forgot-password": Operation({200: MESSAGE}, asked(email=EMAIL)),
    "POST /api/auth/reset-password": Operation(
        {200: MESSAGE}, asked(token=_TOKEN, newPassword=PASSWORD)
    ),
    "GET /api/auth/{provider}": Operation(_ELSEWHERE),
    "GET /api/auth/{provider}/callback": Operation(_ELSEWHERE),
    "GET /api/account": Operation({200: ref("Account")}),
    "PATCH /api/account": Operation({200: ref("Account")}, asked(name=NAME)),
    "DELETE /api/account": Operation(
        {200: MESSAGE}, asked(optional={"password": PASSWORD, "email": EMAIL}), refuses=(409,)
    ),
    "PUT /api/account/avatar": Operation(
        {200: answer(avatar=maybe(URL))}, _BYTES, kind="application/octet-stream"
    ),
    "DELETE /api/account/avatar": Operation({200: answer(avatar={"type": "null"})}),
    "GET /api/account/export": Operation({200: answer(exports=listed(ref("Export")))}),
    "POST /api/account/export": Operation({202: _EXPORT}),
    "GET /api/account/export/{export_id}": Operation({200: _EXPORT}),
    "GET /api/account/export/{export_id}/download": Operation(
        {200: _BYTES, 302: None}, gives_kind="application/zip"
    ),
    "GET /api/account/identities": Operation(
        {200: answer(identities=listed(ref("Identity")), providers=listed(PROVIDER))}
    ),
    "DELETE /api/account/identities/{provider}": Operation({200: MESSAGE}, refuses=(409,)),
    "POST /api/account/password": Operation(
        {200: MESSAGE}, asked(currentPassword=PASSWORD, newPassword=PASSWORD)
    ),
    "POST /api/account/email": Operation({200: MESSAGE}, asked(email=EMAIL, password=PASSWORD)),
    "POST /api/account/email/verification": Operation({200: MESSAGE}),
    "POST /api/support/contact": Operation(
        {200: answer(ok={"const": True}, message=text())},
        asked(
            type=text(enum=["contact", "bug", "idea"]),
            subject=text(minLength=1),
            message=text(minLength=1),
            optional={"email": EMAIL, "contextUrl": text(), "userAgent": text()},
        ),
        refuses=(401,),
    ),
    "POST /api/admin/request-access": Operation({200: MESSAGE}, asked(email=EMAIL)),
    "GET /api/admin/verify": Operation(_ELSEWHERE),
    "POST /api/admin/logout": Operation({200: MESSAGE}),
    "GET /api/admin/metrics": Operation(
        {200: answer(ai=ref("AiFigures"), jobs=ref("JobFigures"), users=ref("UserFigures"))}
    ),
    "GET /api/plans": Operation(
        {200: answer(plans=answer(FREE=ref("Plan"), SUPPORTER=ref("Plan")))}
    ),
    "POST /api/paypal/create-subscription": Operation(
        {200: answer(subscriptionId=ID, status=text(), approveUrl=maybe(URL))}, refuses=(409,)
    ),
    "POST /api/paypal/subscription/cancel": Operation(
        {200: answer(message=text(), status=text(), endsAt=maybe(TIME))}, refuses=(404,)
    ),
    "GET /api/paypal/status": Operation(
        {200: answer(plan=PLAN, credits=COUNT, paypal=ref("PayPal"))}
    ),
    "POST /api/paypal/webhook": Operation(
        {200: answer(received={"const": True})},
        asked(id=text(), event_type=text(), resource={"type": "object"}),
        refuses=(401,),
    ),
    "GET /api/user/me": Operation({200: answer(user=ref("Me"))}),
    "GET /api/oauth/grants": Operation({200: answer(grants=listed(ref("ConnectedApp")))}),
    "DELETE /api/oauth/grants/{grant_id}": Operation({200: answer(success={"const": True})}),
    "GET /api/keys": Operation({200: answer(keys=listed(ref("Key")))}),
    "POST /api/keys": Operation(
        {201: ref("NewKey")},
        asked(
            name=NAME,
            optional={
                "description": maybe(text(500)),
                "environment": maybe(text(enum=["production", "test"])),
                "ipWhitelist": maybe(listed(text(description="An address, or a CIDR range."))),
                "expiresAt": maybe(text(format="date-time")),
                "scopes": maybe(listed(text(enum=["svg:generate", "svg:read"]))),
                "customRateLimit": maybe({"type": "integer", "minimum": 1, "maximum": 100_000}),
            },
        ),
    ),
    "GET /api/keys/usage/summary": Operation(
        {200: answer(summary=ref("KeySummary"))},
        query={"startDate": text(format="date-time"), "endDate": text(format="date-time")},
    ),
    "DELETE /api/keys/{key_id}": Operation({200: answer(success={"const": True})}),
    "GET /api/keys/{key_id}/stats": Operation({200: answer(stats=ref("KeyStats"))}),
    "GET /api/webhooks": Operation({200: answer(webhooks=listed(ref("Webhook")))}),
    "POST /api/webhooks": Operation(
        {201: ref("NewWebhook")},
        asked(
            url=text(2000, format="uri"),
            optional={
                "description": maybe(text(200)),
                "events": maybe(listed(WEBHOOK_EVENT)),
                "signature": maybe(WEBHOOK_SIGNATURE),
                "test": maybe(FLAG),
            },
        ),
    ),
    "GET /api/webhooks/settings": Operation({200: _ALARM}),
    "PATCH /api/webhooks/settings": Operation({200: _ALARM}, _ALARM),
    "GET /api/webhooks/{webhook_id}": Operation({200: answer(webhook=ref("Webhook"))}),
    "PATCH /api/webhooks/{webhook_id}": Operation(
        {200: answer(webhook=ref("Webhook"))},
        asked(
            optional={
                "url": text(2000, format="uri"),
                "description": maybe(text(200)),
                "events": maybe(listed(WEBHOOK_EVENT)),
                "enabled": maybe(FLAG),
            }
        ),
    ),
    "DELETE /api/webhooks/{webhook_id}": Operation({200: answer(success={"const": True})}),
    "POST /api/webhooks/{webhook_id}/rotate": Operation(
        {200: ref("NewWebhook")},
        asked(optional={"signature": maybe(WEBHOOK_SIGNATURE), "endPrevious": maybe(FLAG)}),
        refuses=(409,),
    ),
    "POST /api/webhooks/{webhook_id}/test": Operation(
        {202: answer(delivery=ref("Delivery"))}, refuses=(409,)
    ),
    "GET /api/webhooks/{webhook_id}/deliveries": Operation(
        {200: answer(deliveries=listed(ref("Delivery")), nextCursor=maybe(ID))},
        query={"limit": text(), "cursor": text()},
    ),
    "POST /api/webhooks/deliveries/{delivery_id}/replay": Operation(
        {202: answer(delivery=ref("Delivery"))}, refuses=(409,)
    ),
    "GET /api/notification/latest": Operation(
        {200: answer(notifications=listed(ref("Notification")), nextCursor=maybe(ID))},
        query={"limit": text(), "cursor": text()},
    ),
    "GET /api/notification/badge": Operation({200: answer(unreadCount=COUNT)}),
    "POST /api/notification/seen": Operation({200: answer(ok={"const": True})}),
    "GET /api/user/generations": Operation(
        {200: answer(generations=listed(ref("Own")), nextCursor=maybe(ID))},
        query={**_PAGE, "privacy": text()},
    ),
    "DELETE /api/user/generations/{generation_id}": Operation(
        {200: answer(success={"const": True})}
    ),
    "GET /api/svg/public": Operation(
        {200: answer(publicGenerations=listed(ref("Shown")), nextCursor=maybe(ID)), 304: None},
        query=_PAGE,
    ),
    "POST /api/svg/generate-svg": Operation(
        {200: _ACCEPTED, 202: _ACCEPTED},
        asked(
            prompt=text(500, minLength=10),
            style=text(),
            optional={"model": maybe(text()), "privacy": maybe(FLAG)},
        ),
        refuses=(402, 409),
        headers={"x-idempotency-key": text(128, minLength=1)},
    ),
    "GET /api/svg/generation-jobs/{job_id}": Operation(
        {200: answer(job=ref("Job"), optional={"credits": COUNT})}
    ),
    "POST /api/svg/generation-jobs/{job_id}/cancel": Operation(
        {200: answer(job=ref("Job"))}, refuses=(409,)
    ),
    "GET /api/svg/{generation_id}/source": Operation(
        {200: answer(id=text(), svg=maybe(text()))}, refuses=(401,)
    ),
    "GET /api/svg/{generation_id}/download": Operation({200: answer(downloadUrl=URL)}),
}
