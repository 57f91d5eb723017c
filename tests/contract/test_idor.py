"""What is yours is yours (P6): every route, every method, somebody else and a visitor.

The routes come from the URL configuration; RULES says what each of them owes to whom. Timing is
not looked at.
"""

import asyncio
import html
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.apps import apps
from django.db import transaction
from django.test import Client

from accounts import jwt, tokens
from accounts.cookies import CSRF
from chatsvg.asgi import application
from generations import pipeline
from tests import factories
from tests.contract import belongings, routes
from tests.contract.routes import Route

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = ("GET", "HEAD", "OPTIONS", "TRACE", "POST", "PUT", "PATCH", "DELETE")
UNSAFE = METHODS[4:]
NOTHING = "00000000-0000-7000-8000-000000000000"
REFUSED = (401, 403, 404, 405)


@dataclass(frozen=True)
class Rule:
    """What a route owes. `kind` is one of

    public     the same to everybody
    own        about whoever asks; a visitor is refused or sent to sign in
    owned      an argument names somebody's object: to others, it is as missing as one that is not
    newcomer   for people who are not signed in
    staff      for staff: everybody else is sent to the admin's sign-in, or finds nothing
    secret     opened by a secret that only its receiver has

    `nouns`: argument -> what it names (a key of `Owner.ids`), or a tuple of words for others.
    `tells`: answers otherwise where an e-mail address has an account (why that may be, in words).
    """

    kind: str
    nouns: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    tells: str = ""


def owned(**nouns: str) -> Rule:
    return Rule("owned", tuple(nouns.items()))


PUBLIC, OWN, NEWCOMER, STAFF = (Rule(kind) for kind in ("public", "own", "newcomer", "staff"))
TAKEN = "an address that is taken cannot be registered (CONTRACT §3.2 #10)"
PROVIDER = (("provider", ("google", "github")),)
EXAMPLE = (("subject", ("fox",)), ("style", ("flat",)))

RULES = {
    # pages
    "/": PUBLIC,
    "/terms": PUBLIC,
    "/privacy": PUBLIC,
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
    "/account/export": OWN,
    "/account/export/<export_id>/download": owned(export_id="export"),
    "/account/delete": OWN,
    "/account/deleted": PUBLIC,
    "/backstage": Rule("secret"),
    "/app": PUBLIC,
    "/app/credits": OWN,
    "/app/jobs/<job_id>": owned(job_id="job"),
    "/app/jobs/<job_id>/cancel": owned(job_id="job"),
    "/app/drawings/<drawing_id>": owned(drawing_id="drawing"),
    "/app/drawings/<drawing_id>/svg": owned(drawing_id="drawing"),
    "/app/drawings/<drawing_id>/download": owned(drawing_id="drawing"),
    "/samples/<subject>/<style>.svg": Rule("public", EXAMPLE),
    "/files/avatars/<name>": Rule("secret", (("name", ("x" * 32 + ".webp",)),)),
    "/files/<key>": Rule("secret", (("key", "file"),)),
    "/metrics": Rule("secret"),
    # the API
    "/api/health": PUBLIC,
    "/api/ready": PUBLIC,
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
    "/api/keys": OWN,
    "/api/keys/usage/summary": OWN,
    "/api/keys/<key_id>": owned(key_id="key"),
    "/api/keys/<key_id>/stats": owned(key_id="key"),
    # for programs: an API key opens them, a browser's cookies do not
    "/v1/svg/generate": Rule("secret"),
    "/v1/svg/job/<job_id>": Rule("secret", (("job_id", "job"),)),
    "/v1/<rest>": Rule("public", (("rest", ("nowhere",)),)),
    "/api/v1/svg/generate": Rule("secret"),
    "/api/v1/svg/job/<job_id>": Rule("secret", (("job_id", "job"),)),
    "/api/v1/<rest>": Rule("public", (("rest", ("nowhere",)),)),
    "/api/<rest>": Rule("public", (("rest", ("nowhere",)),)),
    # the Django admin: what it makes of every model is for staff
    "/admin": PUBLIC,
    "/admin/login/": NEWCOMER,
    "/admin/logout/": PUBLIC,
}
ADMIN = ("/admin/", STAFF)  # everything else below it
LIVE = {"/events/": OWN, "/ws/events/": OWN}

HOW_TO = """
These routes have no rule in RULES (tests/contract/test_idor.py): {}
Say there what each one owes to strangers: PUBLIC, OWN, owned(argument="noun"), NEWCOMER, STAFF or
Rule("secret"); `Rule` explains them. If it shows a new kind of object, give the owner one in
tests/contract/belongings.py.
"""


