"""What may come back wrong: from the browser, from the provider, from somebody in between."""

import logging
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import OAuthState, Session, User
from accounts.oauth import errors, http
from tests import factories
from tests.identity_provider import EMAILS, JWKS, TOKEN, USER, Dance, Fault

FRONTEND = "https://chatsvg.example"
PROVIDERS = ("google", "github")
GARBAGE = [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b"<html>", b"[" * 100_000, b'{"a": 1}']


@pytest.fixture(autouse=True)
def frontend(settings):
    settings.FRONTEND_URL = FRONTEND


def fails(reply, code: str) -> None:
    """Sent to the sign-in page with the code, and with no session."""
    assert (reply.status_code, reply["Location"]) == (302, f"{FRONTEND}/signin?error={code}")
    assert reply["Referrer-Policy"] == "no-referrer"
    assert not {"token", "refreshToken"} & set(reply.cookies)
    assert not User.objects.exists()


# --- the browser ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROVIDERS)
def test_callback_out_of_nowhere_is_refused(dance, name):
    for query in ("", "?code=x", "?state=x", "?code=x&state=", f"?code=x&state={'s' * 43}"):
        fails(dance.finish(f"/api/auth/{name}/callback{query}"), "state_invalid")


@pytest.mark.parametrize("name", PROVIDERS)
def test_state_works_once(dance, identity_provider, name):
    callback = dance.agree(dance.begin(name))
    browser = dance.client.cookies["oauth-browser"].value
    dance.finish(callback)
    thief = Client()
    thief.cookies["oauth-browser"] = browser

    reply = thief.get(callback)

    assert reply["Location"] == f"{FRONTEND}/signin?error=state_invalid"
    assert "token" not in reply.cookies
    assert Session.objects.count() == 1
    assert len(identity_provider.called(TOKEN[name])) == 1


def test_failed_state_is_used_up_as_well(dance, identity_provider):
    identity_provider.faults[TOKEN["google"]] = Fault(status=500)
    callback = dance.agree(dance.begin("google"))
    fails(dance.finish(callback), "oauth_failed")
    identity_provider.faults.clear()

    fails(dance.finish(callback), "state_invalid")


@pytest.mark.parametrize("cookie", [None, "", "x" * 43, "another's"])
def test_state_of_another_browser_is_refused_and_stays_its_own(dance, identity_provider, cookie):
    callback = dance.agree(dance.begin("google"))
    victim = Client()
    if cookie == "another's":
        Dance(identity_provider, victim).begin("google")
    elif cookie is not None:
        victim.cookies["oauth-browser"] = cookie

    fails(victim.get(callback), "state_invalid")

    assert not identity_provider.called(TOKEN["google"])
    dance.finish(callback)
    assert dance.is_signed_in()


def test_state_of_another_provider_is_refused(dance, identity_provider):
    """A mix-up: the code of one provider never reaches the other."""
    query = urlsplit(dance.agree(dance.begin("google"))).query

    fails(dance.finish(f"/api/auth/github/callback?{query}"), "state_invalid")

    assert not identity_provider.called(TOKEN["github"])
    fails(dance.finish(f"/api/auth/google/callback?{query}"), "state_invalid")


def test_answer_that_names_another_issuer_is_refused(dance, identity_provider):
    identity_provider.says_issuer = "https://evil.example"

    fails(dance("google"), "oauth_failed")

    assert not identity_provider.called(TOKEN["google"])


def test_answer_that_names_the_issuer_is_taken(dance, identity_provider):
    identity_provider.says_issuer = identity_provider.issuer

    dance("google")

    assert dance.is_signed_in()


def test_state_expires(dance):
    callback = dance.agree(dance.begin("google"))
    OAuthState.objects.update(expires_at=timezone.now())

    fails(dance.finish(callback), "state_invalid")


