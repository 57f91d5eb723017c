"""From the first question to tokens, by HTTP; and everything that is wrong on the way."""

import base64
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.utils import timezone

from accounts.models import OAuthAccessToken, OAuthCode, OAuthGrant, OAuthRefreshToken
from accounts.oauth_server import tokens, views
from chatsvg.ratelimits.rules import HOUR, Rate
from realtime.models import Notification
from tests import factories
from tests.accounts.oauth_server.app import CALLBACK, RESOURCE, VERIFIER, App, post, query
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
HERE = "http://127.0.0.1:7777/callback"


def test_dance_gives_tokens_that_stand_for_the_person(app, browser, person):
    told = app.answered(browser, scope="svg:read svg:generate", state="a b&c=%41")
    reply = app.exchange(told.pop("code"))
    body = reply.json()
    grant = tokens.resolve(body["access_token"])

    assert told == {"state": "a b&c=%41", "iss": "http://127.0.0.1:8000"}
    assert reply.status_code == 200
    assert {**body, "access_token": "", "refresh_token": ""} == {
        "access_token": "",
        "refresh_token": "",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "svg:generate svg:read",
    }
    assert reply["Cache-Control"] == "no-store"
    assert grant.user == person
    assert grant.scopes == ("svg:generate", "svg:read")
    assert (grant.client_name, grant.is_test) == ("Clever App", False)


def test_only_hashes_are_kept(app, browser):
    code = app.code(browser)
    body = app.exchange(code).json()

    rows = [
        str(list(model.objects.values()))
        for model in (OAuthCode, OAuthGrant, OAuthAccessToken, OAuthRefreshToken)
    ]
    for raw in (code, body["access_token"], body["refresh_token"]):
        assert raw not in "".join(rows)


def test_page_says_who_asks_for_what_and_where_the_answer_goes(browser, person):
    app = App(client_name="<b>Clever</b>")
    reply = browser.get(app.address())
    page = text(reply)

    assert reply.status_code == 200
    assert "&lt;b&gt;Clever&lt;/b&gt;" in page and "<b>Clever" not in page
    assert person.email in page and "<strong>app.example</strong>" in page
    assert "Make drawings for you" in page and "your plan" not in page
    assert inline_code(reply) == []
    assert {"private", "no-store"} <= set(reply["Cache-Control"].split(", "))
    assert reply["Referrer-Policy"] == "same-origin"
    assert reply["X-Frame-Options"] == "DENY"
    policy = reply["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "script-src 'self'" in policy
    assert "form-action" not in policy
    assert not OAuthCode.objects.exists()


def test_visitor_signs_in_first_and_comes_back(app, person):
    visitor = Browser()
    asked = app.address()

    reply = visitor.get(asked)
    signed_in = visitor.post(
        reply["Location"], {"email": person.email, "password": factories.PASSWORD}
    )

    assert reply["Location"] == f"/signin?next={quote(asked, safe='')}"
    assert signed_in["Location"] == asked
    assert "Clever App" in text(visitor.get(asked))


def test_visitor_can_allow_nothing(app):
    reply = Browser().post(app.address(), {"decision": "allow"})

    assert reply["Location"].startswith("/signin?next=")
    assert not OAuthCode.objects.exists()


def test_answer_needs_our_own_page(app, browser):
    reply = browser.client.post(app.address(), {"decision": "allow"})

    assert reply.status_code == 403
    assert not OAuthCode.objects.exists()


@pytest.mark.parametrize("decision", ["deny", "", "Allow"])
def test_person_may_say_no(app, browser, decision):
    told = app.answered(browser, decision)

    assert told["error"] == "access_denied"
    assert (told["state"], told["iss"]) == ("the state", "http://127.0.0.1:8000")
    assert not OAuthCode.objects.exists()


def test_answer_takes_no_address_along(app, browser):
    reply = browser.post(app.address(), {"decision": "allow"})

    assert reply["Referrer-Policy"] == "no-referrer"
    assert {"private", "no-store"} <= set(reply["Cache-Control"].split(", "))


def test_program_on_their_own_machine_may_use_any_port(browser):
    app = App(redirect_uris=["http://127.0.0.1/callback"])
    app.callback = HERE
    reply = browser.get(app.address())

    assert "a program on this computer" in text(reply)
    assert app.connect(browser)["token_type"] == "Bearer"


def test_unproved_mailbox_connects_nothing(app, browser, settings):
    settings.REQUIRE_VERIFIED_EMAIL = True

    reply = browser.post(app.address(), {"decision": "allow"})

    assert reply.status_code == 403
    assert "verify your e-mail" in text(reply)
    assert "verify your e-mail" in text(browser.get(app.address()))
    assert app.answered(browser, "deny")["error"] == "access_denied"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, "svg:generate svg:read account:read"),
        ("account:read", "account:read"),
        ("svg:read offline_access openid svg:read", "svg:read"),
    ],
)
def test_scopes_are_those_of_ours_that_were_asked_for(app, browser, asked, given):
    assert app.connect(browser, scope=asked)["scope"] == given


