"""Changing an e-mail address."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.emails import services as emails
from accounts.errors import EmailTaken, LinkSpent
from accounts.models import Mail, User
from accounts.passwords import services as passwords
from realtime.models import Notification
from tests import factories, mails
from tests.factories import PASSWORD
from tests.pages import Browser, text

pytestmark = pytest.mark.django_db
NEW = "new@example.com"


def ask(api, email=NEW, password=PASSWORD):
    return api.post("/account/email", {"email": email, "password": password})


def link_of(user, email=NEW) -> str:
    """The token that was sent to the new address."""
    mails.deliver()
    emails.ask_change(user, password=PASSWORD, new_email=email)
    [letter] = mails.deliver()
    assert letter.to == [email]
    return mails.token(letter)


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_nothing_changes_before_the_link_is_opened(signed_in, person):
    old = person.email
    mails.deliver()

    reply = ask(signed_in, " New@Example.com ")
    [letter] = mails.deliver()

    assert reply.status_code == 200
    assert letter.to == [NEW]
    assert old not in letter.body
    assert fresh(person).email == old


def test_link_changes_the_address_and_tells_the_old_mailbox(signed_in, person):
    old, raw = person.email, link_of(person)

    emails.confirm_change(raw)

    assert fresh(person).email == NEW
    assert fresh(person).email_verified_at is not None
    [letter] = mails.deliver()
    assert (letter.to, letter.subject) == ([old], "Your ChatSVG e-mail was changed")
    assert NEW not in letter.body
    assert Notification.objects.get(user=person, type="ACCOUNT_SECURITY").message == emails.CHANGED
    assert signed_in.get("/auth/current-user").json()["email"] == NEW


def test_link_works_once_and_makes_the_others_void(person):
    passwords.ask_reset(person.email)
    reset = mails.token(mails.deliver()[-1])
    raw = link_of(person)
    emails.confirm_change(raw)

    with pytest.raises(LinkSpent):
        emails.confirm_change(raw)
    with pytest.raises(LinkSpent):
        passwords.reset(reset, "another horse battery")


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        (NEW, "not the password", "Current password is incorrect"),
        (NEW, "", "Current password is required"),
        ("", PASSWORD, "Email is required"),
        ("nonsense", PASSWORD, "Invalid email format"),
        ("a@example.com,b@example.com", PASSWORD, "Invalid email format"),
        ("x" * 250 + "@x.com", PASSWORD, "Email is too long (max 254 characters)"),
        ("taken@example.com", PASSWORD, "Email is invalid or already taken"),
    ],
)
def test_change_is_refused(signed_in, person, email, password, sentence):
    factories.person(email="taken@example.com")

    reply = ask(signed_in, email, password)

    assert (reply.status_code, reply.json()) == (400, {"error": sentence})
    assert not Mail.objects.filter(kind="email_change_confirm").exists()


def test_change_to_the_same_address_is_refused(signed_in, person):
    assert ask(signed_in, person.email.upper()).json() == {"error": "This is your e-mail already"}


def test_change_needs_somebody_who_is_signed_in(api):
    assert ask(api).status_code == 401


def test_mails_to_strangers_are_limited(signed_in, limited):
    replies = [ask(signed_in, f"stranger{n}@example.com") for n in range(4)]

    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]


def test_later_question_makes_the_earlier_void_even_if_its_mail_leaves_last(person):
    mails.deliver()
    emails.ask_change(person, password=PASSWORD, new_email="first@example.com")
    Mail.objects.filter(ended_at=None).update(tries=1)  # it waits for another try
    emails.ask_change(person, password=PASSWORD, new_email="second@example.com")

    [letter] = mails.deliver()

    assert letter.to == ["second@example.com"]


def test_question_from_before_a_new_password_gets_no_link(person):
    """Somebody stole the password, asked, and lost the account while the mail waited."""
    mails.deliver()
    emails.ask_change(person, password=PASSWORD, new_email="eve@example.com")
    person.set_password("of the owner")
    person.save()

    assert mails.deliver() == []


def test_new_password_makes_a_link_void(signed_in, person):
    raw = link_of(person, "eve@example.com")

    asked = {"currentPassword": PASSWORD, "newPassword": "another horse battery"}
    assert signed_in.post("/account/password", asked).status_code == 200

    with pytest.raises(LinkSpent):
        emails.confirm_change(raw)


def test_who_comes_second_is_told_and_keeps_the_old_address(person):
    raw = link_of(person)
    factories.person(email=NEW)

    with pytest.raises(EmailTaken):
        emails.confirm_change(raw)

    assert fresh(person).email == person.email
    assert fresh(person).email_verified_at is None


@pytest.mark.django_db(transaction=True)
def test_two_who_want_the_same_address_at_once():
    people = [factories.person() for _ in range(4)]
    links = []
    for user in people:
        emails.ask_change(user, password=PASSWORD, new_email=NEW)
    for letter in mails.deliver():
        links += [mails.token(letter)] if letter.to == [NEW] else []

    def confirm(raw):
        try:
            return emails.confirm_change(raw)
        except EmailTaken:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        changed = [user for user in pool.map(confirm, links) if user]

    assert len(links) == 4
    assert len(changed) == 1
    assert User.objects.get(email=NEW) == changed[0]


def test_page_asks_and_its_button_changes(person):
    raw, browser = link_of(person), Browser()

    asked = browser.get(f"/confirm-email?token={raw}")
    assert NEW in text(asked)
    assert asked["Cache-Control"] == "private, no-store"
    assert fresh(person).email == person.email

    reply = browser.post("/confirm-email", {"token": raw})
    assert (reply.status_code, reply["Location"]) == (302, "/confirm-email?done")
    assert fresh(person).email == NEW
    assert "Your e-mail was changed" in text(browser.get("/confirm-email?done"))

    again = browser.post("/confirm-email", {"token": raw})
    assert again.status_code == 400
    assert "This link is invalid or has expired." in text(again)


def test_page_says_who_was_quicker(person):
    raw = link_of(person)
    factories.person(email=NEW)

    reply = Browser().post("/confirm-email", {"token": raw})

    assert reply.status_code == 400
    assert "already taken" in text(reply)
