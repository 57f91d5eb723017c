"""Which requests are guarded (CONTRACT §2.3): every write of every route, by exact exemptions."""

import pytest
from django.test import Client

from accounts import csrf
from tests.contract import routes

OURS, FRONTEND, EVIL = "http://testserver", "https://chatsvg.example", "https://evil.example"
BLOCKED = {"error": "Invalid CSRF token", "message": "Request blocked for security reasons"}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
GUARDED = "/api/auth/logout"
NOT_OURS = "/admin"  # Django's own check guards the admin
FILES = ("/files/", "/samples/")  # read only: 405


@pytest.fixture(autouse=True)
def frontend(settings):
    settings.FRONTEND_URL = FRONTEND


def some_path(route) -> str:
    """The address with arguments of the right form, that name nothing."""
    nothing = ("00000000-0000-7000-8000-000000000000",)
    return route.path(**{name: route.choices.get(name, nothing)[0] for name in route.names})


def post(*, field=None, **headers):
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrf-token"] = token = csrf.make()
    sent = {name.replace("_", "-"): value for name, value in headers.items() if value}
    if field:
        return client.post(GUARDED, {"csrf-token": token}, headers=sent)
    return client.post(GUARDED, headers={"X-CSRF-Token": token, **sent})


@pytest.mark.parametrize("route", routes.http(), ids=lambda route: route.address)
def test_write_without_a_token_is_blocked_on_every_route(db, route):
    path = some_path(route)
    exempt = getattr(route.view, "double_submit_exempt", False)
    if exempt or path.startswith(NOT_OURS):
        return
    for method in UNSAFE:
        reply = Client(enforce_csrf_checks=True).generic(method, path)
        assert reply.status_code == (405 if path.startswith(FILES) else 403), (method, path)
        if path.startswith("/api/"):
            assert reply.json() == BLOCKED


@pytest.mark.parametrize("route", routes.http(), ids=lambda route: route.address)
def test_admin_without_a_token_is_blocked_by_its_own_check(db, route):
    if not route.address.startswith(f"{NOT_OURS}/"):
        return
    path = some_path(route)
    reply = Client(enforce_csrf_checks=True).post(path, {"username": "x", "password": "x"})

    assert reply.status_code in (302, 403), path  # 302: to sign in, before anything was read


@pytest.mark.parametrize("origin", [None, OURS, FRONTEND])
def test_safe_method_needs_no_token(db, origin):
    headers = {"Origin": origin} if origin else {}
    for method in ("GET", "HEAD", "OPTIONS"):
        assert Client().generic(method, "/api/auth/options", headers=headers).status_code != 403


@pytest.mark.parametrize(
    ("origin", "site", "passes"),
    [
        # the React client, where it lives on another site, a sister domain, or with us
        (FRONTEND, "cross-site", True),
        (FRONTEND, "same-site", True),
        (FRONTEND, None, True),
        # our own pages
        (OURS, "same-origin", True),
        (OURS, None, True),
        (OURS, "cross-site", False),
        # not from a page: typed, or no browser
        (None, None, True),
        (None, "none", True),
        (None, "same-origin", True),
        # other pages, whatever they say or hide
        (None, "cross-site", False),
        (None, "same-site", False),
        (EVIL, "cross-site", False),
        (EVIL, "same-site", False),
        (EVIL, "same-origin", False),
        (EVIL, "none", False),
        (EVIL, None, False),
        # "null": a page that tells nobody where it is, or one of no origin at all
        ("null", "same-origin", True),
        ("null", "same-site", False),
        ("null", "cross-site", False),
        ("null", "none", False),
        ("null", None, False),
    ],
)
@pytest.mark.parametrize("field", [False, True])
def test_origin_and_site_are_both_looked_at(db, origin, site, passes, field):
    reply = post(field=field, Origin=origin, Sec_Fetch_Site=site)

    assert reply.status_code == (200 if passes else 403)


def test_page_without_an_origin_needs_the_cookies_own_token(db):
    """What passes by `same-origin` alone is not excused from equality, as another tab is."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrf-token"] = csrf.make()
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": csrf.make()}

    assert client.post(GUARDED, headers=headers).status_code == 403
