"""What is configured is what is offered: options, pages, settings, and what staff see."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.models import Identity, Mail, OAuthState, User
from accounts.oauth import errors, services
from accounts.oauth.profiles import Profile
from chatsvg.celery import app
from tests import factories
from tests.conftest import Api
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
CODES = [
    *("oauth_failed", "no_user", "server_error", "email_unverified", "state_invalid"),
    *("not_offered", "too_many"),
]
NEW = {"email": "eve@example.com", "password": factories.PASSWORD, "name": "Eve"}


def links(page: str) -> list[str]:
    button = r'href="(/api/auth/[^"]+)">.*?Continue with (\w+)</a>'
    found = re.findall(button, page, re.DOTALL)
    return [(unescape(href), label) for href, label in found]


def options() -> dict:
    return Client().get("/api/auth/options").json()


def test_options_list_what_is_configured(identity_provider, settings):
    assert options() == {"emailAuthEnabled": True, "oauthProviders": ["google", "github"]}
    settings.GOOGLE_CLIENT_ID = ""
    assert options() == {"emailAuthEnabled": True, "oauthProviders": ["github"]}
    settings.GITHUB_CLIENT_SECRET = ""
    assert options() == {"emailAuthEnabled": True, "oauthProviders": []}
    settings.EMAIL_AUTH_ENABLED = False
    assert options()["emailAuthEnabled"] is False


@pytest.mark.parametrize("path", ["/signin", "/signup"])
def test_pages_offer_what_is_configured(identity_provider, settings, path):
    page = Browser().get(path)
    assert links(text(page)) == [
        ("/api/auth/google?redirectUrl=%2Fapp", "Google"),
        ("/api/auth/github?redirectUrl=%2Fapp", "GitHub"),
    ]
    assert inline_code(page) == []
    settings.GOOGLE_CLIENT_ID = ""
    assert [label for _, label in links(text(Browser().get(path)))] == ["GitHub"]
    settings.GITHUB_CLIENT_ID = ""
    assert "Continue with" not in text(Browser().get(path))
    assert 'class="or"' not in text(Browser().get(path))


@pytest.mark.parametrize("path", ["/signin", "/signup"])
@pytest.mark.parametrize(
    ("wanted", "kept"),
    [("/app?job=1&a=%26b#c", "/app?job=1&a=%26b#c"), ("//evil.example", "/app"), ('/"><b>', None)],
)
def test_buttons_lead_where_the_visitor_wanted(identity_provider, path, wanted, kept):
    page = text(Client().get(path, {"next": wanted}))

    (href, _), *_ = links(page)
    assert unquote(href.partition("redirectUrl=")[2]) == (kept or wanted)
    assert "<b>" not in page


@pytest.mark.parametrize("path", ["/signin", "/signup"])
def test_form_is_hidden_where_email_is_no_way_in(identity_provider, settings, path):
    settings.EMAIL_AUTH_ENABLED = False

    page = text(Browser().get(path))

    assert 'name="password"' not in page
    assert 'class="or"' not in page
    assert len(links(page)) == 2


RESET = {"token": "0" * 64, "newPassword": "violet harbour 71 trombones"}


@pytest.mark.parametrize(
    ("path", "body"),
    [("/auth/forgot-password", {"email": "eve@example.com"}), ("/auth/reset-password", RESET)],
)
def test_forgotten_passwords_are_refused_where_none_is_of_use(
    api, identity_provider, settings, path, body
):
    settings.EMAIL_AUTH_ENABLED = False

    reply = api.post(path, body)

    assert (reply.status_code, reply.json()["errorCode"]) == (403, "EMAIL_AUTH_DISABLED")
    assert not Mail.objects.exists()


@pytest.mark.parametrize("path", ["/forgot-password", "/reset-password?token=" + "0" * 64])
def test_pages_of_forgotten_passwords_say_so(identity_provider, settings, path):
    settings.EMAIL_AUTH_ENABLED = False
    browser = Browser()

    for reply in (browser.get(path), browser.post(path, {"email": "eve@example.com", **RESET})):
        assert reply.status_code == 403
        assert "switched off here" in text(reply)
        assert "<form" not in text(reply).partition("<main")[2].partition("</main>")[0]
    assert not Mail.objects.exists()


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register"])
def test_email_auth_that_is_off_is_refused(api, identity_provider, settings, path):
    settings.EMAIL_AUTH_ENABLED = False

    for body in ({**NEW, "agreedToTerms": True}, {}):
        reply = api.post(path, body)
        assert (reply.status_code, reply.json()["errorCode"]) == (403, "EMAIL_AUTH_DISABLED")
    assert not User.objects.exists()


def test_pages_refuse_email_auth_that_is_off(identity_provider, settings):
    browser = Browser()
    person = factories.person()
    browser.get("/signin")
    settings.EMAIL_AUTH_ENABLED = False

    fields = {"email": person.email, "password": factories.PASSWORD}
    for path, sent in (("/signin", fields), ("/signup", {**NEW, "agreedToTerms": "on"})):
        reply = browser.post(path, sent)
        assert (reply.status_code, "switched off here" in text(reply)) == (403, True)
    assert User.objects.get() == person


# --- what went wrong --------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_signin_page_says_what_went_wrong(code):
    page = unescape(text(Browser().get(f"/signin?error={code}")))

    assert errors.sentence(code) in page
    assert 'role="alert"' in page
    assert code not in page


@pytest.mark.parametrize("code", ["", "x", "<script>alert(1)</script>", "OAUTH_FAILED", "%00"])
def test_unknown_code_gets_a_general_sentence_and_no_echo(code):
    page = text(Client().get("/signin", {"error": code}))

    assert errors.SOMETHING_ELSE in page
    assert "alert(1)" not in page
    assert len(code) < 2 or code not in page


def test_signin_page_without_a_code_says_nothing():
    assert 'role="alert"' not in text(Browser().get("/signin?next=/app"))


def test_sentence_is_gone_with_the_next_try():
    browser = Browser()
    page = text(browser.get("/signin?next=/app&error=oauth_failed"))
    assert 'action="/signin?next=%2Fapp"' in page
    assert 'href="/signup?next=%2Fapp"' in page

    reply = browser.post("/signin?error=oauth_failed", {"email": "a@b.c", "password": "x" * 8})

    assert errors.sentence("oauth_failed") not in text(reply)


# --- password login of somebody who has none ---------------------------------------------------


def test_account_without_a_password_is_refused_like_a_stranger(api):
    user = services.enter(Profile("google", "1", "ada@example.com", "Ada", ""))
    stranger = {"email": "nobody@example.com", "password": factories.PASSWORD}

    replies = [api.post("/auth/login", {**stranger, "email": e}) for e in (user.email, "x@y.zz")]

    assert [one.status_code for one in replies] == [401, 401]
    assert replies[0].json() == replies[1].json() == {"error": "Invalid credentials"}


# --- upkeep, staff, settings ------------------------------------------------------------------


def test_dances_that_nobody_finished_are_forgotten(dance):
    for _ in range(3):
        dance.begin("google")
    late = OAuthState.objects.order_by("created_at")[:2].values_list("pk", flat=True)
    OAuthState.objects.filter(pk__in=list(late)).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )

    tasks.purge_oauth_states.apply()

    assert OAuthState.objects.count() == 1
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert tasks.purge_oauth_states.name in scheduled


def test_staff_see_identities_and_change_none(client):
    admin = User.objects.create_superuser("boss@example.com", factories.PASSWORD, name="Boss")
    services.enter(Profile("github", "583231", "ada@example.com", "Ada", ""))
    client.force_login(admin)
    client.cookies["admin-session"]["path"] = "/"
    identity = Identity.objects.get()

    assert "ada@example.com" in text(client.get("/admin/accounts/identity/"))
    assert client.get(f"/admin/accounts/identity/{identity.pk}/change/").status_code == 200
    assert client.get("/admin/accounts/identity/add/").status_code == 403
    assert client.get(f"/admin/accounts/identity/{identity.pk}/delete/").status_code == 403


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"GOOGLE_CLIENT_ID": ""}, ["accounts.E010"]),
        ({"GITHUB_CLIENT_SECRET": ""}, ["accounts.E010"]),
        ({"EMAIL_AUTH_ENABLED": False}, []),
        (
            {"EMAIL_AUTH_ENABLED": False, "GOOGLE_CLIENT_ID": "", "GITHUB_CLIENT_ID": ""},
            ["accounts.E010", "accounts.E010", "accounts.E011"],
        ),
    ],
)
def test_settings_that_cannot_work_are_told_at_start(identity_provider, settings, change, said):
    for name, value in change.items():
        setattr(settings, name, value)

    assert [one.id for one in run_checks() if one.id.startswith("accounts.E01")] == said


def test_nothing_is_needed_to_start(settings):
    assert options() == {"emailAuthEnabled": True, "oauthProviders": []}
    assert "error=not_offered" in Api().get("/auth/google")["Location"]
