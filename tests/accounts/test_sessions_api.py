from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import tokens
from accounts.models import Mail, RefreshToken, Session
from accounts.sessions import services
from realtime.models import Notification
from tests import factories
from tests.conftest import Api

FIELDS = {"id", "createdAt", "lastUsedAt", "ipAddress", "userAgent", "current"}
NOBODYS = "00000000-0000-7000-8000-000000000000"
MISSING = {"error": "Session not found"}


@pytest.fixture
def phone(signed_in, person):
    """The same person on another device."""
    return Api().sign_in(person)


def listed(api) -> list[dict]:
    reply = api.get("/auth/sessions")
    assert reply.status_code == 200
    return reply.json()["sessions"]


def delete(api, session_id):
    headers = {"X-CSRF-Token": api.token}
    return api.client.delete(f"/api/auth/sessions/{session_id}", headers=headers)


def current_of(api) -> str:
    return next(one["id"] for one in listed(api) if one["current"])


def test_sessions_are_one_entry_for_each_device_however_often_it_refreshed(signed_in, phone):
    for _ in range(3):
        assert signed_in.post("/auth/refresh").status_code == 200

    entries = listed(signed_in)

    assert len(entries) == 2
    assert all(set(entry) == FIELDS for entry in entries)
    assert [entry["current"] for entry in entries].count(True) == 1
    assert entries[0]["current"]  # used last
    assert entries[0]["createdAt"].endswith("Z")
    assert current_of(phone) != current_of(signed_in)


def test_sessions_that_ended_are_not_listed(signed_in, phone, person):
    forgotten = tokens.issue(person).session
    RefreshToken.objects.filter(session=forgotten).update(expires_at=timezone.now())
    over = tokens.issue(person).session
    Session.objects.filter(pk=over.pk).update(expires_at=timezone.now())
    assert len(listed(signed_in)) == 2

    phone.post("/auth/logout")

    assert [entry["current"] for entry in listed(signed_in)] == [True]


def test_session_of_another_device_ends_at_once(signed_in, phone):
    reply = delete(signed_in, current_of(phone))

    assert (reply.status_code, reply.json()) == (200, {"message": "Session revoked"})
    assert not reply.cookies.get("token")
    assert phone.get("/auth/current-user").status_code == 401
    assert phone.post("/auth/refresh").status_code == 401
    assert signed_in.get("/auth/current-user").status_code == 200


def test_own_session_ended_takes_its_cookies_along(signed_in):
    reply = delete(signed_in, current_of(signed_in))

    assert reply.status_code == 200
    assert {reply.cookies[name].value for name in ("token", "refreshToken")} == {""}
    assert signed_in.get("/auth/current-user").status_code == 401


@pytest.mark.parametrize("name", ["x", "webhook", "%00", NOBODYS])
def test_unknown_session_is_404(signed_in, name):
    reply = delete(signed_in, name)

    assert (reply.status_code, reply.json()) == (404, MISSING)


def test_session_of_somebody_else_is_404_and_lives(signed_in):
    theirs = tokens.issue(factories.person()).session

    reply = delete(signed_in, theirs.pk)

    assert (reply.status_code, reply.json()) == (404, MISSING)
    assert Session.objects.live().filter(pk=theirs.pk).exists()


def test_session_that_ended_already_is_404_and_stays_as_evidence(signed_in, phone):
    ended = current_of(phone)
    delete(signed_in, ended)

    assert delete(signed_in, ended).status_code == 404
    assert Session.objects.get(pk=ended).revoked_because == "revoked"


def test_sessions_need_csrf_to_end(signed_in):
    path = f"/api/auth/sessions/{current_of(signed_in)}"

    assert signed_in.client.delete(path).status_code == 403


def test_stolen_token_is_told_of_once_in_the_bell_and_by_mail(signed_in, person, settings):
    stolen = signed_in.client.cookies["refreshToken"].value
    for _ in range(2):
        signed_in.post("/auth/refresh")

    for _ in range(3):
        thief = Api()
        thief.client.cookies["refreshToken"] = stolen
        assert thief.post("/auth/refresh").status_code == 401

    told = Notification.objects.get(user=person, type="ACCOUNT_SECURITY")
    assert "two places" in told.message
    assert Mail.objects.get(kind="security").to == person.email
    assert signed_in.get("/auth/current-user").status_code == 401


def test_purge_keeps_evidence_for_a_while(person, settings):
    issued = [tokens.issue(person) for _ in range(3)]
    tokens.rotate(tokens.rotate(issued[0].refresh).refresh)
    old, recent, alive = (one.session for one in issued)
    long_ago = timezone.now() - timedelta(days=settings.SESSION_EVIDENCE_DAYS + 1)
    for session in (old, recent):
        tokens.revoke(session, because="logout")
    Session.objects.filter(pk=old.pk).update(revoked_at=long_ago)

    assert services.purge() == 1

    assert set(Session.objects.values_list("pk", flat=True)) == {recent.pk, alive.pk}
    assert RefreshToken.objects.count() == 2