def rule_of(address: str) -> Rule | None:
    prefix, below = ADMIN
    return RULES.get(address) or (below if address.startswith(prefix) else None)


# --- The table is whole ---------------------------------------------------------------------------


def test_every_route_has_a_rule():
    without = [route.address for route in routes.http() if rule_of(route.address) is None]
    without += [address for address in routes.live() if address not in LIVE]

    assert not without, HOW_TO.format(", ".join(without))


def test_no_rule_is_left_over():
    known = {route.address for route in routes.http()}

    assert set(RULES) <= known
    assert set(LIVE) == set(routes.live())


def test_every_argument_has_a_noun():
    for route in routes.http():
        rule = rule_of(route.address)
        if rule and rule is not STAFF:
            assert set(route.names) == {name for name, _ in rule.nouns}, route.address


def test_owner_has_one_of_everything(db):
    mine = belongings.owner()
    everything = {
        model for label in belongings.APPS for model in apps.get_app_config(label).get_models()
    }
    owned_models = belongings.owned_models()

    nobodys = {model._meta.label for model in everything - set(owned_models)}
    assert nobodys == belongings.SHARED
    empty = [
        model._meta.label
        for model, lookup in owned_models.items()
        if not belongings.rows_of(mine.user, model, lookup).exists()
    ]
    assert not empty, f"give the owner a row of each in tests/contract/belongings.py: {empty}"


# --- Who asks, and how ----------------------------------------------------------------------------


class Asker:
    """A browser. What it does is undone after each answer, in the database and in its jar."""

    def __init__(self, name: str, user=None, password: str = factories.PASSWORD) -> None:
        self.name, self.user = name, user
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.token = self.client.get("/api/csrf").json()["csrfToken"]
        if user:
            body = {"email": user.email, "password": password}
            reply = self.ask("POST", "/api/auth/login", body, undo=False)
            assert reply.status_code == 200, reply.content

    def ask(self, method, path, fields=None, *, undo=True, after=lambda: None):
        jar = self.client.cookies.copy()
        with transaction.atomic():
            reply = self._send(method, path, fields)
            if reply.streaming:
                reply.whole = b"".join(reply.streaming_content)
                reply.close()
            after()
            transaction.set_rollback(undo)
        if undo:
            self.client.cookies = jar
        return reply

    def _send(self, method, path, fields):
        headers = {"X-CSRF-Token": self.token, "x-idempotency-key": "key", "x-request-id": "same"}
        body, kind = b"", "application/json"
        if fields is not None and path.startswith("/api/"):
            body = json.dumps(fields).encode()
        elif fields is not None:
            fields = {**fields, CSRF: self.token}
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        if not path.startswith("/api/"):
            headers |= {"Accept": "text/html"}
        return self.client.generic(method, path, body, content_type=kind, headers=headers)


# what reads an id, or a person, out of a query or a body anywhere; and what changes something
NAMES = {
    "job": "job jobId job_id recipe",
    "drawing": "drawing drawing_id generationId generation svg svgId",
    "session": "session session_id sessionId",
    "user": "user user_id userId owner account sub",
    "notification": "notification notificationId cursor",
    "export": "export exportId id",
    "identity": "identity pk object_id",
    "file": "key storage_key path avatar",
}
PLAIN = {
    "password": factories.PASSWORD,
    "currentPassword": factories.PASSWORD,
    "newPassword": "another horse battery",
    "password1": "another horse battery",
    "password2": "another horse battery",
    "name": "Bob the Stranger",
    "agreedToTerms": "on",
    "rememberMe": "on",
    "prompt": "a stranger's red fox",
    "style": "flat",
    "model": "studio",
    "privacy": "private",
    "type": "contact",
    "subject": "a subject",
    "message": "a message that is long enough",
    "confirm": "on",
    "is_staff": "on",
    "isStaff": "true",
    "is_superuser": "on",
    "plan": "SUPPORTER",
    "credits": "9999",
    "balance": "9999",
    "email_verified_at": "2026-01-01T00:00:00Z",
    "expires": "99999999999",
    "signature": "x" * 43,
    "token": "0" * 64,
    "code": "x",
    "after": "0",
    "limit": "100",
    "format": "json",
}


def naming(ids: dict[str, list[str]]) -> dict[str, str]:
    """Every name by which an object could be asked for, with the id of one."""
    return {name: ids[noun][0] for noun, names in NAMES.items() for name in names.split()}


def unknown(ids: dict[str, list[str]]) -> dict[str, list[str]]:
    return {noun: [belongings.like(one) for one in known] for noun, known in ids.items()}


