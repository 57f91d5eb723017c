from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import OAuthClient
from accounts.oauth_server import clients, upkeep
from chatsvg.ratelimits.rules import HOUR, Rate
from tests.accounts.oauth_server.app import CALLBACK, App, post, register
from tests.accounts.oauth_server.test_redirects import BAD

pytestmark = pytest.mark.django_db


def test_public_client_is_told_all_that_it_is_registered_with():
    reply = register(scope="mcp:tools offline_access", logo_uri="https://app.example/x.png")

    client = OAuthClient.objects.get()
    assert reply.status_code == 201
    assert reply.json() == {
        "client_id": str(client.pk),
        "client_id_issued_at": int(client.created_at.timestamp()),
        "client_name": "Clever App",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "scope": "svg:generate svg:read account:read",
    }
    assert reply["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", [None, "client_secret_basic", "client_secret_post"])
def test_confidential_client_gets_a_secret_that_is_not_stored(method):
    told = register(token_endpoint_auth_method=method).json()

    client = OAuthClient.objects.get()
    assert told["token_endpoint_auth_method"] == method or "client_secret_basic"
    assert told["client_secret_expires_at"] == 0
    assert len(told["client_secret"]) == 43
    assert told["client_secret"] not in str(OAuthClient.objects.values())
    assert clients.has_secret(client, told["client_secret"])
    assert not clients.has_secret(client, "")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": CALLBACK}, "invalid_redirect_uri"),
        ({"redirect_uris": [CALLBACK] * 11}, "invalid_redirect_uri"),
        ({"redirect_uris": [CALLBACK, {"a": 1}]}, "invalid_redirect_uri"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": ["none"]}, "invalid_client_metadata"),
        ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"grant_types": "authorization_code"}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"response_types": {}}, "invalid_client_metadata"),
        ({"client_name": 7}, "invalid_client_metadata"),
        ({"client_name": "x" * 9000}, "invalid_client_metadata"),
    ],
)
def test_what_makes_no_sense_is_refused(changed, error):
    reply = register(**changed)

    assert (reply.status_code, reply.json()["error"]) == (400, error)
    assert not OAuthClient.objects.exists()


def test_redirects_that_are_no_good_are_refused():
    replies = [register(redirect_uris=[CALLBACK, uri]) for uri in BAD]

    assert {reply.status_code for reply in replies} == {400}
    assert {reply.json()["error"] for reply in replies} == {"invalid_redirect_uri"}


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 8000, b'"x"', b"1"])
def test_bodies_that_are_no_object_are_refused(body):
    reply = post("/oauth/register", body=body)

    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_client_metadata")


def test_huge_registration_is_refused():
    uris = [f"https://app.example/{number:03}{'x' * 900}" for number in range(10)]

    assert register(redirect_uris=uris).status_code == 400
    assert post("/oauth/register", body=b"x" * 200_000).status_code == 413


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, "app.example"),
        ("", "app.example"),
        (" \u200b\u202e ", "app.example"),
        ("Clever\u202e ppA\n\x00", "Clever ppA"),
        ("<b>Bold</b>", "<b>Bold</b>"),
        ("\ud800x", "x"),
        ("é" * 200, "é" * 100),
    ],
)
def test_name_shows_what_it_is(sent, kept):
    assert register(client_name=sent).json()["client_name"] == kept


def test_registrations_from_one_address_are_limited(limited, monkeypatch):
    fewer = replace(clients.REGISTRATIONS, rates=(Rate(3, HOUR),))
    monkeypatch.setattr(clients, "REGISTRATIONS", fewer)
    replies = [register() for _ in range(4)]

    assert [reply.status_code for reply in replies] == [201] * 3 + [429]
    assert replies[-1].json()["error"] == "temporarily_unavailable"
    assert int(replies[-1]["Retry-After"]) > 0
    assert replies[-1]["Access-Control-Allow-Origin"] == "*"


def test_clients_that_nobody_uses_are_forgotten(browser):
    ages = {"new": 1, "never used": 8, "connected": 400, "left": 91, "left lately": 89}
    apps = {name: App(client_name=name) for name in ages}
    apps["connected"].connect(browser)
    for name, days in ages.items():
        then = timezone.now() - timedelta(days=days)
        used = {"last_used_at": then} if name in ("connected", "left", "left lately") else {}
        OAuthClient.objects.filter(name=name).update(created_at=then, **used)

    upkeep.purge()

    left = set(OAuthClient.objects.values_list("name", flat=True))
    assert left == {"new", "connected", "left lately"}


# --- Discovery, and pages of other sites ----------------------------------------------------------

DOCUMENTS = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-authorization-server/mcp",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
]


def test_documents_lead_from_the_resource_to_every_endpoint(settings):
    settings.PUBLIC_URL = "https://chatsvg.example"
    resource = Client().get(DOCUMENTS[3]).json()
    server = Client().get(DOCUMENTS[0]).json()

    assert resource["resource"] == "https://chatsvg.example/mcp"
    assert resource["authorization_servers"] == [server["issuer"]] == ["https://chatsvg.example"]
    assert server["code_challenge_methods_supported"] == ["S256"]
    assert server["authorization_response_iss_parameter_supported"] is True
    ends = {name: url for name, url in server.items() if name.endswith("_endpoint")}
    assert ends == {
        f"{name}_endpoint": f"https://chatsvg.example/oauth/{path}"
        for name, path in {
            "authorization": "authorize",
            "token": "token",
            "registration": "register",
            "revocation": "revoke",
        }.items()
    }
    assert Client().get(DOCUMENTS[1]).json() == server
    assert Client().get(DOCUMENTS[2]).json() == resource


@pytest.mark.parametrize("path", [*DOCUMENTS, "/oauth/token", "/oauth/register", "/oauth/revoke"])
def test_pages_of_other_sites_may_call_it_without_cookies(path):
    client = Client(enforce_csrf_checks=True, headers={"Origin": "https://inspector.example"})
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}
    preflight = client.options(path, headers=asked)
    reply = client.get(path) if path in DOCUMENTS else client.post(path)

    for one in (preflight, reply):
        assert one["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in one
        assert not one.cookies
    assert preflight.status_code == 204
    assert "authorization" in preflight["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/oauth/authorize", "/api/oauth/grants"])
def test_pages_of_other_sites_may_not_read_what_is_somebodys(browser, path):
    reply = browser.get(path, Origin="https://inspector.example")

    assert "Access-Control-Allow-Origin" not in reply


@pytest.mark.parametrize("path", [*DOCUMENTS, "/oauth/token", "/oauth/register", "/oauth/revoke"])
def test_other_methods_are_refused_as_json(path):
    method = "DELETE" if path in DOCUMENTS else "GET"
    reply = Client(headers={"Accept": "text/html"}).generic(method, path)

    assert (reply.status_code, reply.json()["error"]) == (405, "invalid_request")
    assert "OPTIONS" in reply["Allow"]
