"""Proving a mailbox, and the credits that wait for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import one_time
from accounts.emails import verification
from accounts.errors import LinkSpent
from accounts.models import OneTimeToken, User
from credits import services as credits
from credits.models import Entry, Wallet
from tests import factories, mails
from tests.factories import PASSWORD
from tests.pages import Browser, text

pytestmark = pytest.mark.django_db
ADA = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada", "agreedToTerms": True}
BANNER = "Verify your e-mail to get your 10 credits"


@pytest.fixture
def required(settings):
    settings.REQUIRE_VERIFIED_EMAIL = True


@pytest.fixture
def browser():
    return Browser()


def balance(user) -> int:
    return Wallet.objects.get(pk=user.pk).balance


def newcomer(browser):
    browser.post("/signup", {**ADA, "agreedToTerms": "on"})
    return User.objects.get(email="ada@example.com")


def test_sign_up_gives_credits_at_once_and_a_welcome(api):
    reply = api.post("/auth/register", ADA)

    assert reply.json()["user"]["credits"] == 10
    assert mails.kinds() == ["welcome"]
    [letter] = mails.deliver()
    assert (letter.subject, letter.to) == ("Welcome to ChatSVG", ["ada@example.com"])


def test_sign_up_does_not_fail_where_the_mail_server_does(api, settings):
    settings.EMAIL_BACKEND = "accounts.mail.nowhere.EmailBackend"

    assert api.post("/auth/register", ADA).status_code == 201


def test_refused_sign_up_sends_nothing(api, person):
    api.post("/auth/register", {**ADA, "email": person.email})

    assert mails.kinds() == ["welcome"]  # of the person who was there


def test_sign_up_gives_no_credits_before_the_proof(required, api):
    reply = api.post("/auth/register", ADA)

    assert (reply.status_code, reply.json()["user"]["credits"]) == (201, 0)
    assert mails.kinds() == ["verify"]
    assert api.get("/auth/current-user").json()["credits"] == 0
    assert api.submit().status_code == 402


def test_link_gives_the_credits_once(required, browser):
    user = newcomer(browser)
    [letter] = mails.deliver()
    assert "10 credits" in letter.body
    verification.verify(mails.token(letter))
    assert balance(user) == 10

    verification.mark_verified(User.objects.get(pk=user.pk))
    User.objects.filter(pk=user.pk).update(email_verified_at=None)
    verification.ask(User.objects.get(pk=user.pk))
    verification.verify(mails.token(mails.deliver()[0]))

    assert balance(user) == 10
    assert Entry.objects.filter(wallet_id=user.pk).count() == 1
    assert list(credits.audit()) == []


def test_credits_of_before_are_not_given_again_when_proof_is_asked_for_later(settings, browser):
    user = newcomer(browser)
    settings.REQUIRE_VERIFIED_EMAIL = True

    verification.ask(user)
    verification.verify(mails.token(mails.deliver()[-1]))

    assert balance(user) == 10


def test_provider_that_proved_the_mailbox_brings_the_credits_at_once(required):
    user = User(email="ada@example.com", name="Ada", email_verified_at=timezone.now())
    user.save()

    from accounts.signals import user_registered

    user_registered.send(User, user=user)

    assert user.wallet.balance == 10


def test_reset_proves_the_mailbox_as_well(required, api, browser):
    user = newcomer(browser)
    mails.deliver()
    api.post("/auth/forgot-password", {"email": user.email})
    raw = mails.token(mails.deliver()[0])

    api.post("/auth/reset-password", {"token": raw, "newPassword": "another horse battery"})

    assert balance(user) == 10


def test_wallet_without_proof_is_not_filled_up(required, browser):
    proved, user = factories.person(credits_left=0), newcomer(browser)
    User.objects.filter(pk=proved.pk).update(email_verified_at=timezone.now())
    Wallet.objects.update(next_refill_at=timezone.now() - timedelta(days=1))

    credits.refill_due(at=timezone.now())
    assert (balance(proved), balance(user)) == (10, 0)

    verification.verify(mails.token(mails.deliver()[-1]))
    credits.refill_due(at=timezone.now())
    assert balance(user) == 10


def test_opening_the_link_uses_nothing_up(required, browser):
    user = newcomer(browser)
    link = mails.link(mails.deliver()[0]).removeprefix("http://127.0.0.1:8000")

    for visitor in (Browser(), browser, browser):
        reply = visitor.get(link)
        assert reply.status_code == 200
        assert "Yes, verify it" in text(reply)
        assert reply["Cache-Control"] == "private, no-store"

    assert User.objects.get(pk=user.pk).email_verified_at is None
    assert balance(user) == 0


def test_button_verifies_whoever_is_signed_in(required, browser):
    user = newcomer(browser)
    raw = mails.token(mails.deliver()[0])

    reply = Browser().post("/verify-email", {"token": raw})

    assert (reply.status_code, reply["Location"]) == (302, "/verify-email?done")
    assert "Your e-mail is verified" in text(browser.get("/verify-email?done"))
    assert balance(user) == 10


@pytest.mark.parametrize("raw", ["", "0" * 64, "\x00", "ä"])
def test_useless_link_says_so(browser, raw):
    asked = browser.get(f"/verify-email?token={raw}")
    done = browser.post("/verify-email", {"token": raw})

    for reply in (asked, done):
        assert reply.status_code == 400
        assert "This link is invalid or has expired." in text(reply)


def test_link_ends_after_three_days(required, browser):
    newcomer(browser)
    raw = mails.token(mails.deliver()[0])
    token = OneTimeToken.objects.get()
    assert timedelta(days=2.9) < token.expires_at - token.created_at < timedelta(days=3.1)
    OneTimeToken.objects.update(expires_at=timezone.now())

    with pytest.raises(LinkSpent):
        verification.verify(raw)


def test_link_to_an_address_that_was_changed_verifies_nothing(required, browser):
    user = newcomer(browser)
    raw = mails.token(mails.deliver()[0])
    User.objects.filter(pk=user.pk).update(email="other@example.com")

    with pytest.raises(LinkSpent):
        verification.verify(raw)


def test_banner_asks_until_it_is_done(required, browser):
    user = newcomer(browser)
    assert BANNER in text(browser.get("/app"))
    mails.deliver()

    reply = browser.post("/verify-email/resend")

    assert (reply.status_code, reply["Location"]) == (302, "/verify-email?sent")
    assert user.email in text(browser.get("/verify-email?sent"))
    verification.verify(mails.token(mails.deliver()[0]))
    assert BANNER not in text(browser.get("/app"))


def test_banner_is_for_those_who_miss_something(browser, settings):
    newcomer(browser)
    assert "Verify your e-mail" not in text(browser.get("/app"))

    settings.REQUIRE_VERIFIED_EMAIL = True
    assert "keep your monthly credits" in text(browser.get("/app"))
    assert "Verify your e-mail" not in text(Browser().get("/app"))


def test_another_link_can_be_had_where_nobody_must(browser):
    user = newcomer(browser)
    mails.deliver()

    browser.post("/verify-email/resend")
    [letter] = mails.deliver()
    verification.verify(mails.token(letter))

    assert "credits" not in letter.body
    assert User.objects.get(pk=user.pk).email_verified_at
    assert balance(user) == 10


def test_resend_is_limited(required, signed_in, person, limited):
    replies = [signed_in.post("/account/email/verification") for _ in range(4)]

    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert int(replies[-1]["Retry-After"]) > 0
    assert mails.kinds().count("verify") == 1 + 3  # the first came with the sign-up


def test_resend_is_for_those_who_are_signed_in_and_not_verified(api, browser, signed_in, person):
    verification.mark_verified(person)

    assert Browser().post("/verify-email/resend")["Location"] == "/signin?next=/app"
    refused = signed_in.post("/account/email/verification")
    assert (refused.status_code, refused.json()["error"]) == (
        400,
        "Your e-mail is verified already",
    )
    browser.sign_in(person)
    assert "verified already" in text(browser.post("/verify-email/resend"))


def test_later_link_makes_the_earlier_void(required, browser):
    user = newcomer(browser)
    [first] = mails.deliver()
    verification.ask(user)
    [second] = mails.deliver()

    assert one_time.find(mails.token(first), one_time.Purpose.VERIFY_EMAIL) is None
    assert one_time.find(mails.token(second), one_time.Purpose.VERIFY_EMAIL).user == user


def test_old_links_are_forgotten(person):
    life = timedelta(hours=1)
    for purpose in (one_time.Purpose.VERIFY_EMAIL, one_time.Purpose.RESET_PASSWORD):
        one_time.make(person, purpose, email=person.email, lifetime=life)
    old = OneTimeToken.objects.filter(purpose="reset")
    old.update(expires_at=timezone.now() - timedelta(days=30) - life)

    assert one_time.purge() == 1
    assert OneTimeToken.objects.get().purpose == "verify"
