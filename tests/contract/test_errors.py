"""The error contract (CONTRACT §1.4): whatever is sent to `/api`, JSON comes back, never a 500."""

import json
import re
from functools import cache

import pytest
from django.test import Client
from django.urls import get_resolver

from chatsvg.faces import is_for_programs
from generations import pipeline
from generations.models import Generation, Job
from tests import factories
from tests.conftest import Api

JSON = "application/json; charset=utf-8"
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
    "too large a number": b'{"prompt": 1e999, "privacy": 1e999}',
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


def routes(patterns=None, prefix="/api/") -> dict[str, set[str]]:
    """Every path of `/api` in the URL configuration, with `<id>` for ids, and its methods."""
    if patterns is None:
        patterns = get_resolver("chatsvg.api_urls").url_patterns
    found: dict[str, set[str]] = {}
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            found |= routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif not str(pattern.pattern).startswith("^"):
            path = prefix + re.sub(r"<\w+:\w+>", "<id>", str(pattern.pattern))
            view = pattern.callback.view_class
            found[path] = {name for name in METHODS if hasattr(view, name.lower())}
    return found


ROUTES = {path: known for path, known in routes().items() if not is_for_programs(path)}
READ = [path for path, methods in ROUTES.items() if "GET" in methods]
WRITTEN = [path for path, methods in ROUTES.items() if methods & {"POST", "PUT", "PATCH"}]


def test_routes_are_all_there():
    assert set(READ) >= {"/api/csrf", "/api/svg/<id>/source", "/api/ready"}
    assert set(WRITTEN) >= {"/api/auth/login", "/api/svg/generate-svg"}
    assert all(ROUTES.values())


def assert_contract(reply, told="") -> None:
    """JSON in the contract's words, and no fault of ours. HEAD has no body to look at."""
    assert reply.status_code < 500, (told, reply.content)
    assert reply["Content-Type"] == JSON, (told, reply["Content-Type"])
    assert reply["x-request-id"]
    if reply.status_code >= 400 and reply.content:
        body = reply.json()
        assert body["error"], told
        assert set(body) <= {"error", "message", "errorCode", "limit", "used"}, (told, body)


class Sender:
    """Somebody signed in who sends what they like, with a CSRF token and a key."""

    def __init__(self) -> None:
        self.api = Api().sign_in(factories.person())
        self.api.client.raise_request_exception = False
        self.jar = self.api.client.cookies.output()

    def send(self, method, path, body=b"", kind="application/json", **headers):
        return self.api.client.generic(
            method,
            path,
            body,
            content_type=kind,
            headers={"X-CSRF-Token": self.api.token, "x-idempotency-key": "key-1", **headers},
        )


@pytest.fixture
def sender(db):
    return Sender()


@pytest.fixture
def stranger(db):
    api = Api()
    api.csrf()
    api.client.raise_request_exception = False
    return api


# --- Sweeps over every route ------------------------------------------------------------------


@pytest.mark.parametrize("path", ROUTES)
def test_hostile_bodies_get_the_contract_from_every_route(sender, path):
    for method in ("GET", "POST", "DELETE"):
        for name, body in BODIES.items():
            reply = sender.send(method, path.replace("<id>", "x"), body)
            assert_contract(reply, (method, name))


@pytest.mark.parametrize("path", WRITTEN)
def test_hostile_fields_get_the_contract_from_every_route(sender, path):
    """Each field that the route reads by itself, the others being good, and all fields at once."""
    for method, fields in described().get(path, {"POST": set(GOOD)}).items():
        bodies = [{**GOOD, field: value} for field in sorted(fields) for value in VALUES]
        bodies += [dict.fromkeys({*GOOD, *fields}, value) for value in VALUES]
        for body in bodies:
            reply = sender.send(method, path.replace("<id>", "x"), json.dumps(body).encode())
            assert_contract(reply, (method, body))