# --- What an answer says --------------------------------------------------------------------------

_NOISE = [
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "<time>"),
    (re.compile(r"expires=\d+&(amp;)?signature=[\w-]+"), "<signature>"),
    (re.compile(r'name="csrfmiddlewaretoken" value="\w+"'), "<csrf>"),
    (re.compile(r"(state|nonce|code_challenge)=[\w-]+"), r"\1=<once>"),
]
_RANDOM_COOKIES = re.compile(r"^(token|refreshToken|oauth-browser|csrf-token|admin-csrf)$")


def text_of(reply) -> str:
    """Body and headers, as they came."""
    content = reply.whole if reply.streaming else reply.content
    headers = "\n".join(f"{name}: {value}" for name, value in reply.items())
    return f"{headers}\n{reply.cookies.output()}\n\n{content.decode(errors='replace')}"


def essence(reply, sent: list[str]) -> tuple:
    """What a stranger could tell two answers apart by, less what is new in every answer."""
    headers = {name.lower(): value for name, value in reply.items()}
    headers.pop("expires", None)  # the time of the answer
    cookies = [_cookie(one) for _, one in sorted(reply.cookies.items())]
    body = text_of(reply).partition("\n\n")[2]
    return tuple(_hushed(str(one), sent) for one in (reply.status_code, headers, cookies, body))


def _cookie(morsel) -> tuple:
    value = bool(morsel.value) if _RANDOM_COOKIES.match(morsel.key) else morsel.value
    return morsel.key, value, morsel["max-age"], morsel["path"]


def _hushed(text: str, sent: list[str]) -> str:
    for one in sorted(sent, key=len, reverse=True):
        once = quote(one, safe="")
        for spelt in {
            one,
            once,
            quote(one),
            quote(once),
            html.escape(one),
            html.escape(quote(one)),
        }:
            text = text.replace(spelt, "<sent>")
    for pattern, word in _NOISE:
        text = pattern.sub(word, text)
    return text


def difference(one: tuple, other: tuple) -> str:
    """Where two answers begin to differ."""
    sides = ["\n".join(answer) for answer in (one, other)]
    pairs = enumerate(zip(*sides, strict=False))
    at = next((at for at, (left, right) in pairs if left != right), 0)
    return " / ".join(repr(side[max(0, at - 80) : at + 120]) for side in sides)


# --- The crawl ------------------------------------------------------------------------------------