def test_code_of_another_dance_fits_no_verifier(dance, identity_provider):
    """Code injection: PKCE binds a code to the browser that asked for it."""
    stolen = parse_qs(urlsplit(Dance(identity_provider).agree(dance.begin("github"))).query)
    mine = parse_qs(urlsplit(dance.agree(dance.begin("github"))).query)
    code, state = stolen["code"][0], mine["state"][0]

    fails(dance.finish(f"/api/auth/github/callback?code={code}&state={state}"), "oauth_failed")

    assert len(identity_provider.called(TOKEN["github"])) == 1


def test_two_tabs_may_dance_at_once(dance):
    first, second = (dance.agree(dance.begin(name)) for name in PROVIDERS)

    assert dance.finish(first)["Location"] == f"{FRONTEND}/app"
    assert dance.is_signed_in()
    assert second != first


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("said", ["access_denied", "server_error", "<script>"])
def test_person_who_says_no_there_is_told(dance, identity_provider, name, said):
    identity_provider.denies = said

    fails(dance(name), "oauth_failed")

    assert not OAuthState.objects.exists()
    assert not identity_provider.called(TOKEN[name])


def test_denial_without_a_state_is_told_too(dance):
    fails(dance.finish("/api/auth/google/callback?error=access_denied"), "oauth_failed")


def test_missing_code_is_refused(dance, identity_provider):
    state = parse_qs(urlsplit(dance.begin("google")).query)["state"][0]

    fails(dance.finish(f"/api/auth/google/callback?state={state}"), "oauth_failed")

    assert not identity_provider.called(TOKEN["google"])


@pytest.mark.parametrize("junk", ["%00", "%ff", "a" * 5000, "%F0%9F%A6%8A", "&state=x", "[]"])
def test_junk_in_the_query_is_a_refusal_like_any_other(dance, junk):
    state = parse_qs(urlsplit(dance.begin("google")).query)["state"][0]

    fails(dance.finish(f"/api/auth/google/callback?code=x&state={junk}"), "state_invalid")
    reply = dance.finish(f"/api/auth/google/callback?state={state}&code={junk}")
    assert reply["Location"] in (
        f"{FRONTEND}/signin?error=oauth_failed",
        f"{FRONTEND}/signin?error=state_invalid",
    )


# --- the provider -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("google", TOKEN["google"]),
        ("google", JWKS),
        ("github", TOKEN["github"]),
        ("github", USER),
        ("github", EMAILS),
    ],
)
@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=403),
        Fault(status=404),
        Fault(status=302),
        Fault(hang_up=True),
        Fault(body=b"{" + b" " * 600_000 + b"}"),
        *(Fault(body=body) for body in GARBAGE),
        *(Fault(status=500, body=body) for body in GARBAGE[:3]),
    ],
    ids=lambda fault: f"{fault.status}-{(fault.body or b'usual')[:8]!r}-{fault.hang_up}",
)
def test_provider_that_fails_is_told(dance, identity_provider, name, path, fault):
    identity_provider.faults[path] = fault

    code = (
        "email_unverified" if (path, fault.body) == (EMAILS, b"[]") and fault.status == 200 else ""
    )
    fails(dance(name), code or "oauth_failed")


@pytest.mark.parametrize("name", PROVIDERS)
def test_provider_that_is_away_is_told(dance, identity_provider, settings, name):
    callback = dance.agree(dance.begin(name))
    settings.GOOGLE_TOKEN_URL = settings.GITHUB_BASE_URL = "http://127.0.0.1:9"

    fails(dance.finish(callback), "oauth_failed")


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (TOKEN["github"], Fault(delay=30)),
        (EMAILS, Fault(delay=30)),
        (USER, Fault(dribble=0.4, body=b" " * 100)),
    ],
    ids=["silent", "silent at last", "dribbling"],
)
def test_provider_that_is_slow_is_not_waited_for(dance, identity_provider, settings, path, fault):
    settings.OAUTH_TIMEOUT_SECONDS = 1
    identity_provider.faults[path] = fault
    callback = dance.agree(dance.begin("github"))
    began = monotonic()

    fails(dance.finish(callback), "oauth_failed")

    assert monotonic() - began < 3


