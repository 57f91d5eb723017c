"""Changing a password while signed in."""

from datetime import timedelta

import pytest

from accounts import one_time, services, tokens
from accounts.errors import WrongCredentials
from accounts.models import Session, User
from accounts.passwords import services as passwords
from accounts.passwords.errors import WrongPassword
from tests import mails
from tests.conftest import Api
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "another horse battery"


def change(api, current=PASSWORD, new=NEW):
    return api.post("/account/password", {"currentPassword": current, "newPassword": new})


def test_change_keeps_this_session_and_ends_the_others(signed_in, person):
    other = Api().sign_in(person)
    mails.deliver()

    reply = change(signed_in)

    assert reply.status_code == 200
    assert signed_in.get("/auth/current-user").status_code == 200
    assert signed_in.post("/auth/refresh").status_code == 200
    assert other.get("/auth/current-user").status_code == 401
    assert Session.objects.get(user=person, revoked_at=None)
    assert services.check(email=person.email, password=NEW)
    [letter] = mails.deliver()
    assert passwords.CHANGED in letter.body


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("not the password", NEW, "Current password is incorrect"),
        ("", NEW, "Current password is required"),
        (3, NEW, "Current password is required"),
        (PASSWORD, "", "Password is required"),
        (PASSWORD, "short", "Password must be at least 8 characters"),
        (PASSWORD, "x" * 129, "Password is too long (max 128 characters)"),
    ],
)
def test_change_is_refused(signed_in, person, current, new, sentence):
    reply = change(signed_in, current, new)

    assert (reply.status_code, reply.json()) == (400, {"error": sentence})
    assert services.check(email=person.email, password=PASSWORD)


def test_change_needs_somebody_who_is_signed_in(api):
    assert change(api).status_code == 401


def test_change_makes_links_void(signed_in, person):
    life = timedelta(hours=1)
    raw = one_time.make(person, one_time.Purpose.RESET_PASSWORD, email=person.email, lifetime=life)

    change(signed_in)

    assert one_time.find(raw, one_time.Purpose.RESET_PASSWORD) is None


def test_change_of_somebody_without_a_password_is_told_the_way(signed_in, person):
    person.set_unusable_password()
    person.save()

    reply = change(signed_in)

    assert reply.status_code == 400
    assert "Forgot password?" in reply.json()["error"]


def test_stolen_session_cannot_guess_the_password_for_long(signed_in, limited):
    replies = [change(signed_in, f"guess number {n}") for n in range(6)]
    right = change(signed_in)

    assert [reply.status_code for reply in replies] == [400] * 5 + [429]
    assert right.status_code == 429


def test_change_that_raced_with_a_reset_changes_nothing(person, monkeypatch):
    session = tokens.issue(person).session

    def meanwhile(password):
        """While the new password is hashed, the owner resets the old one."""
        user = User.objects.get(pk=person.pk)
        user.set_password("of the owner")
        user.save()
        return "never stored"

    monkeypatch.setattr(passwords, "make_password", meanwhile)
    with pytest.raises(WrongPassword):
        passwords.change(person, session, current=PASSWORD, new=NEW)

    assert services.check(email=person.email, password="of the owner")


def test_sign_in_with_a_password_that_is_just_being_reset_begins_no_session(person, monkeypatch):
    known = services.check(email=person.email, password=PASSWORD)
    person.set_password(NEW)
    person.save()
    monkeypatch.setattr(services, "check", lambda **asked: known)

    with pytest.raises(WrongCredentials):
        services.login(email=person.email, password=PASSWORD)

    assert not Session.objects.exists()
