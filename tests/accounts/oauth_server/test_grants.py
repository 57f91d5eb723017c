"""People and the apps that they have connected."""

import json

import pytest

from accounts import one_time
from accounts.models import OAuthClient, OAuthCode, OAuthGrant
from accounts.oauth_server import receivers
from accounts.passwords import services as passwords
from accounts.profile import deletion
from accounts.sessions import services as sessions
from accounts.signals import user_suspended
from chatsvg.text import timestamp
from realtime.models import Notification
from tests import factories
from tests.accounts.oauth_server.app import App, is_good
from tests.conftest import Api
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db


def delete(api, grant_id):
    headers = {"X-CSRF-Token": api.csrf()}
    return api.client.delete(f"/api/oauth/grants/{grant_id}", headers=headers)


def test_list_tells_what_was_allowed(signed_in, app, browser):
    app.connect(browser)
    App(client_name="Second").connect(browser, scope="account:read")
    first = OAuthGrant.objects.order_by("created_at").first()

    reply = signed_in.get("/oauth/grants")

    assert reply["Cache-Control"] == "private, no-store"
    listed = reply.json()["grants"]
    assert [one["clientName"] for one in listed] == ["Second", "Clever App"]
    assert listed[1] == {
        "id": str(first.pk),
        "clientName": "Clever App",
        "scopes": ["svg:generate", "svg:read"],
        "createdAt": timestamp(first.created_at),
        "lastUsedAt": timestamp(first.last_used_at),
        "expiresAt": timestamp(first.expires_at),
    }


def test_delete_ends_a_grant_at_once_and_once(signed_in, app, held, person):
    grant_id = OAuthGrant.objects.get().pk

    reply, again = delete(signed_in, grant_id), delete(signed_in, grant_id)

    assert (reply.status_code, reply.json()) == (200, {"success": True})
    assert (again.status_code, again.json()) == (404, {"error": "Connected app not found"})
    assert not is_good(held["access_token"])
    assert app.refresh(held["refresh_token"]).json()["error"] == "invalid_grant"
    assert signed_in.get("/oauth/grants").json() == {"grants": []}
    assert Notification.objects.filter(user=person, message__contains="disconnected").count() == 1


@pytest.mark.parametrize("grant_id", ["theirs", "x", "01900000-0000-7000-8000-000000000000"])
def test_grant_of_somebody_else_is_missing(api, held, grant_id):
    api.sign_in(factories.person())
    wanted = OAuthGrant.objects.get().pk if grant_id == "theirs" else grant_id

    assert delete(api, wanted).status_code == 404
    assert api.get("/oauth/grants").json() == {"grants": []}
    assert is_good(held["access_token"])


def test_visitor_sees_none():
    assert Api().get("/oauth/grants").status_code == 401


def test_account_page_shows_apps_and_disconnects_them(app, browser, held):
    page = browser.get("/account")
    grant_id = OAuthGrant.objects.get().pk

    assert "Clever App" in text(
        page
    ) and "May make drawings with your credits, see your drawings<" in text(page)
    assert inline_code(page) == []

    reply = browser.post(f"/account/apps/{grant_id}/disconnect")
    assert reply["Location"] == "/account?done=app#apps"
    done = text(browser.get("/account?done=app"))
    assert "The app was disconnected." in done and "Clever App" not in done
    assert not is_good(held["access_token"])

    gone = browser.post(f"/account/apps/{grant_id}/disconnect")
    assert gone.status_code == 404
    assert "Connected app not found" in text(gone)


def test_account_page_disconnects_nothing_of_others(held):
    stranger = Browser().sign_in(factories.person())
    grant_id = OAuthGrant.objects.get().pk

    assert stranger.post(f"/account/apps/{grant_id}/disconnect").status_code == 404
    assert is_good(held["access_token"])


# --- What ends with what --------------------------------------------------------------------------


def test_signing_out_everywhere_ends_no_app(held, person):
    sessions.end_all(person, because="revoked")

    assert is_good(held["access_token"])


def test_reset_of_the_password_ends_all_and_voids_codes(app, browser, held, person):
    code = app.code(browser)
    link = one_time.make(
        person,
        one_time.Purpose.RESET_PASSWORD,
        email=person.email,
        lifetime=deletion.LATECOMERS,
    )
    passwords.reset(link, "another horse battery")

    assert not is_good(held["access_token"])
    assert app.refresh(held["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.exchange(code).json()["error"] == "invalid_grant"
    assert OAuthGrant.objects.get().revoked_because == "reset"


def test_change_of_the_password_ends_none(held, person):
    session = person.sessions.first()
    passwords.change(person, session, current=factories.PASSWORD, new="another horse battery")

    assert is_good(held["access_token"])


def test_suspension_ends_all(held, person):
    user_suspended.send(type(person), user=person)

    assert not is_good(held["access_token"])


def test_deletion_leaves_no_row(app, browser, held, person):
    code = app.code(browser)
    deletion.delete(person, person.sessions.first(), password=factories.PASSWORD)

    assert not OAuthGrant.objects.exists() and not OAuthCode.objects.exists()
    assert OAuthClient.objects.exists()
    assert not is_good(held["access_token"])
    assert app.exchange(code).json()["error"] == "invalid_grant"


def test_export_has_them_without_a_secret(app, held, person):
    app.revoke(held["refresh_token"])

    ((name, pieces),) = receivers.hand_over(None, user=person)
    written = "".join(pieces)

    assert name == "connected_apps.json"
    (told,) = json.loads(written)
    assert (told["name"], told["endedBecause"]) == ("Clever App", "client")
    assert "hash" not in written and held["access_token"] not in written


def test_nobody_who_was_deleted_meanwhile_connects_an_app(app, browser, person):
    code = app.code(browser)
    type(person).objects.filter(pk=person.pk).update(is_active=False)

    assert app.exchange(code).json()["error"] == "invalid_grant"
    assert not OAuthGrant.objects.exists()
