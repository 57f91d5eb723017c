"""The whole dance, over HTTP, with somebody new, somebody known, and somebody who comes back."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import Identity, OAuthState, Session, User
from credits.models import Entry
from tests import factories
from tests.identity_provider import CLIENT_ID, GITHUB_ID, SUBJECT, TOKEN, Dance

FRONTEND = "https://chatsvg.example"
PROVIDERS = ("google", "github")
DAY = 86400


@pytest.fixture(autouse=True)
def frontend(settings):
    settings.FRONTEND_URL = FRONTEND


@pytest.mark.parametrize(
    ("name", "path", "scope"),
    [
        ("google", "/google/authorize", "openid email profile"),
        ("github", "/github/login/oauth/authorize", "user:email"),
    ],
)
def test_start_sends_the_browser_with_what_only_it_can_bring_back(
    dance, settings, name, path, scope
):
    url = urlsplit(dance.begin(name))

    asked = {key: value for key, (value,) in parse_qs(url.query).items()}
    assert url.path == path
    assert asked.pop("client_id") == CLIENT_ID[name]
    assert asked.pop("redirect_uri") == f"{settings.PUBLIC_URL}/api/auth/{name}/callback"
    assert asked.pop("response_type") == "code"
    assert asked.pop("scope") == scope
    assert asked.pop("code_challenge_method") == "S256"
    assert len(asked.pop("code_challenge")) == 43
    assert len(asked.pop("state")) == 43
    assert len(asked.pop("nonce", "")) == (43 if name == "google" else 0)
    assert asked == {}


def test_start_leaves_a_short_lived_cookie_for_the_callback_alone(dance):
    reply = dance.client.get("/api/auth/google?redirectUrl=/app")

    cookie = reply.cookies["oauth-browser"]
    given = {name: value for name, value in cookie.items() if value}
    assert given == {
        "path": "/api/auth",
        "max-age": 600,
        "expires": given["expires"],
        "httponly": True,
        "samesite": "Lax",
    }
    assert (reply["Cache-Control"], reply["Referrer-Policy"]) == (
        "private, no-store",
        "no-referrer",
    )


def test_start_stores_no_secret_of_the_browser(dance):
    asked = parse_qs(urlsplit(dance.begin("google")).query)

    row = OAuthState.objects.get()
    stored = {row.state_hash, row.browser_hash}
    assert not stored & {asked["state"][0], dance.client.cookies["oauth-browser"].value}
    assert row.session is None
    assert (row.expires_at - row.created_at).total_seconds() == pytest.approx(600, abs=5)


@pytest.mark.parametrize("name", PROVIDERS)
def test_newcomer_gets_an_account_like_everybody(dance, name):
    reply = dance(name, "/app?tab=2")

    assert (reply.status_code, reply["Location"]) == (302, f"{FRONTEND}/app?tab=2")
    assert (reply["Cache-Control"], reply["Referrer-Policy"]) == (
        "private, no-store",
        "no-referrer",
    )
    user = User.objects.get()
    assert (user.email, user.name) == ("ada@example.com", "Ada Lovelace")
    assert user.avatar.startswith("https://")
    assert user.email_verified_at
    assert user.terms_accepted_at
    assert not user.has_usable_password()
    assert user.wallet.available == 10
    assert Entry.objects.get(wallet=user.wallet).reference == f"signup:{user.pk}"
    assert list(user.mails.values_list("kind", flat=True)) == ["welcome"]
    identity = Identity.objects.get()
    subject = SUBJECT if name == "google" else str(GITHUB_ID)
    assert (identity.user, identity.provider, identity.subject) == (user, name, subject)
    assert dance.client.get("/api/auth/current-user").json()["email"] == "ada@example.com"


@pytest.mark.parametrize("name", PROVIDERS)
def test_session_is_one_of_a_login(dance, name):
    reply = dance(name)

    assert reply.cookies["token"]["max-age"] == 900
    assert reply.cookies["refreshToken"]["max-age"] == 7 * DAY
    assert reply.cookies["oauth-browser"].value == ""
    assert not Session.objects.get().remember_me
    assert not OAuthState.objects.exists()


@pytest.mark.parametrize("name", PROVIDERS)
def test_person_who_comes_back_is_known_by_the_identity_alone(dance, identity_provider, name):
    dance(name)
    identity_provider.google.email = "married@example.com"
    identity_provider.google.name = identity_provider.github.name = "Somebody Else"
    identity_provider.google.picture = "https://lh3.example.com/new.png"
    identity_provider.github.emails = []

    again = Dance(identity_provider)
    again(name)

    assert again.is_signed_in()
    user = User.objects.get()
    assert (user.email, user.name) == ("ada@example.com", "Ada Lovelace")
    assert "new.png" not in user.avatar
    assert Identity.objects.count() == 1
    assert user.sessions.count() == 2


@pytest.mark.parametrize("name", PROVIDERS)
def test_verified_account_with_the_address_keeps_all_it_has(dance, name):
    user = factories.person(email="ada@example.com", name="A. L.")
    User.objects.update(email_verified_at=user.created_at, avatar="https://example.com/a.png")
    phone = Client()
    login = {"email": user.email, "password": factories.PASSWORD}
    phone.get("/signin")
    phone.post("/signin", {**login, "csrf-token": phone.cookies["csrf-token"].value})

    dance(name)

    linked = User.objects.get()
    assert (linked.name, linked.avatar) == ("A. L.", "https://example.com/a.png")
    assert linked.password == user.password
    assert linked.email_verified_at == user.created_at
    assert linked.identities.get().provider == name
    assert linked.wallet.available == 10
    assert phone.get("/api/auth/current-user").status_code == 200
    assert dance.is_signed_in()


def test_linking_fills_an_empty_avatar_and_tells_the_owner(dance):
    user = factories.person(email="ada@example.com")

    dance("google")

    user.refresh_from_db()
    assert user.avatar == "https://lh3.example.com/ada.png"
    (told,) = user.notifications.filter(type="ACCOUNT_SECURITY")
    assert "Google account was connected" in told.message
    assert user.mails.filter(kind="security").count() == 1


def test_both_providers_open_one_account(dance, identity_provider):
    dance("google")
    Dance(identity_provider)("github")

    user = User.objects.get()
    assert sorted(user.identities.values_list("provider", flat=True)) == ["github", "google"]


@pytest.mark.parametrize(
    ("github_name", "login", "called"),
    [
        (None, "ada", "ada"),
        ("", "ada", "ada"),
        ("  \0 ", None, "ada"),
        ("Ada\n  \t Lovelace", "ada", "Ada Lovelace"),
        (7, ["x"], "ada"),
        ("n" * 300, "ada", "n" * 100),
        ("🦊" * 300, "ada", "🦊" * 50),
    ],
)
def test_name_falls_back_to_what_there_is(dance, identity_provider, github_name, login, called):
    identity_provider.github.name, identity_provider.github.login = github_name, login
    identity_provider.github.emails[1]["email"] = "ada@example.org"

    dance("github")

    assert User.objects.get().name == called


@pytest.mark.parametrize(
    "picture",
    [
        "http://lh3.example.com/a.png",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "https://",
        "https://[x",
        "https://example.com/" + "a" * 500,
        "https://example.com/a b.png",
        "//example.com/a.png",
        7,
        None,
    ],
)
def test_avatar_is_an_https_address_or_none(dance, identity_provider, picture):
    identity_provider.google.picture = picture

    dance("google")

    assert User.objects.get().avatar == ""


def test_every_exchange_proves_who_we_are_and_who_began(dance, identity_provider):
    dance("google")
    dance("github")

    for name in PROVIDERS:
        (call,) = identity_provider.called(TOKEN[name])
        assert call.fields["grant_type"] == "authorization_code"
        assert 43 <= len(call.fields["code_verifier"]) <= 128
        assert call.headers["accept"] == "application/json"


def test_keys_that_the_provider_changed_are_looked_up(dance, identity_provider):
    dance("google")
    identity_provider.rotate_keys()

    again = Dance(identity_provider)
    again("google")

    assert again.is_signed_in()
    assert len(identity_provider.called("/google/jwks")) == 2


def test_keys_are_kept_from_one_person_to_the_next(dance, identity_provider):
    dance("google")
    Dance(identity_provider)("google")

    assert len(identity_provider.called("/google/jwks")) == 1


def test_google_may_name_itself_without_scheme(dance, identity_provider, settings):
    settings.GOOGLE_ISSUER = "https://accounts.google.com"
    identity_provider.claims["iss"] = "accounts.google.com"

    dance("google")

    assert dance.is_signed_in()
