"""What every answer says of itself, whoever gives it: a row for each kind of answer."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from accounts import jwt
from chatsvg import asgi
from chatsvg import urls as ours
from tests.contract import belongings, routes
from tests.contract.rules import RULES, places

HOST = "chatsvg.example"
NOT_TOLD = {"server", "x-powered-by", "via", "x-instance-id"}
REFERRERS = ("strict-origin-when-cross-origin", "same-origin", "no-referrer")
YEAR = "max-age=31536000; includeSubDomains; preload"


# --- What each kind owes ---


def policy(headers: dict[str, str]) -> dict[str, str]:
    parts = headers.get("content-security-policy", "").split(";")
    return {
        part.split()[0]: part.partition(" ")[2].strip() for part in map(str.strip, parts) if part
    }


def complaints_of_all(headers: dict[str, str]) -> list[str]:
    """What any answer owes, one without a body too."""
    wanted = {
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
        "strict-transport-security": YEAR,
    }
    found = [name for name, value in wanted.items() if headers.get(name) != value]
    found += [] if headers.get("referrer-policy") in REFERRERS else ["referrer-policy"]
    found += sorted(NOT_TOLD & headers.keys())
    return found if headers.get("x-request-id") else [*found, "x-request-id"]


def complaints_of_document(headers: dict[str, str]) -> list[str]:
    """Whatever a browser may be made to open, or another site to frame, run or load."""
    rules, found = policy(headers), complaints_of_all(headers)
    if rules.get("default-src") != "'none'":
        found.append("default-src")
    if headers.get("x-frame-options") != "DENY":
        found.append("x-frame-options")
    return found


def complaints_of_page(headers: dict[str, str]) -> list[str]:
    rules, found = policy(headers), complaints_of_document(headers)
    wanted = {"frame-ancestors": "'none'", "base-uri": "'none'", "form-action": "'self'"}
    found += [name for name, value in wanted.items() if rules.get(name) != value]
    if rules.get("script-src") != "'self'" or "unsafe" in " ".join(rules.values()):
        found.append("script-src")
    if headers.get("cross-origin-resource-policy") != "same-origin":
        found.append("cross-origin-resource-policy")
    return found


def complaints_of_data(headers: dict[str, str]) -> list[str]:
    """JSON, events: for those who may read it by CORS or have a key, and for no page to load."""
    found = complaints_of_document(headers)
    if headers.get("cross-origin-resource-policy") != "same-origin":
        found.append("cross-origin-resource-policy")
    return found


def complaints_of_file(headers: dict[str, str]) -> list[str]:
    """A drawing or a picture: inert where it is opened, and for every page to show."""
    found = complaints_of_document(headers)
    if "sandbox" not in policy(headers) or "script-src" in policy(headers):
        found.append("sandbox")
    if headers.get("cross-origin-resource-policy") != "cross-origin":
        found.append("cross-origin-resource-policy")
    return found


def complaints_of_static(headers: dict[str, str]) -> list[str]:
    return complaints_of_document(headers)


def complaints_of_keeping(headers: dict[str, str], cookies: bool, is_personal: bool) -> list[str]:
    words = {word.strip() for word in headers.get("cache-control", "").split(",")}
    if is_personal and not words >= {"private", "no-store"}:
        return ["cache-control"]
    if cookies and "no-store" not in words:
        return ["cookies in a cache"]
    return ["public, with cookies"] if cookies and "public" in words else []


# --- The rows ---


def unlucky(request):
    raise ValueError("nobody thought of this")


def databaseless(request):
    raise OperationalError("the server closed the connection unexpectedly")


urlpatterns = [
    path("unlucky", unlucky),
    path("api/unlucky", unlucky),
    path("databaseless", databaseless),
    path("api/databaseless", databaseless),
    path("", include(ours)),
]
handler400, handler403 = ours.handler400, ours.handler403
handler404, handler500 = ours.handler404, ours.handler500


@dataclass(frozen=True)
class Asked:
    """One request, and what comes of it."""

    path: str
    status: int
    owes: Callable[[dict[str, str]], list[str]]
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    kind: str = "application/json"
    who: str = ""  # "owner", or nobody
    is_personal: bool = False


PAGE, DATA, FILE = complaints_of_page, complaints_of_data, complaints_of_file
STATIC, EMPTY = complaints_of_static, complaints_of_all
HTML = {"Accept": "text/html"}
ELSEWHERE = {"Origin": "https://frontend.example"}
PACKED = {"Content-Encoding": "gzip"}
ROWS = {
    "page": Asked("/", 200, PAGE, headers=HTML),
    "page of somebody": Asked("/account", 200, PAGE, headers=HTML, who="owner", is_personal=True),
    "page: 404": Asked("/nowhere", 404, PAGE, headers=HTML),
    "page: 405": Asked("/account/avatar", 405, PAGE, headers=HTML, who="owner"),
    "page: 413": Asked("/signin", 413, PAGE, "POST", HTML, b"x" * 200_000),
    "page: 415": Asked("/signin", 415, PAGE, "POST", {**HTML, **PACKED}, b"x"),
    "page: 500": Asked("/unlucky", 500, PAGE, headers=HTML),
    "page: 503": Asked("/databaseless", 503, PAGE, headers=HTML),
    "page: redirect": Asked("/account", 302, PAGE, headers=HTML),
    "page: wrong host": Asked("/", 400, PAGE, headers={**HTML, "Host": "evil.example"}),
    "page: no CSRF": Asked("/signin", 403, PAGE, "POST", HTML),
    "docs": Asked("/docs", 200, PAGE, headers=HTML),
    "security.txt": Asked("/.well-known/security.txt", 200, DATA),
    "api": Asked("/api/health", 200, DATA),
    "api: of somebody": Asked("/api/account", 200, DATA, who="owner", is_personal=True),
    "api: list": Asked("/api/svg/public?limit=5", 200, DATA),
    "api: 400": Asked("/api/auth/login", 400, DATA, "POST", who="owner", body=b"{"),
    "api: 401": Asked("/api/auth/current-user", 401, DATA),
    "api: 403": Asked("/api/auth/login", 403, DATA, "POST"),
    "api: 404": Asked("/api/nowhere", 404, DATA),
    "api: 405": Asked("/api/health", 405, DATA, "DELETE", who="owner"),
    "api: 413": Asked("/api/auth/login", 413, DATA, "POST", body=b"x" * 200_000),
    "api: 415": Asked("/api/auth/login", 415, DATA, "POST", {}, b"x", "text/plain", "owner"),
    "api: 415, packed": Asked("/api/auth/login", 415, DATA, "POST", PACKED, b"\x1f\x8b"),
    "api: 500": Asked("/api/unlucky", 500, DATA),
    "api: 503": Asked("/api/databaseless", 503, DATA),
    "api: wrong host": Asked("/api/health", 400, DATA, headers={"Host": "evil.example"}),
    "api: preflight": Asked(
        "/api/auth/login",
        204,
        EMPTY,
        "OPTIONS",
        {**ELSEWHERE, "Access-Control-Request-Method": "POST"},
    ),
    "api: other origin": Asked("/api/csrf", 200, DATA, headers=ELSEWHERE),
    "api: export": Asked("/api/account/export", 200, DATA, who="owner", is_personal=True),
    "v1: 401": Asked("/v1/credits", 401, DATA),
    "v1: 404": Asked("/v1/nowhere", 404, DATA),
    "v1: description": Asked("/v1/openapi.json", 200, DATA),
    "admin": Asked("/admin/login/", 200, PAGE, headers=HTML),
    "admin: redirect": Asked("/admin/", 302, PAGE, headers=HTML),
    "admin: 404": Asked("/admin/nowhere/", 302, PAGE, headers=HTML),
    "static": Asked("/static/css/base.css", 200, STATIC),
    "static: picture": Asked("/static/img/logo.svg", 200, STATIC),
    "static: 404": Asked("/static/nowhere.css", 404, DATA),
    "file: 404": Asked("/files/nowhere.svg", 404, DATA),
    "sample": Asked("/samples/fox/flat.svg", 200, FILE),
    "sample: 404": Asked("/samples/fox/nowhere.svg", 404, DATA),
    "avatar: 404": Asked("/files/avatars/x.webp", 404, DATA),
    "figures": Asked("/metrics", 200, DATA, headers={"Authorization": "Bearer for-figures"}),
    "figures: 404": Asked("/metrics", 404, DATA),
}


@pytest.fixture
def production(settings):
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.ALLOWED_HOSTS = [HOST]
    settings.FRONTEND_URL = ELSEWHERE["Origin"]
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE["Origin"]]
    settings.ROOT_URLCONF = __name__
    settings.METRICS_TOKEN = "for-figures"


class Visitor:
    """A browser over TLS, signed in where `issued` is given."""

    def __init__(self, issued=None):
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        self.token = ""
        self.token = self.ask(Asked("/api/csrf", 200, DATA)).json()["csrfToken"] if issued else ""
        if issued:
            self.client.cookies["token"] = jwt.sign(issued.session)
            self.client.cookies["refreshToken"] = issued.refresh

    def ask(self, row: Asked) -> HttpResponse:
        sent = {"Host": HOST, **row.headers}
        if self.token:
            sent |= {"X-CSRF-Token": self.token, "Origin": f"https://{HOST}"}
        if row.method != "GET":
            return self.client.generic(
                row.method, row.path, row.body, content_type=row.kind, headers=sent, secure=True
            )
        reply = self.client.get(row.path, headers=sent, secure=True)
        if reply.streaming:
            assert list(reply)
            reply.close()
        return reply


def told(reply) -> dict[str, str]:
    return {name.lower(): value for name, value in reply.items()}


@pytest.mark.django_db(transaction=True)
def test_every_kind_of_answer_says_what_it_owes(production):
    mine = belongings.owner()
    visitors = {"": Visitor(), "owner": Visitor(mine.issued)}
    found, statuses = {}, {}
    for name, row in ROWS.items():
        reply = visitors[row.who].ask(row)
        statuses[name] = reply.status_code
        headers = told(reply)
        said = row.owes(headers)
        said += complaints_of_keeping(headers, bool(reply.cookies), row.is_personal)
        if said:
            found[name] = said

    assert statuses == {name: row.status for name, row in ROWS.items()}
    assert found == {}


@pytest.mark.django_db(transaction=True)
def test_files_of_somebody_say_what_they_owe(production):
    """A drawing by its signed address, once more unchanged; an archive that is streamed; and the
    picture that other sites show of what is public."""
    mine = belongings.owner()
    owner = Visitor(mine.issued)
    drawings = owner.ask(Asked("/api/user/generations?limit=5", 200, DATA)).json()["generations"]
    address = urlsplit(next(one["svgUrl"] for one in drawings if "signature" in one["svgUrl"]))
    [public] = [one["id"] for one in drawings if not one["privacy"]]
    archive = f"/api/account/export/{mine.ids['export'][0]}/download"

    file = Visitor().ask(Asked(f"{address.path}?{address.query}", 200, FILE))
    again = {"If-None-Match": file["ETag"]}
    unchanged = Visitor().ask(Asked(f"{address.path}?{address.query}", 304, FILE, headers=again))
    download = owner.ask(Asked(archive, 200, DATA))

    shared = Visitor().ask(Asked(f"/d/{public}/shared.png", 200, FILE))

    assert [one.status_code for one in (file, unchanged, download)] == [200, 304, 200]
    assert (shared.status_code, FILE(told(shared))) == (200, [])
    assert [FILE(told(file)), FILE(told(unchanged)), DATA(told(download))] == [[], [], []]
    assert file["Cache-Control"] == unchanged["Cache-Control"] == "private, max-age=60"
    assert download.streaming
    assert complaints_of_keeping(told(download), bool(download.cookies), True) == []


@pytest.mark.django_db
def test_who_asks_too_often_is_told_so_with_the_same_headers(production, limited):
    visitor = Visitor()
    visitor.token = visitor.ask(Asked("/api/csrf", 200, DATA)).json()["csrfToken"]
    body = json.dumps({"email": "ada@example.com", "password": "not the one"}).encode()
    row = Asked("/api/auth/login", 429, DATA, "POST", body=body)

    replies = [visitor.ask(row) for _ in range(15)]

    assert replies[-1].status_code == 429
    assert DATA(told(replies[-1])) == []


@pytest.mark.ci
@pytest.mark.django_db
def test_no_route_answers_a_stranger_without_them(production):
    """Whatever else there is, with ids of nothing: pages, redirects, refusals."""
    visitor, found = Visitor(), {}
    for route in routes.http():
        if rule := RULES.get(route.address):
            for values in places(route, rule):
                reply = visitor.ask(Asked(route.path(**values), 0, DATA, headers=HTML))
                said = complaints_of_document(told(reply))
                said += complaints_of_keeping(told(reply), bool(reply.cookies), False)
                if said:
                    found[route.address] = (reply.status_code, said)

    assert found == {}


# --- What the ASGI server answers without Django ---

LIVE = {
    "events of somebody": ("/events/", "GET", {}, 200),
    "events: 401": ("/events/", "GET", {}, 401),
    "events: other origin": ("/events/", "GET", {"origin": "https://evil.example"}, 403),
    "events for a key: 401": ("/v1/events", "GET", {}, 401),
    "events for a key: 405": ("/v1/events", "POST", {}, 405),
    "socket.io": ("/socket.io/?EIO=4&transport=polling", "GET", {}, 200),
    "socket.io: 400": ("/socket.io/?EIO=3&transport=polling", "GET", {}, 400),
    "socket.io: other origin": (
        "/socket.io/?EIO=4",
        "GET",
        {"origin": "https://evil.example"},
        400,
    ),
    "socket.io: preflight": ("/socket.io/", "OPTIONS", {"origin": ELSEWHERE["Origin"]}, 204),
    "mcp: 401": ("/mcp", "POST", {}, 401),
    "mcp: 405": ("/mcp", "GET", {}, 401),
    "mcp: wrong host": ("/mcp", "POST", {"host": "evil.example"}, 421),
    "mcp: other origin": ("/mcp", "POST", {"origin": "https://evil.example"}, 403),
    "mcp: preflight": ("/mcp", "OPTIONS", {"origin": f"https://{HOST}"}, 204),
    "mcp: health": ("/mcp/health", "GET", {}, 200),
}


async def start_of_answer(address: str, method: str, headers: dict[str, str]) -> dict:
    """The start of what the live process answers; the rest is nobody's to wait for."""
    where = urlsplit(address)
    sent = {"host": HOST, "x-forwarded-proto": "https", **headers}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": where.path,
        "query_string": where.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ["127.0.0.1", 1],
        "server": [HOST, 443],
        "scheme": "http",
    }
    line = ApplicationCommunicator(asgi.application, scope)
    await line.send_input({"type": "http.request", "body": b"{}", "more_body": False})
    start = await line.receive_output(timeout=5)
    await line.send_input({"type": "http.disconnect"})
    await line.wait(timeout=5)
    return start


@pytest.mark.django_db(transaction=True)
def test_every_kind_of_live_answer_says_what_it_owes(production, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    cookie = f"token={jwt.sign(belongings.owner().issued.session)}"
    found, statuses = {}, {}
    for name, start in asyncio.run(starts(cookie)).items():
        headers = {key.decode().lower(): value.decode() for key, value in start["headers"]}
        statuses[name] = start["status"]
        said = DATA(headers)
        said += ["twice"] if len(headers) != len(start["headers"]) else []
        said += [] if "no-store" in headers.get("cache-control", "") else ["cache-control"]
        if said:
            found[name] = said

    assert statuses == {name: status for name, (*_, status) in LIVE.items()}
    assert found == {}


async def starts(cookie: str) -> dict[str, dict]:
    return {
        name: await start_of_answer(*where, {**sent, "cookie": cookie} if " of " in name else sent)
        for name, (*where, sent, _) in LIVE.items()
    }