def test_owner_hears_of_an_app_that_is_new(app, browser, person):
    for _ in range(2):
        app.connect(browser)

    told = Notification.objects.filter(user=person, type="ACCOUNT_SECURITY")
    assert [one.message for one in told] == ["The app “Clever App” was connected to your account."]


def test_apps_that_ask_without_resource_get_the_only_one(app, browser):
    body = app.exchange(app.code(browser, resource=None), resource=None).json()

    assert tokens.resolve(body["access_token"])
    assert OAuthGrant.objects.get().resource == RESOURCE


# --- Questions that are wrong ---------------------------------------------------------------------

CHALLENGE = create_s256_code_challenge(VERIFIER)
WRONG = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": None}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": CHALLENGE + "\n"}, None),
    ({"code_challenge": CHALLENGE[1:]}, "invalid_request"),
    ({"scope": "mcp:tools"}, "invalid_scope"),
    ({"resource": "https://other.example/mcp"}, "invalid_target"),
    ({"resource": "http://127.0.0.1:8000/"}, "invalid_target"),
    ({"resource": "http://127.0.0.1:8000/mcp#x"}, "invalid_target"),
    ({"resource": [RESOURCE, "https://other.example/mcp"]}, "invalid_target"),
    ({"resource": "http://[::1"}, "invalid_target"),
]


@pytest.mark.parametrize(("changed", "error"), WRONG)
def test_wrong_question_is_answered_to_a_program_on_their_machine(browser, changed, error):
    app = App(redirect_uris=[HERE])
    reply = browser.get(app.address(**changed))

    if error is None:  # not even the address is believed
        assert reply.status_code == 400
        return
    told = query(reply["Location"])
    assert reply["Location"].startswith(HERE + "?")
    assert (told["error"], told["state"]) == (error, "the state")
    assert told["iss"] == "http://127.0.0.1:8000"
    assert browser.post(app.address(**changed), {"decision": "allow"}).status_code == 302
    assert not OAuthCode.objects.exists()


@pytest.mark.parametrize(("changed", "error"), WRONG)
def test_wrong_question_sends_nobody_to_another_site_by_itself(app, browser, changed, error):
    for one in (browser, Browser()):
        reply = one.get(app.address(**changed))
        assert (reply.status_code, reply.get("Location")) == (400, None)
        assert (f'href="{CALLBACK}?error={error}' in text(reply)) is (error is not None)


def test_wrong_question_of_a_connected_app_is_answered_to_it(app, browser):
    app.connect(browser)

    reply = browser.get(app.address(scope="nonsense"))

    assert query(reply["Location"])["error"] == "invalid_scope"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": None},
        {"client_id": "nobody"},
        {"client_id": "01900000-0000-7000-8000-000000000000"},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "https://evil.example/\u202e"},
        {"redirect_uri": [CALLBACK, "https://evil.example/"]},
        {"client_id": ["a", "b"]},
        {"state": ["a", "b"]},
        {"response_type": 'code"\\'},
        {"scope": "svg:read\x00"},
        {"response_type": "call us at evil.example", "redirect_uri": "https://evil.example/"},
        {"code_challenge": None, "redirect_uri": "https://evil.example/"},
    ],
)
def test_address_that_is_not_the_apps_is_never_gone_to(app, browser, changed):
    for reply in (
        browser.get(app.address(**changed)),
        browser.post(app.address(**changed), {"decision": "allow"}),
    ):
        assert (reply.status_code, reply.get("Location")) == (400, None)
        assert "evil.example" not in text(reply)
        assert inline_code(reply) == []


def test_form_cannot_say_what_the_address_does_not(app, browser):
    body = {"decision": "allow", "redirect_uri": "https://evil.example/", "scope": "account:read"}

    reply = browser.post(app.address(), body)

    assert urlsplit(reply["Location"]).netloc == "app.example"
    assert app.exchange(query(reply["Location"])["code"]).json()["scope"].startswith("svg:generate")


