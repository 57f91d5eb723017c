"""Passwords that everybody knows."""

import pytest

from accounts import services
from accounts.models import User
from accounts.passwords import breached
from accounts.passwords import services as passwords
from accounts.passwords.errors import BreachedPassword
from tests import mails
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
SENTENCE = "This password appears in known data breaches. Please choose another."
LEAKED = ["password1", "Password1", "QWERTYUIOP", "iloveyou1", "trustno1", " password1 "]
ADA = {"email": "ada@example.com", "name": "Ada", "agreedToTerms": True}


@pytest.fixture
def checked(settings):
    settings.BREACHED_PASSWORD_CHECK = True


@pytest.mark.parametrize("password", LEAKED)
def test_leaked_passwords_are_refused_in_any_case(checked, password):
    with pytest.raises(BreachedPassword):
        breached.check(password)


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "aaaaaaaa bbbb", "12345678 of mine", "пароль и ещё слово", "x" * 128],
)
def test_others_are_taken_whatever_they_are_made_of(checked, password):
    breached.check(password)


def test_list_is_of_thousands(checked):
    assert len(breached._leaked("")) > 8_000


def test_list_of_the_installation_is_asked_as_well(checked, settings, tmp_path):
    own = tmp_path / "leaked.txt"
    own.write_text("our company 2026\nshort\n")
    settings.BREACHED_PASSWORDS_FILE = str(own)

    for password in ("Our Company 2026", "password1"):
        with pytest.raises(BreachedPassword):
            breached.check(password)


def test_check_is_off_in_development(settings):
    assert settings.BREACHED_PASSWORD_CHECK is False

    breached.check("password1")


def test_sign_up_is_refused_with_the_sentence(checked, api):
    reply = api.post("/auth/register", {**ADA, "password": "password1"})

    assert (reply.status_code, reply.json()) == (400, {"error": SENTENCE})
    assert not User.objects.exists()


def test_reset_is_refused_and_the_link_still_works(checked, api, person):
    passwords.ask_reset(person.email)
    raw = mails.token(mails.deliver()[-1])

    refused = api.post("/auth/reset-password", {"token": raw, "newPassword": "password1"})
    taken = api.post("/auth/reset-password", {"token": raw, "newPassword": PASSWORD})

    assert (refused.status_code, refused.json()) == (400, {"error": SENTENCE})
    assert taken.status_code == 200


def test_change_is_refused(checked, signed_in):
    asked = {"currentPassword": PASSWORD, "newPassword": "password1"}

    reply = signed_in.post("/account/password", asked)

    assert (reply.status_code, reply.json()) == (400, {"error": SENTENCE})


def test_sign_in_asks_no_list(checked, person):
    person.set_password("password1")
    person.save()

    assert services.login(email=person.email, password="password1")
