"""What nobody should send, who sends it, and what `/api` and `/v1` owe them all the same."""

import re
from functools import cache, cached_property

from accounts.backstage import services as backstage
from accounts.keys import asked
from accounts.keys import services as keys
from chatsvg.faces import is_for_programs
from chatsvg.problems import JSON, PROBLEM
from credits import services as credits
from credits.models import Plan
from tests import factories
from tests.conftest import Api
from tests.contract import routes

HERE = "http://testserver"
WEBHOOK = "/api/paypal/webhook"
LIMIT = 100 * 1024
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE")
GOOD = {
    "email": "grace@example.com",
    "password": "another horse battery",
    "name": "Grace",
    "agreedToTerms": True,
    "rememberMe": True,
    "prompt": "a red fox asleep",
    "style": "flat",
    "model": "studio",
    "privacy": False,
    "idempotencyKey": "key-1",
    "id": "WH-1",
    "event_type": "BILLING.SUBSCRIPTION.ACTIVATED",
    "resource": {"id": "I-1", "status": "ACTIVE"},
}
DEEP = 5000
BODIES = {
    "nothing": b"",
    "blanks": b" \r\n\t",
    "cut": b'{"email": "a',
    "two": b"{}{}",
    "words": b"email=ada",
    "array": b"[]",
    "array of objects": b'[{"email": "a@b.c"}]',
    "string": b'"x"',
    "number": b"7",
    "null": b"null",
    "true": b"true",
    "NaN": b'{"prompt": NaN}',
    "Infinity": b'{"email": -Infinity}',
    "too large a number": b'{"prompt": 1e999}',
    "too long a number": b'{"prompt": ' + b"9" * 5000 + b"}",
    "deep array": b"[" * DEEP,
    "deep object": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "not UTF-8": b'{"email": "\xff\xfe"}',
    "UTF-16": '{"email": "a@b.c"}'.encode("utf-16"),
    "surrogate in UTF-8": b'{"email": "\xed\xa0\x80@b.c"}',
    "BOM": b"\xef\xbb\xbf{}",
    "NUL": b"\0",
    "raw NUL in text": b'{"email": "a\0@b.c"}',
    "keys": b'{"\\u0000": 1, "\\ud800": 2, "": 3, "__proto__": {}, "email": "a@b.c"}',
}
MALFORMED = [name for name in BODIES if name not in ("nothing", "blanks", "keys")]
VALUES = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**400,
    "",
    " ",
    "\0",
    "\0" * 20,
    "\ud800",
    "a\udfff@b.c",
    "\ud800 a red fox asleep \0",
    "\udc00\udc00@\udc00.\udc00",
    "\u202e\ufeff\u2028",
    "x" * 90_000,
    [],
    ["flat"],
    {},
    {"$ne": None},
]
IDS = [
    "x",
    "%00",
    "a%00b",
    "%ff",
    "%ed%a0%80",
    "%0a",
    "%20",
    "%2e%2e",
    "..%2f..%2fetc",
    "%D9%A1" * 32,
    "0" * 5000,
    "null",
    "-1",
    "%7B00000000-0000-7000-8000-000000000000%7D",
    "urn:uuid:00000000-0000-7000-8000-000000000000",
    "00000000000070008000000000000000",
    "00000000-0000-7000-8000-000000000000",
    "';--",
]
HEADERS = [
    {"Accept": "text/html"},
    {"Accept": "image/svg+xml;q=0.1, ///"},
    {"Accept": ""},
    {"x-idempotency-key": "\x00"},
    {"x-idempotency-key": "\xfc" * 64},
    {"User-Agent": "\x00\xfc"},
    {"Authorization": "Bearer \xfc.\xfc.\xfc"},
    {"Authorization": "Bearer " + "a." * 4000},
    {"X-API-Key": "\x00\xfc"},
    {"X-API-Key": "sk_live_" + "x" * 8000},
    {"X-Forwarded-For": "\x00, ::::, 1.2.3.4.5"},
    {"Origin": "http://[::1"},
    {"Origin": "\xfc"},
    {"Host": "evil.example"},
    {"Host": "evil.example", "Origin": "http://evil.example"},
    {"Host": "\xfc"},
    {"Cookie": 'token="\\000"; refreshToken="\\777"; csrf-token=\';\''},
    {"Cookie": "=; ;;; token"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"Content-Length": ""},
    {"Range": "bytes=0-1"},
    {"HX-Request": "true"},
]
KINDS = [
    "",
    "text/plain",
    "text/html",
    "application/xml",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=hex",
    "multipart/form-data",
    "multipart/form-data; boundary=x; charset=hex",
    "application/json; charset=utf-16",
    "application/json; charset=nonsense",
    "application/json/x",
    "json",
    "///;;==",
]
MEMBERS = {"error", "message", "errorCode", "limit", "used"}
PROBLEMS = {"type", "title", "status", "detail", "requestId"}  # of what programs are told


