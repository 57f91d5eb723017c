import re

import pytest
from django.test import Client

from accounts import csrf
from accounts.models import Session
from tests import factories
from tests.accounts.test_auth_api import in_parallel
from tests.conftest import Api
from tests.contract import routes

BLOCKED = {"error": "Invalid CSRF token", "message": "Request blocked for security reasons"}
OURS, FRONTEND = "http://testserver", "https://chatsvg.example"
EVIL = "https://evil.example"
WELL_FORMED = re.compile(r"[0-9a-f]{64}")
# the cheapest guarded request: it needs no account and changes nothing
GUARDED = "/api/auth/logout"


@pytest.fixture(autouse=True)
def frontend(settings):
    settings.FRONTEND_URL = FRONTEND
    settings.FRONTEND_PREVIEW_REGEX = r"https://[a-z0-9-]+\.preview\.example"


def post(*, header=None, cookie=None, path=GUARDED, **headers):
    """A POST by a browser that has that cookie, and from a script that sends that header."""
    client = Client(enforce_csrf_checks=True)
    if cookie is not None:
        client.cookies["csrf-token"] = cookie
    sent = {"X-CSRF-Token": header, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return client.post(path, headers={k: v for k, v in sent.items() if v is not None})


def assert_blocked(reply):
    assert (reply.status_code, reply.json()) == (403, BLOCKED)
    assert reply["Content-Type"] == "application/json; charset=utf-8"


# --- The token --------------------------------------------------------------------------------


def test_csrf_gives_the_same_value_to_script_and_cookie(db):
    reply = Client().get("/api/csrf")

    token = reply.json()["csrfToken"]
    cookie = reply.cookies["csrf-token"]
    assert reply.json() == {"csrfToken": token}
    assert WELL_FORMED.fullmatch(token)
    assert reply["Cache-Control"] == "no-store"
    assert cookie.value == token
    assert {k: v for k, v in cookie.items() if v and k != "expires"} == {
        "path": "/",
        "samesite": "Lax",
        "max-age": 30 * 86400,
    }


def test_csrf_is_stable_and_slides(db):
    client = Client()
    first = client.get("/api/csrf")

    for _ in range(3):
        reply = client.get("/api/csrf")
        assert reply.json() == first.json()
        assert reply.cookies["csrf-token"].value == first.json()["csrfToken"]


def test_csrf_differs_between_browsers(db):
    assert len({Api().csrf() for _ in range(5)}) == 5


@pytest.mark.parametrize("tossed", ["a" * 64, "x", "", "\xfc" * 64, "0" * 63 + "g"])
def test_csrf_replaces_what_it_did_not_sign(db, tossed):
    client = Client()
    client.cookies["csrf-token"] = tossed

    reply = client.get("/api/csrf")

    assert WELL_FORMED.fullmatch(reply.json()["csrfToken"])
    assert reply.json()["csrfToken"] == reply.cookies["csrf-token"].value != tossed


def test_csrf_cookie_comes_from_no_other_json(signed_in):
    paths = ("health", "ready", "auth/options", "auth/current-user", "svg/x/source", "nowhere")
    for client in (Client(), signed_in.client):
        for path in paths:
            assert "csrf-token" not in client.get(f"/api/{path}").cookies, path


def test_csrf_cookie_slides_with_every_write(signed_in):
    reply = signed_in.post("/auth/refresh")

    cookie = reply.cookies["csrf-token"]
    assert (cookie.value, cookie["max-age"]) == (signed_in.token, 30 * 86400)


def test_parallel_first_requests_leave_a_token_that_works(person):
    """Whichever of the first two answers comes last, the browser's cookie fits the script."""
    body = {"email": person.email, "password": factories.PASSWORD}
    for number in range(20):
        api = Api()
        first, second = Client().get("/api/csrf"), Client().get("/api/auth/options")
        replies = [first, second] if number % 2 else [second, first]
        for reply in replies:
            api.client.cookies.update(reply.cookies)
        api.token = first.json()["csrfToken"]

        assert api.post("/auth/login", body).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_start_at_once_both_write(person):
    """They share a jar: the later cookie wins, both scripts keep their own token."""
    clients = [(Client(), "/api/csrf") for _ in range(2)]
    first, second = in_parallel(lambda client, path: client.get(path), clients)
    winner = second.json()["csrfToken"]

    for reply in (first, second):
        own = reply.json()["csrfToken"]
        assert post(header=own, cookie=winner, Origin=FRONTEND).status_code == 200


# --- The check --------------------------------------------------------------------------------


@pytest.fixture
def token():
    return csrf.make()


@pytest.mark.parametrize("origin", [None, OURS, FRONTEND, "https://pr-7.preview.example"])
def test_header_that_equals_the_cookie_passes(db, token, origin):
    assert post(header=token, cookie=token, Origin=origin).status_code == 200


def forged() -> str:
    real = csrf.make()
    return real[:-1] + ("0" if real[-1] != "0" else "1")


@pytest.mark.parametrize("origin", [None, OURS, FRONTEND])
def test_missing_or_forged_token_is_blocked(db, token, origin):
    fake = forged()
    for header, cookie in [
        (None, None),
        (None, token),
        (token, None),
        ("", token),
        (token, ""),
        (fake, fake),
        (fake, token),
        ("a" * 64, "a" * 64),
        (token.upper(), token.upper()),
        (token + "0", token + "0"),
        (token[:32], token[:32]),
        ("\xfc" * 64, "\xfc" * 64),
        (token + "\x00", token),
    ]:
        assert_blocked(post(header=header, cookie=cookie, Origin=origin))


@pytest.mark.parametrize(
    ("origin", "passes"), [(FRONTEND, True), (OURS, True), (EVIL, False), (None, False)]
)
def test_header_of_another_tab_passes_only_from_an_allowed_origin(db, token, origin, passes):
    reply = post(header=csrf.make(), cookie=token, Origin=origin)

    assert reply.status_code == (200 if passes else 403)


@pytest.mark.parametrize(
    "origin",
    [
        EVIL,
        "null",
        "",
        "http://testserver.evil.example",
        "https://testserver",
        "http://testserver:81",
        "http://testserver/",
        "https://chatsvg.example.evil.example",
        "http://chatsvg.example",
        "https://chatsvg.example:444",
        "https://x.preview.example.evil.example",
        "https://evil.example/https://x.preview.example",
        "https://xxpreview.example",
        "https://x.preview.example\n",
        "\xfc",
    ],
)
def test_foreign_origin_is_blocked_with_the_right_token(db, token, origin):
    assert_blocked(post(header=token, cookie=token, Origin=origin))


@pytest.mark.parametrize(
    ("site", "origin", "passes"),
    [
        ("cross-site", None, False),
        ("cross-site", FRONTEND, True),
        ("cross-site", EVIL, False),
        ("same-origin", None, True),
        ("none", None, True),
    ],
)
def test_cross_site_needs_an_allowed_origin(db, token, site, origin, passes):
    reply = post(header=token, cookie=token, Origin=origin, Sec_Fetch_Site=site)

    assert reply.status_code == (200 if passes else 403)


def test_public_address_is_an_allowed_origin(db, token, settings):
    settings.PUBLIC_URL = "https://svg.example/below"

    assert post(header=token, cookie=token, Origin="https://svg.example").status_code == 200
    assert_blocked(post(header=token, cookie=token, Origin="https://svg.example/below"))


def test_unsafe_method_of_any_name_is_checked(db):
    client = Client()
    for method in ("POST", "PUT", "PATCH", "DELETE", "PURGE", "post"):
        assert_blocked(client.generic(method, GUARDED))
    for method in ("GET", "HEAD", "OPTIONS", "TRACE"):
        assert client.generic(method, GUARDED).status_code != 403


def test_csrf_comes_before_who_you_are(db):
    assert_blocked(Client().post("/api/svg/generate-svg"))
    assert Api().post("/svg/generate-svg", {}).status_code == 401


def test_csrf_is_lifted_for_no_path_by_its_words(db):
    """The original let pass whatever had /webhook in its path."""
    for path in ("auth/sessions/webhook", "webhook", "svg/webhook/cancel", "nowhere/at/all"):
        assert_blocked(Client().delete(f"/api/{path}"))
        assert_blocked(Client().post(f"/api/{path}"))


def test_csrf_is_lifted_by_a_mark_on_the_view(rf):
    from accounts.middleware import DoubleSubmitCsrf

    def view(request):
        """Never called."""

    request = rf.post("/api/hook")
    middleware = DoubleSubmitCsrf(view)
    assert middleware.process_view(request, view, (), {}).status_code == 403
    view.double_submit_exempt = True
    assert middleware.process_view(request, view, (), {}) is None


def test_csrf_is_lifted_where_the_contract_says_and_nowhere_else():
    """Where a signature or an allowed Origin is asked for instead, and where no cookie is read: on
    `/v1`, and by the authorization server, of its metadata and of what apps send."""
    exempt = [
        route.address
        for route in routes.http()
        if getattr(route.view, "double_submit_exempt", False)
        and not route.address.startswith(("/v1/", "/api/v1/"))
    ]

    assert sorted(exempt) == [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
        "/api/admin/logout",
        "/api/admin/request-access",
        "/api/paypal/webhook",
        "/oauth/register",
        "/oauth/revoke",
        "/oauth/token",
        "/token",
    ]


# --- Forms ------------------------------------------------------------------------------------


def form(*, field, cookie, multipart=False, path=GUARDED, **headers):
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrf-token"] = cookie
    data = {"csrf-token": field}
    if not multipart:
        body = f"csrf-token={field}"
        kind = "application/x-www-form-urlencoded"
        return client.post(path, body, content_type=kind, headers=headers)
    return client.post(path, data, headers=headers)


@pytest.mark.parametrize("multipart", [False, True])
def test_form_field_must_equal_the_cookie(db, token, multipart):
    assert form(field=token, cookie=token, multipart=multipart).status_code == 200
    for field in (csrf.make(), forged(), "", "\xfc"):
        for headers in ({}, {"Origin": OURS}):
            assert_blocked(form(field=field, cookie=token, multipart=multipart, **headers))


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=ü",
        "multipart/form-data; boundary=x; charset=hex",
        "application/x-www-form-urlencoded; charset=hex",
        "application/x-www-form-urlencoded; charset=utf-16",
    ],
)
def test_form_of_an_odd_kind_is_read_or_refused_in_json(db, token, kind):
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrf-token"] = token
    body = f'--x\r\nContent-Disposition: form-data; name="csrf-token"\r\n\r\n{token}\r\n--x--'

    reply = client.generic("POST", GUARDED, body.encode(), content_type=kind)

    readable = kind == "multipart/form-data; boundary=x; charset=hex"
    assert reply.status_code in ((200,) if readable else (400, 403))
    assert reply["Content-Type"] == "application/json; charset=utf-8"


def test_page_sets_the_cookie_and_its_form_works(person):
    client = Client(enforce_csrf_checks=True)
    page = client.get("/signin")
    token = page.cookies["csrf-token"].value

    assert f'name="csrf-token" value="{token}"' in page.content.decode()
    fields = {"email": person.email, "password": factories.PASSWORD, "csrf-token": token}
    assert client.post("/signin", fields).status_code == 302
    assert Session.objects.filter(user=person).exists()


def test_page_form_without_the_field_is_403(person):
    client = Client(enforce_csrf_checks=True)
    client.get("/signin")

    fields = {"email": person.email, "password": factories.PASSWORD}
    reply = client.post("/signin", fields, headers={"Accept": "text/html"})

    assert reply.status_code == 403
    assert not Session.objects.exists()
