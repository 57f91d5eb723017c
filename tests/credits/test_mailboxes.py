"""The credits of a sign-up are given once for each mailbox, whatever becomes of its account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts import services as accounts
from accounts import tokens
from accounts.emails import services as emails
from accounts.emails import verification
from accounts.models import User
from accounts.oauth.profiles import Profile
from accounts.oauth.services import enter
from accounts.profile import deletion
from credits import mailboxes, services
from credits.models import RewardedMailbox, Wallet
from tests import factories, mails
from tests.factories import PASSWORD
from tests.pages import Browser

pytestmark = pytest.mark.django_db
ADA = "ada@example.com"


def sign_up(email=ADA):
    return accounts.register(email=email, password=PASSWORD, name="Ada")


def delete(user):
    deletion.delete(user, tokens.issue(user).session, password=PASSWORD)


def balance(user) -> int:
    return Wallet.objects.get(pk=user.pk).balance


def test_second_account_of_a_mailbox_begins_with_nothing():
    first = sign_up()
    assert balance(first) == 10
    delete(first)

    second = sign_up()

    assert balance(second) == 0
    assert list(services.audit()) == []


def test_nor_by_another_spelling_or_another_way_in():
    delete(sign_up())

    others = [sign_up("ada+again@example.com")]
    others.append(enter(Profile("google", "1234", ADA, "Ada", "")))

    assert [balance(one) for one in others] == [0, 0]


def test_nor_by_proving_the_mailbox(settings):
    settings.REQUIRE_VERIFIED_EMAIL = True
    first = sign_up()
    assert balance(first) == 0
    assert not RewardedMailbox.objects.exists()  # anybody can type an address in
    verification.verify(mails.token(mails.deliver()[0]))
    assert balance(first) == 10
    delete(first)
    mails.deliver()
    second = sign_up()

    verification.verify(mails.token(mails.deliver()[-1]))

    assert balance(second) == 0


def test_an_account_that_was_never_proved_uses_nothing_up(settings):
    settings.REQUIRE_VERIFIED_EMAIL = True
    delete(sign_up())
    mails.deliver()
    second = sign_up()

    verification.verify(mails.token(mails.deliver()[-1]))

    assert balance(second) == 10


def test_mailbox_that_was_changed_away_from_is_still_known():
    first = sign_up()
    first.email = "elsewhere@example.com"
    first.save()

    assert balance(sign_up()) == 0


def test_address_that_an_account_had_at_its_end_is_known_as_well():
    first = sign_up()
    emails.ask_change(first, password=PASSWORD, new_email="elsewhere@example.com")
    emails.confirm_change(mails.token(mails.deliver()[-1]))
    delete(User.objects.get(pk=first.pk))

    assert balance(sign_up("elsewhere@example.com")) == 0
    assert RewardedMailbox.objects.count() == 2
    deletion.forget_late()
    assert RewardedMailbox.objects.count() == 2


def test_second_account_is_filled_up_like_any_other_and_no_earlier():
    first = sign_up()
    due = Wallet.objects.get(pk=first.pk).next_refill_at
    factories.spend(first, 10)
    delete(first)
    second = sign_up()

    services.refill_due(at=due)  # of the first
    assert balance(second) == 0
    services.refill_due(at=timezone.now() + timedelta(days=30, minutes=1))

    assert (balance(first), balance(second)) == (0, 10)
    assert list(services.audit()) == []


@pytest.mark.django_db(transaction=True)
def test_of_accounts_made_at_once_one_is_rewarded():
    def make(number):
        try:
            return sign_up(f"ada+{number}@example.com")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        people = list(pool.map(make, range(4)))

    assert sorted(balance(one) for one in people) == [0, 0, 0, 10]


def test_database_tells_nobody_which_address_it_was(settings):
    sign_up()
    [known] = RewardedMailbox.objects.values_list("email_hash", flat=True)

    settings.SECRET_KEY = "another key, with which everything is guessed again"

    assert known != mailboxes.fingerprint(ADA)
    assert len(known) == 64
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM credits_rewardedmailbox WHERE email_hash LIKE '%ada@%'"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (" Ada@Example.com", "ada@example.com"),
        ("ada+news@example.com", "ada@example.com"),
        ("a.d.a@gmail.com", "ada@gmail.com"),
        ("ada@googlemail.com", "a.da+x@gmail.com"),
    ],
)
def test_spellings_of_one_mailbox(one, other):
    assert mailboxes.fingerprint(one) == mailboxes.fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.da@example.com", "ada@example.com"),
        ("ada@example.com", "ada@example.org"),
        ("+ada@example.com", "+bob@example.com"),
    ],
)
def test_other_mailboxes_are_others(one, other):
    assert mailboxes.fingerprint(one) != mailboxes.fingerprint(other)


def test_person_is_told_by_page_and_mail():
    delete(sign_up())
    mails.deliver()
    browser = Browser()
    form = {"email": ADA, "password": PASSWORD, "name": "Ada", "agreedToTerms": "on"}
    browser.post("/signup", form)

    [letter] = mails.deliver()
    page = browser.get("/app").content.decode()

    wallet = Wallet.objects.get(user__email=ADA)
    day = f"{wallet.next_refill_at.day} {wallet.next_refill_at:%B}"
    for told in (" ".join(letter.body.split()), page):
        assert "had its" in told
        assert "with an earlier account" in told
        assert f"free credits come on {day}" in told or f"free ones come on {day}" in told
    assert "10 credits are in it" not in letter.body


def test_person_who_has_spent_all_is_told_when_more_come():
    user = factories.person(credits_left=0)
    browser = Browser()
    browser.post("/signin", {"email": user.email, "password": PASSWORD})

    page = browser.get("/app").content.decode()

    assert "You have no credits left." in page and "10 free ones come on" in page
    factories.spend(user, -1)
    assert "free ones come" not in browser.get("/app").content.decode()