class Crawl:
    """Sends everything to every route as one asker, and keeps a list of what went wrong."""

    def __init__(self, mine: belongings.Owner, asker: Asker) -> None:
        self.mine, self.asker = mine, asker
        self.named = {"mine": naming(mine.ids), "nothing": naming(unknown(mine.ids))}
        self.before = belongings.snapshot(mine.user)
        self.standing = belongings.standing(asker.user) if asker.user else ()
        self.faults: list[str] = []
        self.sent = 0

    def compare(self, method, pair, told, *, look=True) -> None:
        """Ask for the owner's thing and for one that is not: the answers must not differ.

        `pair`: (path, fields, the ids in them) of both.
        """
        answers = []
        for path, fields, ids in pair:
            reply = self.ask(method, path, fields)
            answers.append(essence(reply, ids))
            self.keep_secret(reply, f"{path} {fields}", method)
        if look and answers[0] != answers[1]:
            self.fault(f"{method} {told}: tells that it is there: {difference(*answers)}")

    def ask(self, method, path, fields=None):
        def unchanged():
            if method in UNSAFE:
                self.look_after(f"{method} {path} {fields}")

        self.sent += 1
        reply = self.asker.ask(method, path, fields, after=unchanged)
        if reply.status_code >= 500:
            self.fault(f"{method} {path}: {reply.status_code}")
        return reply

    def look_after(self, told) -> None:
        now = belongings.snapshot(self.mine.user)
        changed = {label for label in now if now[label] != self.before[label]}
        if changed:
            self.fault(f"{told}: changed the owner's {changed}")
        if self.asker.user and belongings.standing(self.asker.user) not in ((), self.standing):
            self.fault(f"{told}: gave the stranger what nobody gives themselves")

    def keep_secret(self, reply, sent, method) -> None:
        said = text_of(reply)
        for what, secret in self.mine.secrets.items():
            if secret in said and secret not in sent:
                self.fault(f"{method} {sent[:200]}: shows the owner's {what}")

    def fault(self, text: str) -> None:
        self.faults.append(f"{self.asker.name}: {text}")

    # what is sent to one route

    def route(self, route: Route, rule: Rule) -> None:
        for values in places(route, rule):
            path = route.path(**values)
            methods = self.methods_of(path)
            self.named_in_query(path, [method for method in methods if method not in UNSAFE])
            self.named_in_body(path, [method for method in methods if method in UNSAFE])
            if "POST" in methods:
                self.named_by_email(path, rule)
            if route.names:
                self.named_in_path(route, rule, methods)

    def methods_of(self, path: str) -> list[str]:
        """Those that are answered there at all."""
        tried = ("GET", "POST") if path.startswith(ADMIN[0]) else METHODS
        replies = {method: self.ask(method, path) for method in tried}
        return [method for method, reply in replies.items() if reply.status_code != 405]

    def named_in_query(self, path, methods) -> None:
        pair = [
            (f"{path}?{urlencode(one)}", None, list(one.values())) for one in self.named.values()
        ]
        for method in methods:
            self.compare(method, pair, f"{path}?…")

    def named_in_body(self, path, methods) -> None:
        pair = [(path, {**PLAIN, **one}, list(one.values())) for one in self.named.values()]
        for method in methods:
            self.compare(method, pair, f"{path} {{…}}")

    def named_by_email(self, path, rule) -> None:
        known = self.mine.user.email
        pair = []
        for email in (known, belongings.like(known)):
            reply = self.ask("POST", path, {**PLAIN, "email": email})
            self.keep_secret(reply, email, f"POST {path} with an e-mail")
            pair.append(essence(reply, [email]))
        if pair[0] != pair[1] and not rule.tells:
            self.fault(f"POST {path}: tells that an e-mail has an account: {difference(*pair)}")

    def named_in_path(self, route: Route, rule: Rule, methods) -> None:
        """Ids of the owner in the place of an id: all of the noun's, and one of every other."""
        nouns = {noun for _, noun in rule.nouns if isinstance(noun, str)}
        if not nouns and rule.kind != "staff":
            return
        fitting = [one for noun in nouns or {"user"} for one in self.mine.ids[noun]]
        foreign = [ids[0] for ids in self.mine.ids.values() if ids[0] not in fitting]
        few = [method for method in methods if method in ("GET", "POST", "DELETE")]
        for one in fitting:
            self.one_in_path(route, one, methods)
        for one in foreign if nouns else ():
            self.one_in_path(route, one, few)
        for one in [one for noun in nouns for one in self.mine.shown.get(noun, ())]:
            for method in methods:  # it may be seen, but nothing of its owner, and not be touched
                path = quote(route.path(**dict.fromkeys(route.names, one)))
                self.keep_secret(self.ask(method, path), path, method)

    def one_in_path(self, route: Route, one: str, methods) -> None:
        pair = [
            (quote(route.path(**dict.fromkeys(route.names, id_))), None, [id_])
            for id_ in (one, belongings.like(one))
        ]
        for method in methods:
            self.compare(method, pair, f"{route.address} with {one}")


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


@pytest.fixture(autouse=True)
def as_in_production(settings, paypal):
    """Figures are for who has the token; and thousands of refusals are nobody's news. PayPal gives
    every subscription the same id, so that answers can be compared."""
    paypal.fixed_id = "I-THE-SAME"
    settings.METRICS_TOKEN = "token of the scraper"
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def mine():
    return belongings.owner()


@contextmanager
def crawling(mine, name):
    """A crawl by a stranger or a visitor, whose faults fail the test all at once."""
    stranger = factories.person(name="Bob Stranger") if name == "stranger" else None
    crawl = Crawl(mine, Asker(name, stranger))
    yield crawl
    assert crawl.sent
    assert not crawl.faults, "\n".join([f"{len(crawl.faults)} faults", *crawl.faults[:40]])


def part_of(address: str) -> str:
    first = address.split("/")[1]
    return first if first in ("api", "admin") else "pages"


@pytest.mark.parametrize("part", ["api", "admin", "pages"])
@pytest.mark.parametrize("name", ["stranger", "visitor"])
def test_nothing_of_somebody_else_is_seen_or_touched(mine, name, part):
    with crawling(mine, name) as crawl:
        for route in routes.http():
            if part_of(route.address) == part and (rule := rule_of(route.address)):
                crawl.route(route, rule)


# --- What each kind of rule promises --------------------------------------------------------------


def of_kind(*kinds: str) -> list[tuple[Route, Rule]]:
    """The routes of a kind that the URL configuration has now."""
    found = [(route, rule_of(route.address)) for route in routes.http()]
    return [(route, rule) for route, rule in found if rule and rule.kind in kinds]