# --- What is there ---


def _methods_of_routes() -> dict[str, set[str]]:
    """Every path of `/api` and `/v1`, with `<id>` for ids, and its methods. `/api/v1` has the very
    views of `/v1`, which are asked once.
    """
    found: dict[str, set[str]] = {}
    for route in routes.http():
        view = getattr(route.view, "cls", None)
        is_ours = route.address.startswith(("/api/", "/v1/"))
        is_said_before = route.address.startswith("/api/v1/") or "<rest>" in route.address
        if view and is_ours and not is_said_before:
            names = {name: route.choices.get(name, ("<id>",))[0] for name in route.names}
            found[route.path(**names)] = {one for one in METHODS if hasattr(view, one.lower())}
    return found


ROUTES = _methods_of_routes()
READ = [path for path, methods in ROUTES.items() if "GET" in methods]
WRITTEN = [path for path, methods in ROUTES.items() if methods & {"POST", "PUT", "PATCH"}]


def filled(path: str, id_: str = "x") -> str:
    return path.replace("<id>", id_)


@cache
def described() -> dict[str, dict[str, set[str]]]:
    """The methods that write at a path, each with the fields of its JSON, by what both faces say of
    themselves."""
    found: dict[str, dict[str, set[str]]] = {}
    pages = [Api().get("/openapi.json"), Api().client.get("/v1/openapi.json")]
    for path, operations in [one for page in pages for one in page.json()["paths"].items()]:
        for method in operations.keys() & {"post", "put", "patch"}:
            body = operations[method].get("requestBody", {}).get("content", {})
            fields = body.get("application/json", {}).get("schema", {}).get("properties", {})
            place = found.setdefault(re.sub(r"{\w+}", "<id>", path), {})
            place[method.upper()] = set(fields)
    return found


def fields_of(path: str) -> dict[str, set[str]]:
    """The methods that write at a path, each with the fields that it reads."""
    return described().get(path, {"POST": set(GOOD)})


# --- Who sends it ---


class Sender:
    """Somebody who may go everywhere and sends what they like: signed in, with a CSRF token, a key
    for programs and a pass backstage. `paypal`, where it is given, signs what goes to its webhook.
    """

    def __init__(self, administrator: str, paypal=None) -> None:
        self.person = factories.person()
        self.paypal = paypal
        self.api = Api().sign_in(self.person)
        self.api.client.raise_request_exception = False
        link = backstage.make_link(administrator, browser_hash="")
        self.api.client.cookies["admin-pass"] = backstage.begin(link, ip=None, user_agent="")

    @cached_property
    def key(self) -> str:
        credits.set_plan(self.person.pk, Plan.SUPPORTER, reason="test")
        return keys.create(self.person, asked.key({"name": "Key of the test"})).raw

    def send(self, method, path, body=b"", kind="application/json", **headers):
        sent = {"X-CSRF-Token": self.api.token, "x-idempotency-key": "key-1", "Origin": HERE}
        if is_for_programs(path):
            sent["X-API-Key"] = self.key
        if path == WEBHOOK and self.paypal:
            sent |= self.paypal.signed(body)[1]
        return self.api.client.generic(
            method, path, body, content_type=kind, headers={**sent, **headers}
        )


# --- What is owed ---


def assert_contract(reply, told="") -> None:
    """JSON in the contract's words, and no fault of ours. HEAD has no body to look at."""
    assert reply.status_code < 500, (told, reply.content)
    assert reply["x-request-id"]
    if reply.status_code == 302:
        assert reply["Location"] and not reply.content, told
        return
    for_programs = is_for_programs(reply.wsgi_request.path_info) and reply.status_code >= 400
    assert reply["Content-Type"] == (PROBLEM if for_programs else JSON), told
    if reply.status_code >= 400 and reply.content:
        body = reply.json()
        assert body["error"], told
        assert set(body) <= (MEMBERS | PROBLEMS if for_programs else MEMBERS), (told, body)
        if for_programs:
            assert (body["status"], body["detail"]) == (reply.status_code, body["error"]), told