def test_nothing_is_locked_and_no_connection_held_while_the_provider_thinks(
    transactional_db, identity_provider, monkeypatch
):
    """What the provider is asked happens outside any transaction."""
    held = []
    send = http.Client.send

    def watched(self, request, **options):
        held.append((connection.connection is not None, connection.in_atomic_block))
        return send(self, request, **options)

    dance = Dance(identity_provider)
    callback = dance.agree(dance.begin("github"))
    monkeypatch.setattr(http.Client, "send", watched)

    dance.finish(callback)

    assert held == [(False, False)] * 3


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another client"},
        {"aud": ["client-of-google", "another client"], "azp": "another client"},
        {"aud": []},
        {"azp": "another client"},
        {"iss": "https://evil.example"},
        {"iss": ""},
        {"iss": None},
        {"nonce": "of another dance"},
        {"nonce": ""},
        {"nonce": None},
        {"exp": 1},
        {"exp": "soon"},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"at_hash": "wrong"},
        {"at_hash": 7},
        {"sub": ""},
        {"sub": None},
        {"sub": True},
        {"sub": ["x"]},
        {"sub": "x" * 256},
        {"sub": "a\0b"},
    ],
    ids=str,
)
def test_id_token_for_somebody_or_something_else_is_refused(dance, identity_provider, claims):
    identity_provider.claims |= claims

    fails(dance("google"), "oauth_failed")


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "iat", "sub", "nonce"])
def test_id_token_without_what_binds_it_is_refused(dance, identity_provider, claim):
    identity_provider.without.add(claim)

    fails(dance("google"), "oauth_failed")


@pytest.mark.parametrize("signing", ["none", "HS256", "foreign"])
def test_id_token_that_the_provider_did_not_sign_is_refused(dance, identity_provider, signing):
    identity_provider.signing = signing

    fails(dance("google"), "oauth_failed")


@pytest.mark.parametrize(
    "token", [None, "", 7, "a.b", "a.b.c", "....", ["x"], {}, "\ud800"], ids=str
)
def test_id_token_that_is_none_is_refused(dance, identity_provider, token):
    identity_provider.token["id_token"] = token

    fails(dance("google"), "oauth_failed")


@pytest.mark.parametrize(
    "token",
    [
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "of somebody else"},
        {"token_type": "magic"},
        {"error": "bad_verification_code"},
        {"error": {"a": 1}},
        {"expires_in": "never"},
        {"expires_at": -1},
    ],
    ids=str,
)
def test_access_token_that_opens_nothing_is_refused(dance, identity_provider, token):
    identity_provider.token |= token

    fails(dance("github"), "oauth_failed")


@pytest.mark.parametrize(
    "subject", [None, "", 1.5, True, ["x"], {"a": 1}, "x" * 256, "a\0b", " 1"], ids=str
)
def test_github_user_without_an_id_is_nobody(dance, identity_provider, subject):
    identity_provider.github.id = subject

    fails(dance("github"), "oauth_failed")


# --- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize("verified", [False, None, "false", 1, "yes", [True]], ids=str)
def test_google_address_must_be_verified(dance, identity_provider, verified):
    identity_provider.google.email_verified = verified

    fails(dance("google"), "email_unverified")


@pytest.mark.parametrize(
    "address", [None, "", "ada", "@", 7, ["a@b.c"], "a b@c.d", f"{'a' * 250}@b.cd"], ids=str
)
def test_address_that_is_none_is_not_verified(dance, identity_provider, address):
    identity_provider.google.email = address

    fails(dance("google"), "email_unverified")


