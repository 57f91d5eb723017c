"""Refreshing, presenting and revoking tokens."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import OAuthAccessToken, OAuthGrant, OAuthRefreshToken
from accounts.oauth_server import server, tokens, upkeep
from accounts.oauth_server.errors import ScopeMissing, TokenRefused
from chatsvg.ratelimits.rules import HOUR, Rate
from realtime.models import Notification
from tests.accounts.oauth_server.app import App, is_good
from tests.accounts.test_auth_api import in_parallel
from tests.pages import Browser

pytestmark = pytest.mark.django_db
CHALLENGE = (
    'Bearer realm="ChatSVG", error="invalid_token", resource_metadata='
    '"http://127.0.0.1:8000/.well-known/oauth-protected-resource/mcp"'
)


def later(model, **age) -> None:
    """Everything of a model runs out so much sooner."""
    for one in model.objects.all():
        one.expires_at -= timedelta(**age)
        one.save()


# --- Presenting -----------------------------------------------------------------------------------


def test_resolve_asks_once_and_brings_the_wallet(held, django_assert_num_queries):
    with django_assert_num_queries(1):
        grant = tokens.resolve(held["access_token"])
        assert grant.user.wallet.balance == 10
        assert grant.user.is_active


def test_use_is_noted_to_the_minute(held, django_assert_num_queries):
    then = timezone.now() - timedelta(minutes=2)
    OAuthGrant.objects.update(last_used_at=then)

    tokens.resolve(held["access_token"])
    with django_assert_num_queries(1):
        tokens.resolve(held["access_token"])

    assert OAuthGrant.objects.get().last_used_at > then


@pytest.mark.parametrize("raw", ["", "x", "oat_", "oat_" + "x" * 43, "sk_live_x", "\ud800", "ort_"])
def test_what_is_no_token_is_refused(db, raw):
    with pytest.raises(TokenRefused) as refused:
        tokens.resolve(raw)

    assert refused.value.status == 401
    assert refused.value.headers["WWW-Authenticate"] == CHALLENGE


def test_refresh_token_opens_nothing(held):
    assert not is_good(held["refresh_token"])


def test_access_token_ends_after_an_hour(held):
    left = OAuthAccessToken.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)

    later(OAuthAccessToken, hours=1)
    assert not is_good(held["access_token"])


def test_access_token_ends_with_its_person(held, person):
    person.is_active = False
    person.save()

    assert not is_good(held["access_token"])


def test_token_is_good_for_one_resource(held, settings):
    settings.PUBLIC_URL = "https://elsewhere.example"

    assert not is_good(held["access_token"])


@pytest.mark.parametrize(
    "path", ["/api/user/me", "/api/keys", "/v1/svg/job/x", "/api/oauth/grants"]
)
def test_token_opens_no_other_face(held, path):
    bearer = {"Authorization": f"Bearer {held['access_token']}"}

    assert Client(headers=bearer).get(path).status_code == 401


def test_missing_scope_is_named_with_those_that_are_held(held):
    grant = tokens.resolve(held["access_token"])
    grant.need("svg:read")

    with pytest.raises(ScopeMissing) as refused:
        grant.need("account:read")

    said = refused.value.headers["WWW-Authenticate"]
    assert refused.value.status == 403
    assert 'error="insufficient_scope", scope="svg:generate svg:read account:read"' in said


# --- Refreshing -----------------------------------------------------------------------------------


def test_refresh_gives_new_tokens_and_goes_on(app, held):
    first = app.refresh(held["refresh_token"]).json()
    second = app.refresh(first["refresh_token"]).json()

    raws = [one["refresh_token"] for one in (held, first, second)]
    assert len(set(raws)) == 3
    assert first["scope"] == "svg:generate svg:read"
    assert all(is_good(one["access_token"]) for one in (held, first, second))


def test_refresh_may_ask_for_less_and_never_for_more(app, held):
    less = app.refresh(held["refresh_token"], scope="svg:read").json()
    more = app.refresh(less["refresh_token"], scope="svg:read account:read")
    again = app.refresh(less["refresh_token"]).json()

    assert less["scope"] == "svg:read"
    assert tokens.resolve(less["access_token"]).scopes == ("svg:read",)
    assert more.json()["error"] == "invalid_scope"
    assert again["scope"] == "svg:generate svg:read"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"resource": "https://other.example/mcp"}, "invalid_target"),
        ({"refresh_token": None}, "invalid_request"),
        ({"refresh_token": "ort_" + "x" * 43}, "invalid_grant"),
        ({"client_id": None}, "invalid_client"),
    ],
)
def test_wrong_refresh_is_refused_and_leaves_the_token_good(app, held, changed, error):
    right = {"grant_type": "refresh_token", "refresh_token": held["refresh_token"]}

    reply = app.token(**{**right, **changed})

    assert reply.json()["error"] == error
    assert app.token(**right).status_code == 200


def test_access_token_refreshes_nothing(app, held):
    assert app.refresh(held["access_token"]).json()["error"] == "invalid_grant"


def test_other_clients_cannot_refresh(app, held):
    assert App().refresh(held["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.refresh(held["refresh_token"]).status_code == 200


def test_lost_answer_is_given_again(app, held):
    first, second = (app.refresh(held["refresh_token"]).json() for _ in range(2))

    assert first["refresh_token"] == second["refresh_token"]
    assert is_good(first["access_token"]) and is_good(second["access_token"])


@pytest.mark.parametrize("how", ["too late", "successor used"])
def test_token_that_is_used_again_ends_the_grant(app, held, person, settings, how):
    newest = app.refresh(held["refresh_token"]).json()
    if how == "too late":
        settings.REFRESH_GRACE_SECONDS = -1
    else:
        newest = app.refresh(newest["refresh_token"]).json()

    reply = app.refresh(held["refresh_token"])

    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")
    assert not is_good(newest["access_token"])
    assert app.refresh(newest["refresh_token"]).json()["error"] == "invalid_grant"
    assert OAuthGrant.objects.get().revoked_because == "reuse"
    told = Notification.objects.filter(user=person, message__contains="used again")
    assert told.count() == 1


def test_grant_ends_a_month_after_its_last_use(app, held):
    later(OAuthRefreshToken, days=30)

    assert app.refresh(held["refresh_token"]).json()["error"] == "invalid_grant"


def test_no_refresh_outlives_the_grant(app, held):
    later(OAuthGrant, days=180 - 3)
    body = app.refresh(held["refresh_token"]).json()
    grant = OAuthGrant.objects.get()
    assert max(one.expires_at for one in grant.refresh_tokens.all()) <= (
        timezone.now() + timedelta(days=30)
    )
    newest = grant.refresh_tokens.get(rotated_at=None)
    assert newest.expires_at == grant.expires_at

    later(OAuthGrant, days=3)
    assert not is_good(body["access_token"])
    assert app.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"


def test_refreshes_of_one_grant_are_limited(limited, monkeypatch, app, browser):
    fewer = replace(server.REFRESHES, rates=(Rate(3, HOUR),))
    monkeypatch.setattr(server, "REFRESHES", fewer)
    held = app.connect(browser)
    replies = []
    for _ in range(4):
        replies.append(app.refresh(held["refresh_token"]))
        held = replies[-1].json() if replies[-1].status_code == 200 else held

    assert [reply.status_code for reply in replies] == [200] * 3 + [429]
    assert OAuthGrant.objects.get().revoked_at is None


@pytest.mark.django_db(transaction=True)
def test_refreshes_at_once_all_get_the_same_successor(app, browser):
    held = app.connect(browser)

    replies = in_parallel(app.refresh, [(held["refresh_token"],)] * 4)

    bodies = [reply.json() for reply in replies]
    assert len({body["refresh_token"] for body in bodies}) == 1
    assert all(is_good(body["access_token"]) for body in bodies)
    assert OAuthRefreshToken.objects.count() == 2
    assert app.refresh(bodies[0]["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_code_that_is_exchanged_at_once_gives_one_grant(app, browser):
    code = app.code(browser)

    replies = in_parallel(app.exchange, [(code,)] * 4)

    assert sorted(reply.status_code for reply in replies) == [200, 400, 400, 400]
    assert OAuthGrant.objects.get().revoked_because == "reuse"


# --- Revoking -------------------------------------------------------------------------------------


def test_app_may_end_its_grant(app, held, person):
    reply = app.revoke(held["refresh_token"], token_type_hint="nonsense")

    assert reply.status_code == 200
    assert not is_good(held["access_token"])
    assert app.refresh(held["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.revoke(held["refresh_token"]).status_code == 200


def test_app_may_drop_an_access_token(app, held):
    assert app.revoke(held["access_token"], token_type_hint="refresh_token").status_code == 200

    assert not is_good(held["access_token"])
    assert app.refresh(held["refresh_token"]).status_code == 200


def test_others_can_revoke_nothing(app, held):
    for reply in (
        App().revoke(held["refresh_token"]),
        App().revoke(held["access_token"]),
        app.revoke(held["refresh_token"], client_id="nobody"),
    ):
        assert reply.status_code in (400, 401)
    assert is_good(held["access_token"])
    assert app.refresh(held["refresh_token"]).status_code == 200


def test_unknown_token_is_as_good_as_revoked(app):
    assert app.revoke("x").status_code == 200
    assert app.token().status_code == 400


# --- Upkeep ---------------------------------------------------------------------------------------


def test_what_is_of_no_use_is_forgotten(app, person):
    browser = Browser().sign_in(person)
    kept, ended, idle = (app.connect(browser) for _ in range(3))
    app.revoke(ended["refresh_token"])
    of_ended = OAuthGrant.objects.exclude(revoked_at=None)
    of_ended.update(revoked_at=timezone.now() - timedelta(days=31))
    of_idle = tokens.find_refresh(idle["refresh_token"]).grant
    of_idle.refresh_tokens.update(expires_at=timezone.now() - timedelta(days=31))
    later(OAuthAccessToken, hours=2)

    upkeep.purge()

    assert [one.pk for one in OAuthGrant.objects.all()] == [
        tokens.find_refresh(kept["refresh_token"]).grant_id
    ]
    assert not OAuthAccessToken.objects.exists()
    assert app.refresh(kept["refresh_token"]).status_code == 200
