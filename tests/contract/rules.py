"""What every route owes to whom: the table that the crawls hold the routes to."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.contract import belongings, routes
from tests.contract.routes import Route

NOTHING = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Rule:
    """What a route owes. `kind` is one of

    public     the same to everybody
    own        about whoever asks; a visitor is refused or sent to sign in
    owned      an argument names somebody's object: to others, it is as missing as one that is not
    newcomer   for people who are not signed in
    staff      for staff: everybody else is sent to the admin's sign-in, or finds nothing
    program    opened by an API key and nothing else: no cookie, and no key of somebody else
    secret     opened by a secret that only its receiver has

    `nouns`: argument -> what it names (a key of `Owner.ids`), or a tuple of words for others.
    `tells`: answers otherwise where an e-mail address has an account (why that may be, in words).
    """

    kind: str
    nouns: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    tells: str = ""


def owned(**nouns: str) -> Rule:
    return Rule("owned", tuple(nouns.items()))


PUBLIC, OWN, NEWCOMER, STAFF, PROGRAM = (
    Rule(kind) for kind in ("public", "own", "newcomer", "staff", "program")
)
TAKEN = "an address that is taken cannot be registered (CONTRACT §3.2 #10)"
PROVIDER = (("provider", ("google", "github")),)
EXAMPLE = (("subject", ("fox",)), ("style", ("flat",)))
WEBHOOK, DELIVERY = (("webhook_id", "webhook"),), (("delivery_id", "delivery"),)

# for programs, below `/v1` and `/api/v1`: an API key opens them, a browser's cookies do not
PROGRAMS = {
    "openapi.json": PUBLIC,
    "svg/generate": PROGRAM,
    "svg/job/<job_id>": Rule("program", (("job_id", "job"),)),
    "svg/job/<job_id>/cancel": Rule("program", (("job_id", "job"),)),
    "svg/jobs": PROGRAM,
    "svg/drawings": PROGRAM,
    "svg/drawings/<drawing_id>": Rule("program", (("drawing_id", "drawing"),)),
    "svg/drawings/<drawing_id>/export": Rule("program", (("drawing_id", "drawing"),)),
    "styles": PROGRAM,
    "models": PROGRAM,
    "estimate": PROGRAM,
    "credits": PROGRAM,
    "usage": PROGRAM,
    "webhooks": PROGRAM,
    "webhooks/settings": PROGRAM,
    "webhooks/<webhook_id>": Rule("program", WEBHOOK),
    "webhooks/<webhook_id>/rotate": Rule("program", WEBHOOK),
    "webhooks/<webhook_id>/test": Rule("program", WEBHOOK),
    "webhooks/<webhook_id>/deliveries": Rule("program", WEBHOOK),
    "webhooks/deliveries/<delivery_id>/replay": Rule("program", DELIVERY),
}

RULES = {
    # pages
    "/": PUBLIC,
    "/terms": PUBLIC,
    "/privacy": PUBLIC,
    "/docs": PUBLIC,
    "/docs/key": OWN,
    "/docs/me": PUBLIC,
    "/status": PUBLIC,
    "/contact": PUBLIC,
    "/contact/tickets": OWN,
    "/contact/tickets/<ticket_id>": owned(ticket_id="ticket"),
    "/contact/tickets/<ticket_id>/reply": owned(ticket_id="ticket"),
    "/notifications": OWN,
    "/notifications/newest": OWN,
    "/notifications/seen": OWN,
    "/docs/samples/<name>": Rule("public", (("name", ("draw.py",)),)),
    "/v1/docs": PUBLIC,
    "/llms.txt": PUBLIC,
    "/styleguide": PUBLIC,  # while DEBUG is on; otherwise as missing to all
    "/styleguide/tokens.css": PUBLIC,
    "/signup": Rule("newcomer", tells=TAKEN),
    "/signin": NEWCOMER,
    "/signout": PUBLIC,
    "/forgot-password": PUBLIC,
    "/reset-password": Rule("secret"),
    "/verify-email": Rule("secret"),
    "/verify-email/resend": OWN,
    "/confirm-email": Rule("secret"),
    "/account": OWN,
    "/account/name": OWN,
    "/account/avatar": OWN,
    "/account/avatar/remove": OWN,
    "/account/email": Rule("own", tells=TAKEN),
    "/account/email/verification": OWN,
    "/account/password": OWN,
    "/account/proof": OWN,
    "/account/identities/<provider>/disconnect": Rule("own", PROVIDER),
    "/account/sessions/<session_id>/end": owned(session_id="session"),
    "/account/sessions/end-others": OWN,
    "/account/apps/<grant_id>/disconnect": owned(grant_id="grant"),
    "/account/export": OWN,
    "/account/export/<export_id>/download": owned(export_id="export"),
    "/account/delete": OWN,
    "/account/deleted": PUBLIC,
    "/api-keys": PUBLIC,  # a visitor reads there what keys are
    "/api-keys/<key_id>/revoke": owned(key_id="key"),
    "/api-keys/webhooks": OWN,
    "/api-keys/webhooks/<webhook_id>": Rule("owned", WEBHOOK),
    "/api-keys/webhooks/<webhook_id>/rotate": Rule("owned", WEBHOOK),
    "/api-keys/webhooks/<webhook_id>/test": Rule("owned", WEBHOOK),
    "/api-keys/webhooks/<webhook_id>/enable": Rule("owned", WEBHOOK),
    "/api-keys/webhooks/<webhook_id>/disable": Rule("owned", WEBHOOK),
    "/api-keys/webhooks/<webhook_id>/delete": Rule("owned", WEBHOOK),
    "/api-keys/webhooks/deliveries/<delivery_id>/replay": Rule("owned", DELIVERY),
    "/pricing": PUBLIC,
    "/pricing/subscribe": OWN,
    "/pricing/paypal": OWN,
    "/pricing/cancel": OWN,
    "/billing/paypal/success": PUBLIC,  # it says how whoever is signed in stands
    "/billing/paypal/cancel": PUBLIC,
    "/credits": OWN,
    "/backstage": Rule("secret"),
    "/backstage/leave": PUBLIC,
    "/backstage/figures": Rule("secret"),
    "/app": PUBLIC,
    "/app/credits": OWN,
    "/app/jobs/<job_id>": owned(job_id="job"),
    "/app/tray": OWN,
    "/app/jobs/<job_id>/cancel": owned(job_id="job"),
    "/app/jobs/<job_id>/dismiss": owned(job_id="job"),
    "/app/drawings/<drawing_id>": owned(drawing_id="drawing"),
    "/app/drawings/<drawing_id>/svg": owned(drawing_id="drawing"),
    "/app/drawings/<drawing_id>/download": owned(drawing_id="drawing"),
    "/gallery": PUBLIC,
    "/history": PUBLIC,  # a visitor reads there what it is
    "/history/zip": OWN,
    "/history/delete": OWN,
    "/history/restore": OWN,
    "/d/<drawing_id>": owned(drawing_id="drawing"),  # or public; so are the next three
    "/d/<drawing_id>/actions": owned(drawing_id="drawing"),
    "/d/<drawing_id>/export": owned(drawing_id="drawing"),
    "/d/<drawing_id>/drawing.svg": owned(drawing_id="drawing"),
    "/d/<drawing_id>/shared.png": Rule("public", (("drawing_id", "drawing"),)),
    "/d/<drawing_id>/publish": owned(drawing_id="drawing"),
    "/d/<drawing_id>/unpublish": owned(drawing_id="drawing"),
    "/d/<drawing_id>/delete": owned(drawing_id="drawing"),
    "/d/<drawing_id>/restore": owned(drawing_id="drawing"),
    "/samples/<subject>/<style>.svg": Rule("public", EXAMPLE),
    "/files/avatars/<name>": Rule("secret", (("name", ("x" * 32 + ".webp",)),)),
    "/files/<key>": Rule("secret", (("key", "file"),)),
    "/metrics": Rule("secret"),
    # the authorization server: documents, and what a client's own secrets open
    "/.well-known/oauth-authorization-server": PUBLIC,
    "/.well-known/oauth-authorization-server/mcp": PUBLIC,
    "/.well-known/oauth-protected-resource": PUBLIC,
    "/.well-known/security.txt": PUBLIC,
    "/.well-known/oauth-protected-resource/mcp": PUBLIC,
    "/oauth/authorize": PUBLIC,  # it asks whoever is signed in, for a client that names itself
    "/oauth/register": PUBLIC,
    "/oauth/token": Rule("secret"),
    "/token": Rule("secret"),
    "/oauth/revoke": Rule("secret"),
    # the API
    "/api/health": PUBLIC,
    "/api/ready": PUBLIC,
    "/api/status": PUBLIC,
    "/api/csrf": PUBLIC,
    "/api/openapi.json": PUBLIC,
    "/api/auth/options": PUBLIC,
    "/api/auth/register": Rule("public", tells=TAKEN),
    "/api/auth/login": PUBLIC,
    "/api/auth/logout": PUBLIC,
    "/api/auth/refresh": Rule("secret"),
    "/api/auth/forgot-password": PUBLIC,
    "/api/auth/reset-password": Rule("secret"),
    "/api/auth/current-user": OWN,
    "/api/auth/sessions": OWN,
    "/api/auth/sessions/<session_id>": owned(session_id="session"),
    "/api/auth/<provider>": Rule("public", PROVIDER),
    "/api/auth/<provider>/callback": Rule("secret", PROVIDER),
    "/api/user/me": OWN,
    "/api/account": OWN,
    "/api/account/avatar": OWN,
    "/api/account/export": OWN,
    "/api/account/export/<export_id>": owned(export_id="export"),
    "/api/account/export/<export_id>/download": owned(export_id="export"),
    "/api/account/identities": OWN,
    "/api/account/identities/<provider>": Rule("own", PROVIDER),
    "/api/account/password": OWN,
    "/api/account/email": Rule("own", tells=TAKEN),
    "/api/account/email/verification": OWN,
    "/api/plans": PUBLIC,
    "/api/support/contact": PUBLIC,
    "/api/admin/request-access": PUBLIC,
    "/api/admin/verify": Rule("secret"),
    "/api/admin/logout": PUBLIC,
    "/api/admin/metrics": STAFF,
    "/api/notification/latest": OWN,
    "/api/notification/badge": OWN,
    "/api/notification/seen": OWN,
    "/api/paypal/create-subscription": OWN,
    "/api/paypal/subscription/cancel": OWN,
    "/api/paypal/status": OWN,
    "/api/paypal/webhook": Rule("secret"),
    "/api/user/generations": OWN,
    "/api/user/generations/<generation_id>": owned(generation_id="drawing"),
    "/api/svg/public": PUBLIC,
    "/api/svg/generate-svg": OWN,
    "/api/svg/generation-jobs/<job_id>": owned(job_id="job"),
    "/api/svg/generation-jobs/<job_id>/cancel": owned(job_id="job"),
    "/api/svg/<generation_id>/source": owned(generation_id="drawing"),
    "/api/svg/<generation_id>/download": owned(generation_id="drawing"),
    "/api/oauth/grants": OWN,
    "/api/oauth/grants/<grant_id>": owned(grant_id="grant"),
    "/api/keys": OWN,
    "/api/keys/usage/summary": OWN,
    "/api/keys/<key_id>": owned(key_id="key"),
    "/api/keys/<key_id>/stats": owned(key_id="key"),
    "/api/webhooks": OWN,
    "/api/webhooks/settings": OWN,
    "/api/webhooks/<webhook_id>": Rule("owned", WEBHOOK),
    "/api/webhooks/<webhook_id>/rotate": Rule("owned", WEBHOOK),
    "/api/webhooks/<webhook_id>/test": Rule("owned", WEBHOOK),
    "/api/webhooks/<webhook_id>/deliveries": Rule("owned", WEBHOOK),
    "/api/webhooks/deliveries/<delivery_id>/replay": Rule("owned", DELIVERY),
    **{f"{face}/{path}": rule for face in ("/v1", "/api/v1") for path, rule in PROGRAMS.items()},
    "/v1/<rest>": Rule("public", (("rest", ("nowhere",)),)),
    "/api/v1/<rest>": Rule("public", (("rest", ("nowhere",)),)),
    "/api/<rest>": Rule("public", (("rest", ("nowhere",)),)),
    # the Django admin: what it makes of every model is for staff
    "/admin": PUBLIC,
    "/admin/login/": NEWCOMER,
    "/admin/logout/": PUBLIC,
}
ADMIN = ("/admin/", STAFF)  # everything else below it
LIVE = {"/events/": OWN, "/ws/events/": OWN, "/socket.io/": OWN}
LIVE |= {"/v1/events": PROGRAM, "/api/v1/events": PROGRAM}
LIVE |= {"/mcp": PROGRAM, "/mcp/": PROGRAM, "/mcp/health": PUBLIC}


def rule_of(address: str) -> Rule | None:
    prefix, below = ADMIN
    return RULES.get(address) or (below if address.startswith(prefix) else None)


def of_kind(*kinds: str) -> list[tuple[Route, Rule]]:
    """The routes of a kind that the URL configuration has now."""
    found = [(route, rule_of(route.address)) for route in routes.http()]
    return [(route, rule) for route, rule in found if rule and rule.kind in kinds]


def places(route: Route, rule: Rule) -> Iterator[dict]:
    """Arguments with which a route leads somewhere, or with ids of nothing."""
    if not route.names:
        yield {}
        return
    nouns = dict(rule.nouns)
    words = {name: nouns.get(name, "") for name in route.names}
    values = {
        name: noun[0] if isinstance(noun, tuple) else belongings.like(NOTHING)
        for name, noun in words.items()
    }
    yield values
    for name, noun in words.items():
        for word in noun[1:] if isinstance(noun, tuple) else ():
            yield {**values, name: word}