def is_turned_away(reply) -> bool:
    """Refused, or sent to sign in."""
    where = reply.headers.get("Location", "")
    return reply.status_code in REFUSED or where.startswith(("/signin", "/admin/login"))


def test_visitor_is_turned_away_from_what_is_somebodys(mine):
    visitor = Asker("visitor")
    for route, rule in of_kind("own", "owned", "staff"):
        for values in places(route, rule):
            for method in METHODS:
                if method != "OPTIONS":
                    reply = visitor.ask(method, route.path(**values), PLAIN)
                    assert is_turned_away(reply), (method, route.address, reply.status_code)


def test_stranger_is_turned_away_from_what_is_for_staff(mine):
    stranger = Asker("stranger", factories.person())
    for route, rule in of_kind("staff"):
        for values in places(route, rule):
            for method in METHODS:
                reply = stranger.ask(method, route.path(**values), PLAIN)
                assert is_turned_away(reply), (method, route.address, reply.status_code)


def test_owner_finds_what_is_theirs(mine):
    """The crawl would find nothing if its ids led nowhere: to their owner they lead somewhere."""
    owner = Asker("owner", mine.user, belongings.PASSWORD)
    for route, rule in of_kind("owned"):
        statuses = set()
        for method in ("GET", "POST", "DELETE"):
            for one in [one for _, noun in rule.nouns for one in mine.ids[noun]]:
                reply = owner.ask(method, route.path(**dict.fromkeys(route.names, one)), PLAIN)
                statuses.add(reply.status_code)
                assert reply.status_code < 500, (method, route.address)
        assert statuses & {200, 201, 202, 204, 302, 303}, (route.address, statuses)


def test_stranger_and_visitor_reach_what_is_public(mine):
    for asker in (Asker("visitor"), Asker("stranger", factories.person())):
        for route, rule in of_kind("public"):
            for values in places(route, rule):
                replies = [asker.ask(method, route.path(**values), PLAIN) for method in METHODS]
                statuses = {reply.status_code for reply in replies}
                assert not statuses & {401}, (asker.name, route.address, statuses)


def test_stranger_does_what_is_their_own(mine):
    stranger = Asker("stranger", factories.person())
    for route, rule in of_kind("own"):
        for values in places(route, rule):
            for method in METHODS:
                reply = stranger.ask(method, route.path(**values), PLAIN)
                assert reply.status_code != 401, (method, route.address)


# --- Live connections -----------------------------------------------------------------------------


@database_sync_to_async
def prepared():
    mine = belongings.owner()
    issued = tokens.issue(factories.person())
    return mine, jwt.sign(issued.session)


@database_sync_to_async
def something_happens(mine):
    job = factories.job(mine.user, prompt="a secret whale live", is_private=True)
    pipeline.run(job.pk)
    mine.secrets["new job"] = str(job.pk)


def connection(address, protocol, token, query=""):
    headers = [(b"host", b"localhost:8000"), (b"origin", b"http://localhost:8000")]
    if token:
        headers.append((b"cookie", f"token={token}".encode()))
    if protocol == "websocket":
        return WebsocketCommunicator(application, f"{address}?{query}", headers=headers)
    scope = {
        "type": "http",
        "method": "GET",
        "path": address,
        "query_string": query.encode(),
        "headers": [*headers, (b"last-event-id", b"0")],
    }
    return ApplicationCommunicator(application, scope)


async def everything_said(one, seconds: float) -> str:
    """All that comes down a connection in some seconds."""
    await asyncio.sleep(seconds)
    said = []
    while not one.output_queue.empty():
        said.append(str(await one.receive_output()))
    return "\n".join(said)


@pytest.mark.asyncio
@pytest.mark.parametrize("address", routes.live())
@pytest.mark.parametrize("name", ["stranger", "visitor"])
async def test_live_connection_says_nothing_of_somebody_else(address, name):
    protocol, _ = routes.live()[address]
    mine, token = await prepared()
    query = urlencode({**naming(mine.ids), "after": "0"})
    one = connection(address, protocol, token if name == "stranger" else None, query)
    await one.send_input({"type": "websocket.connect"} if protocol == "websocket" else OPENING)

    await something_happens(mine)
    said = await everything_said(one, seconds=0.7)

    assert [what for what, secret in mine.secrets.items() if secret in said] == []
    assert said
    if name == "visitor":
        assert "4401" in said or "'status': 401" in said
    else:
        await one.send_input(CLOSING[protocol])


OPENING = {"type": "http.request", "body": b"", "more_body": False}
CLOSING = {
    "http": {"type": "http.disconnect"},
    "websocket": {"type": "websocket.disconnect", "code": 1000},
}