@cache
def described() -> dict[str, dict[str, set[str]]]:
    """The methods that write at a path, each with the fields of its JSON, by what `/api` says."""
    found: dict[str, dict[str, set[str]]] = {}
    for path, operations in Api().get("/openapi.json").json()["paths"].items():
        for method in operations.keys() & {"post", "put", "patch"}:
            body = operations[method].get("requestBody", {}).get("content", {})
            fields = body.get("application/json", {}).get("schema", {}).get("properties", {})
            place = found.setdefault(re.sub(r"{\w+}", "<id>", path), {})
            place[method.upper()] = set(fields)
    return found


def test_fields_of_every_route_are_known(db):
    assert described()["/api/auth/login"]["POST"] >= {"email", "password"}
    assert set(described()) <= set(WRITTEN)


@pytest.mark.parametrize("path", [path for path in ROUTES if "<id>" in path])
def test_hostile_ids_name_nothing(sender, path):
    for name in IDS:
        for method in ("GET", "HEAD", "POST"):
            reply = sender.send(method, path.replace("<id>", name))
            assert_contract(reply, (method, name))
            assert reply.status_code in (400, 404, 405), (method, name)


HEADERS = [
    {"Accept": "text/html"},
    {"Accept": "image/svg+xml;q=0.1, ///"},
    {"Accept": ""},
    {"x-idempotency-key": "\x00"},
    {"x-idempotency-key": "\xfc" * 64},
    {"User-Agent": "\x00\xfc"},
    {"Authorization": "Bearer \xfc.\xfc.\xfc"},
    {"Authorization": "Bearer " + "a." * 4000},
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


@pytest.mark.parametrize("path", ROUTES)
def test_hostile_headers_get_the_contract_from_every_route(sender, path):
    body = json.dumps(GOOD).encode()
    for headers in HEADERS:
        for method in ("GET", "POST"):
            reply = sender.send(method, path.replace("<id>", "x"), body, **headers)
            assert_contract(reply, (method, headers))


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


@pytest.mark.parametrize("path", WRITTEN)
def test_content_of_any_kind_gets_the_contract_from_every_route(sender, path):
    for kind in KINDS:
        for body in (b"{}", b"email=a@b.c", b"--x\r\n\r\n--x--"):
            reply = sender.send("POST", path.replace("<id>", "x"), body, kind)
            assert_contract(reply, kind)


@pytest.mark.parametrize("path", READ)
def test_unknown_query_is_ignored_by_every_route(sender, path):
    plain = sender.send("GET", path.replace("<id>", "x"))

    for query in ("format=html", "format=", "x=%00%ff&y[]=1&&=", "_method=DELETE"):
        reply = sender.send("GET", f"{path.replace('<id>', 'x')}?{query}")
        assert_contract(reply, query)
        assert reply.status_code == plain.status_code, query


@pytest.mark.parametrize("path", ROUTES)
def test_body_over_the_limit_is_413_on_every_route(sender, path):
    for body in (b"x" * (LIMIT + 1), json.dumps({**GOOD, "x": "x" * LIMIT}).encode()):
        reply = sender.send("POST", path.replace("<id>", "x"), body)
        assert (reply.status_code, reply.json()) == (413, {"error": "Request body too large"})
        assert_contract(reply)


@pytest.mark.parametrize("path", ROUTES)
def test_wrong_method_is_405_on_every_route(sender, path):
    for method in set(METHODS) - ROUTES[path] - {"HEAD"}:
        reply = sender.send(method, path.replace("<id>", "x"), b"{}")
        assert (reply.status_code, reply.json()) == (405, {"error": "Method not allowed"}), method
        assert_contract(reply)
        assert {method.strip() for method in reply["Allow"].split(",")} >= ROUTES[path] - {"HEAD"}


@pytest.mark.parametrize("path", ROUTES)
def test_trailing_slash_leads_nowhere(sender, path):
    for method in METHODS:
        reply = sender.send(method, path.replace("<id>", "x") + "/", b"")
        assert reply.status_code == 404
        assert_contract(reply)


@pytest.mark.parametrize("path", READ)
def test_head_answers_as_get_does(sender, path):
    got = sender.send("GET", path.replace("<id>", "x"))
    headed = sender.send("HEAD", path.replace("<id>", "x"))

    assert headed.status_code == got.status_code
    assert headed.content == b""
    assert headed["Content-Type"] == got["Content-Type"]


@pytest.mark.parametrize("path", ROUTES)
def test_stranger_gets_401_or_what_is_open(stranger, path):
    for method in ("GET", "POST"):
        headers = {"X-CSRF-Token": stranger.token, "Accept": "text/html"}
        reply = stranger.client.generic(method, path.replace("<id>", "x"), headers=headers)
        assert_contract(reply, method)
        assert reply.status_code != 403


# --- One by one -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_body_is_400(stranger, name):
    for path in ("/api/auth/login", "/api/auth/register"):
        headers = {"X-CSRF-Token": stranger.token}
        reply = stranger.client.generic(
            "POST", path, BODIES[name], content_type="application/json", headers=headers
        )
        assert reply.status_code == 400
        if name not in ("too large a number",):
            assert reply.json() == {"error": "Malformed JSON"}


@pytest.mark.parametrize("name", ["nothing", "blanks"])
def test_missing_body_is_an_empty_object(stranger, name):
    for kind in ("application/json", ""):
        if name == "blanks" and not kind:
            continue
        reply = stranger.client.generic(
            "POST",
            "/api/auth/login",
            BODIES[name],
            content_type=kind,
            headers={"X-CSRF-Token": stranger.token},
        )
        assert (reply.status_code, reply.json()) == (400, {"error": "Email is required"})


@pytest.mark.parametrize("path", ["/auth/logout", "/auth/refresh"])
def test_post_without_body_and_type_succeeds(signed_in, path):
    reply = signed_in.client.generic(
        "POST", f"/api{path}", content_type="", headers={"X-CSRF-Token": signed_in.token}
    )

    assert reply.status_code == 200


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_body_of_another_kind_is_415(sender, kind):
    for path in ("/api/auth/login", "/api/svg/generate-svg"):
        reply = sender.send("POST", path, b"email=a@b.c", kind)

        assert reply.status_code == 415
        assert reply.json() == {"error": "Unsupported media type; send application/json"}


def test_body_of_just_the_limit_is_read(sender):
    body = json.dumps({**GOOD, "x": ""}).encode()
    body = body.replace(b'"x": ""', b'"x": "' + b"x" * (LIMIT - len(body)) + b'"')
    assert len(body) == LIMIT

    assert sender.send("POST", "/api/auth/register", body).status_code == 201


@pytest.mark.parametrize("path", ["nowhere", "", "svg", "user", "auth/login/x", "a%0Ab", "%00"])
def test_unknown_path_is_404_for_any_method(sender, path):
    for method in METHODS:
        reply = sender.send(method, f"/api/{path}", b"{", Accept="text/html")
        assert reply.status_code == 404
        assert_contract(reply)
        assert method == "HEAD" or reply.json() == {"error": "Not found"}


def test_api_itself_is_no_page(db):
    reply = Client().get("/api", headers={"Accept": "text/html"})

    assert (reply.status_code, reply.json()) == (404, {"error": "Not found"})
    assert reply["Content-Type"] == JSON


@pytest.mark.django_db(transaction=True)
def test_host_that_is_not_ours_is_400_where_an_address_is_made(signed_in):
    job_id = signed_in.submit().json()["job"]["id"]
    pipeline.run(Job.objects.get(pk=job_id).pk)
    drawing = Generation.objects.get()

    reply = signed_in.get(f"/svg/{drawing.pk}/download", Host="evil.example")

    assert (reply.status_code, reply.json()) == (400, {"error": "Bad request"})


def test_fault_of_ours_is_a_500_that_tells_nothing(signed_in, monkeypatch):
    """No route can be made to fail any more, so one is broken here."""
    monkeypatch.setattr("accounts.api.person", lambda user: 1 / 0)
    signed_in.client.raise_request_exception = False

    reply = signed_in.get("/auth/current-user", **{"x-request-id": "abc"})

    assert reply.status_code == 500
    assert reply.json() == {"error": "Internal server error", "requestId": "abc"}
    assert reply["x-request-id"] == "abc"