@pytest.mark.parametrize(
    "emails",
    [
        [],
        [{"email": "a@example.com", "primary": True, "verified": False}],
        [{"email": "a@example.com", "primary": True}],
        [{"email": "a@example.com", "primary": True, "verified": "true"}],
        [{"email": "a@example.com", "primary": False, "verified": True}],
        [{"primary": True, "verified": True}],
        ["a@example.com", None, 7],
    ],
    ids=str,
)
def test_github_primary_address_must_be_verified(dance, identity_provider, emails):
    identity_provider.github.emails = emails

    fails(dance("github"), "email_unverified")


def test_address_that_only_looks_the_same_in_lower_case_is_nobodys(dance, identity_provider):
    """The Kelvin sign's small letter is a Latin k."""
    owner = factories.person(email="kim@example.com")
    identity_provider.google.email = "\u212aim@example.com"

    reply = dance("google")

    assert reply["Location"] == f"{FRONTEND}/signin?error=email_unverified"
    assert not owner.identities.exists()


# --- people -----------------------------------------------------------------------------------


@pytest.mark.parametrize("known_by", ["identity", "address"])
@pytest.mark.parametrize("gone", ["is_active", "deleted_at"])
def test_closed_account_stays_closed(dance, identity_provider, known_by, gone):
    if known_by == "identity":
        dance("google")
    else:
        factories.person(email="ada@example.com")
    User.objects.update(**{gone: False if gone == "is_active" else timezone.now()})
    sessions = User.objects.get().sessions.count()

    reply = Dance(identity_provider)("google")

    assert reply["Location"] == f"{FRONTEND}/signin?error=no_user"
    assert "token" not in reply.cookies
    assert User.objects.get().sessions.count() == sessions


def test_second_identity_of_a_provider_does_not_replace_the_first(dance, identity_provider):
    dance("google")
    identity_provider.google.sub = "another"

    other = Dance(identity_provider)
    reply = other("google")

    assert reply["Location"] == f"{FRONTEND}/signin?error=oauth_failed"
    assert not other.is_signed_in()
    assert User.objects.get().identities.get().subject != "another"


# --- ourselves --------------------------------------------------------------------------------


def test_fault_of_our_own_is_a_redirect_too(dance, monkeypatch, caplog):
    callback = dance.agree(dance.begin("google"))
    monkeypatch.setattr("accounts.oauth.services.enter", lambda *a, **k: 1 / 0)

    fails(dance.finish(callback), "server_error")

    assert "oauth.broken provider=google" in caplog.text


def test_start_that_cannot_be_stored_is_a_redirect_too(dance, monkeypatch, caplog):
    monkeypatch.setattr("accounts.oauth.states.begin", lambda *a, **k: 1 / 0)

    fails(dance.client.get("/api/auth/github"), "server_error")


@pytest.mark.parametrize("name", PROVIDERS)
def test_logs_know_no_secret_and_no_address(dance, identity_provider, caplog, name):
    caplog.set_level(logging.DEBUG)
    started = dance.begin(name)
    callback = dance.agree(started)
    dance.finish(callback)
    identity_provider.faults[TOKEN[name]] = Fault(status=400, body=b'{"error": "ada@example.com"}')
    dance(name)
    ours = [one for one in caplog.records if not one.name.startswith(("httpcore", "asyncio"))]
    written = "\n".join(
        logging.Formatter().format(one) for one in ours if one.levelno >= logging.INFO
    )

    query = parse_qs(urlsplit(callback).query)
    secret = [query["code"][0], query["state"][0], dance.client.cookies["token"].value]
    secret += [call.fields["code_verifier"] for call in identity_provider.called(TOKEN[name])]
    assert f"oauth.failed provider={name} error=HTTPStatusError" in written
    for one in (*secret, "ada@example.com", "Ada@Example.com", "secret-of"):
        assert one not in written


def test_every_failure_has_a_sentence_of_its_own():
    codes = ("oauth_failed", "no_user", "server_error", "email_unverified", "state_invalid")

    said = [errors.sentence(code) for code in codes]

    assert len({*said, errors.SOMETHING_ELSE}) == 6
    assert errors.sentence("<script>") == errors.SOMETHING_ELSE