# --- Exchanges that are wrong ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": CHALLENGE}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"code_verifier": "v" * 42}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_grant"),
        ({"redirect_uri": CALLBACK + "?"}, "invalid_grant"),
        ({"resource": "https://other.example/mcp"}, "invalid_target"),
        ({"resource": [RESOURCE, "https://other.example/mcp"]}, "invalid_target"),
        ({"client_id": None}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_secret": "made up"}, "invalid_client"),
        ({"code": "x" * 43}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"code": ["a", "b"]}, "invalid_request"),
        ({"code_verifier": "é" * 43}, "invalid_request"),
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
def test_wrong_exchange_is_refused_and_leaves_the_code_good(app, browser, changed, error):
    code = app.code(browser)

    refused = app.exchange(**{"code": code, **changed})

    assert refused.json()["error"] == error
    assert 400 <= refused.status_code <= 401
    assert refused["Content-Type"] == "application/json"
    assert not OAuthGrant.objects.exists()
    assert app.exchange(code).status_code == 200


def test_parameters_in_the_address_are_not_read(app, browser):
    asked = {
        "grant_type": "authorization_code",
        "code": app.code(browser),
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "client_id": app.id,
    }
    pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items())

    assert post(f"/oauth/token?{pairs}").json()["error"] == "unsupported_grant_type"


def test_code_is_good_for_its_own_client_alone(app, browser):
    other = App()

    reply = other.exchange(app.code(browser))

    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")


def test_code_is_too_old_after_a_minute(app, browser):
    code = app.code(browser)
    OAuthCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert app.exchange(code).json()["error"] == "invalid_grant"


def test_code_lives_for_a_minute(app, browser):
    app.code(browser)

    left = OAuthCode.objects.get().expires_at - timezone.now()
    assert timedelta(seconds=55) < left <= timedelta(seconds=60)


def test_code_that_is_used_twice_ends_what_it_gave(app, browser, person):
    code = app.code(browser)
    body = app.exchange(code).json()

    again = app.exchange(code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    with pytest.raises(tokens.TokenRefused):
        tokens.resolve(body["access_token"])
    assert app.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"
    assert OAuthGrant.objects.get().revoked_because == "reuse"


def test_used_code_without_its_verifier_ends_nothing(app, browser):
    code = app.code(browser)
    body = app.exchange(code).json()

    assert app.exchange(code, client_id=App().id).status_code == 400
    assert app.exchange(code, code_verifier="w" * 43).status_code == 400
    assert tokens.resolve(body["access_token"])


# --- Clients with a secret ------------------------------------------------------------------------


def basic(name: str, secret: str) -> dict:
    pair = base64.b64encode(f"{name}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_confidential_client_shows_its_secret_and_the_verifier(browser, method):
    app = App(token_endpoint_auth_method=method)
    secret, code = app.told["client_secret"], app.code(browser)
    others = App(token_endpoint_auth_method=method).told["client_secret"]

    assert app.exchange(code).json()["error"] == "invalid_client"
    assert app.exchange(code, client_secret=others).json()["error"] == "invalid_client"
    refused = app.exchange(code, basic(app.id, others), client_id=None)
    assert refused.json()["error"] == "invalid_client"
    assert refused.status_code == 401 and "Basic" in refused["WWW-Authenticate"]

    if method == "client_secret_post":
        reply = app.exchange(code, client_secret=secret)
    else:
        reply = app.exchange(code, basic(app.id, secret), client_id=None)
    assert reply.status_code == 200


def test_confidential_client_needs_pkce_too(browser):
    app = App(token_endpoint_auth_method="client_secret_post")
    secret = app.told["client_secret"]
    fields = {"grant_type": "authorization_code", "client_secret": secret}

    assert browser.get(app.address(code_challenge=None)).status_code == 400
    reply = app.token(**fields, code=app.code(browser), redirect_uri=CALLBACK)
    assert reply.json()["error"] == "invalid_request"


@pytest.mark.parametrize("sent", ["Basic", "Basic !", "Basic /w==", "Basic eA==", "Bearer x"])
def test_credentials_that_are_none_are_refused(app, sent):
    for path in ("/oauth/token", "/oauth/revoke"):
        reply = post(path, {"grant_type": "authorization_code"}, Authorization=sent)
        assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


def test_refusals_are_counted_and_what_is_good_passes(limited, monkeypatch, app, browser):
    fewer = replace(views.REFUSALS, rates=(Rate(3, HOUR),))
    monkeypatch.setattr(views, "REFUSALS", fewer)
    code = app.code(browser)
    refused = [app.exchange("x") for _ in range(4)]

    assert [reply.status_code for reply in refused] == [400] * 3 + [429]
    assert app.exchange(code).status_code == 200
