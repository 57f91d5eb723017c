from dataclasses import replace

import pytest
from django.test import Client

from accounts.models import OAuthState
from accounts.oauth import redirects
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.rules import Rate
from tests.identity_provider import Dance

FRONTEND = "https://chatsvg.example"
OURS = ["/", "/app", "/app?job=1&x=a%2Fb", "/a//b", "/./x", "/app#top", "/über", "/@evil", "/%0d"]
NOT_OURS = [
    "",
    "app",
    "@evil.example",
    ".evil.example",
    ":8080/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t/app",
    " /app",
    "/app\0",
    "/app\r\nSet-Cookie: a=b",
    "/app\x7f",
    "/app\u0085",
    "https://evil.example",
    "javascript:alert(1)",
    "/" + "a" * 2048,
]


@pytest.fixture(autouse=True)
def frontend(settings):
    settings.FRONTEND_URL = FRONTEND


@pytest.mark.parametrize("wanted", OURS)
def test_local_path_is_kept(wanted):
    assert redirects.local_path(wanted) == wanted


@pytest.mark.parametrize("wanted", NOT_OURS)
def test_everything_else_is_the_start_page(wanted):
    assert redirects.local_path(wanted) == "/"


@pytest.mark.parametrize("wanted", [*OURS, *NOT_OURS])
def test_dance_ends_on_our_front_end(dance, wanted):
    reply = dance("google", wanted)

    assert reply["Location"].startswith(f"{FRONTEND}/")
    assert "evil.example" not in reply["Location"]


def test_dance_without_a_path_ends_on_the_start_page(dance):
    assert dance("github", None)["Location"] == f"{FRONTEND}/"


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/account", "/account?error=oauth_failed"),
        ("/account?a=1", "/account?a=1&error=oauth_failed"),
        ("/account?a=1#b", "/account?a=1&error=oauth_failed#b"),
        ("/", "/?error=oauth_failed"),
        ("/[x", "/[x?error=oauth_failed"),
    ],
)
def test_way_back_keeps_its_query(path, where):
    assert redirects.back(path, "oauth_failed") == FRONTEND + where


def test_unconfigured_provider_leads_to_the_sign_in_page(db, identity_provider, settings):
    settings.GITHUB_CLIENT_SECRET = ""

    for path in ("github", "github?redirectUrl=/app", "github/callback?code=x&state=y"):
        reply = Client().get(f"/api/auth/{path}")
        assert reply.status_code == 302
        assert reply["Location"] == f"{FRONTEND}/signin?error=not_offered"
    assert not OAuthState.objects.exists()
    assert Dance(identity_provider).begin("google")


def test_provider_that_nobody_knows_is_no_route(db):
    for path in ("gitlab", "google/", "Google"):
        reply = Client().get(f"/api/auth/{path}")
        assert (reply.status_code, reply.json()) == (404, {"error": "Not found"})


@pytest.mark.parametrize("path", ["/api/auth/google", "/api/auth/github/callback?code=x&state=y"])
def test_too_many_requests_lead_to_the_sign_in_page(
    db, identity_provider, limited, monkeypatch, path
):
    monkeypatch.setattr(rules, "API", replace(rules.API, rates=(Rate(1, 900),)))
    Client().get("/api/csrf")

    reply = Client().get(path, headers={"Accept": "text/html"})

    assert reply.status_code == 302
    assert reply["Location"] == f"{FRONTEND}/signin?error=too_many"
    assert reply["X-RateLimit-Remaining"] == "0"
    assert "no-store" in reply["Cache-Control"]
    assert Client().get("/api/auth/options").status_code == 429
    assert Client().get("/api/nowhere").status_code == 429


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", ["/api/auth/google", "/api/auth/google/callback"])
def test_dance_is_for_navigation(db, identity_provider, method, path):
    client = Client()
    token = client.get("/api/csrf").json()["csrfToken"]

    reply = getattr(client, method)(path, headers={"X-CSRF-Token": token})

    assert (reply.status_code, reply.json()) == (405, {"error": "Method not allowed"})
