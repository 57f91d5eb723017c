"""A forgotten password: what is asked, what the link in the mail does, and when it does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import one_time, services, tokens
from accounts.errors import WrongCredentials
from accounts.models import Mail, OneTimeToken, Session, User
from accounts.passwords import services as passwords
from accounts.passwords.errors import ResetLinkSpent
from accounts.signals import session_ended
from realtime.models import Notification
from tests import mails
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "another horse battery"
SAID = {"message": "If that email is registered, a reset link has been sent."}
DONE = {"message": "Password has been reset successfully. Please log in again."}
SPENT = {"error": "Invalid or expired reset token"}


def token_for(user) -> str:
    passwords.ask_reset(user.email)
    return mails.token(mails.deliver()[-1])


def fresh(user):
    return User.objects.get(pk=user.pk)


def reset(api, raw, new=NEW):
    return api.post("/auth/reset-password", {"token": raw, "newPassword": new})


def test_forgot_says_the_same_to_everybody(api, person):
    replies = [
        api.post("/auth/forgot-password", {"email": email})
        for email in (person.email, f" {person.email.upper()} ", "nobody@example.com")
    ]

    assert [(reply.status_code, reply.json()) for reply in replies] == [(200, SAID)] * 3


def test_forgot_only_writes_one_row_whoever_is_asked_for(api, person, django_assert_num_queries):
    api.csrf()
    for email in (person.email, "nobody@example.com"):
        with django_assert_num_queries(1) as asked:
            api.post("/auth/forgot-password", {"email": email})
        assert asked[0]["sql"].startswith('INSERT INTO "accounts_mail"')


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "Email is required"),
        ({"email": "  "}, "Email is required"),
        ({"email": "x" * 255}, "Email is too long (max 254 characters)"),
        ({"email": "ada.example.com"}, "Invalid email format"),
        ({"email": 3}, "Email must be text"),
    ],
)
def test_forgot_checks_the_address(api, body, sentence):
    reply = api.post("/auth/forgot-password", body)

    assert (reply.status_code, reply.json()) == (400, {"error": sentence})


def test_mail_leads_to_the_page_of_the_client(person, settings):
    settings.FRONTEND_URL = "https://client.example"
    passwords.ask_reset(person.email)

    [letter] = [one for one in mails.deliver() if one.subject == "Reset Your Password"]

    assert letter.to == [person.email]
    assert mails.link(letter).startswith("https://client.example/reset-password?token=")


def test_unknown_addresses_get_no_mail(person):
    mails.deliver()
    person.is_active = False
    person.save()
    passwords.ask_reset("nobody@example.com")
    passwords.ask_reset(person.email)

    assert mails.deliver() == []
    assert not Mail.objects.filter(kind="reset", sent_at__isnull=False).exists()


def test_installation_without_passwords_sends_no_links(person, settings):
    mails.deliver()
    settings.EMAIL_AUTH_ENABLED = False
    passwords.ask_reset(person.email)

    assert mails.deliver() == []


def test_mailbox_gets_no_more_than_three_an_hour_from_all_the_world(person):
    mails.deliver()
    for _ in range(5):
        passwords.ask_reset(person.email)

    assert len(mails.deliver()) == 3

    Mail.objects.filter(kind="reset").update(sent_at=timezone.now() - timedelta(minutes=61))
    passwords.ask_reset(person.email)
    assert len(mails.deliver()) == 1


def test_only_the_hash_of_the_token_is_stored(person):
    raw = token_for(person)

    row = OneTimeToken.objects.get()
    assert len(raw) == 64
    assert row.token_hash != raw
    assert raw not in str(list(Mail.objects.values_list("context", "error")))
    lifetime = row.expires_at - row.created_at
    assert abs(lifetime - timedelta(hours=1)) < timedelta(seconds=5)


def test_reset_changes_the_password_and_says_so(api, person):
    raw = token_for(person)

    reply = reset(api, raw)

    assert (reply.status_code, reply.json()) == (200, DONE)
    assert not {"token", "refreshToken"} & set(reply.cookies)
    assert services.check(email=person.email, password=NEW) == person
    with pytest.raises(WrongCredentials):
        services.check(email=person.email, password=PASSWORD)
    assert [letter.subject for letter in mails.deliver()] == [
        "Something changed in your ChatSVG account"
    ]
    told = Notification.objects.get(user=person, type="ACCOUNT_SECURITY")
    assert told.message == passwords.RESET


def test_link_works_once(api, person):
    raw = token_for(person)
    reset(api, raw)

    reply = reset(api, raw, "yet another horse")

    assert (reply.status_code, reply.json()) == (400, SPENT)
    assert services.check(email=person.email, password=NEW)


def test_link_is_too_old_after_an_hour(api, person):
    raw = token_for(person)
    OneTimeToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert reset(api, raw).json() == SPENT
    assert services.check(email=person.email, password=PASSWORD)


def test_newer_link_makes_the_older_void(api, person):
    older, newer = token_for(person), token_for(person)

    assert reset(api, older).json() == SPENT
    assert reset(api, newer).status_code == 200


def test_links_for_other_purposes_do_not_reset(api, person):
    life = timedelta(hours=1)
    verify = one_time.make(person, one_time.Purpose.VERIFY_EMAIL, email=person.email, lifetime=life)

    assert reset(api, verify).json() == SPENT


def test_link_is_void_when_the_address_was_changed(api, person):
    raw = token_for(person)
    User.objects.filter(pk=person.pk).update(email="new@example.com")

    assert reset(api, raw).json() == SPENT


def test_reset_makes_every_other_link_void(api, person):
    raw, life = token_for(person), timedelta(hours=1)
    change = one_time.make(
        person, one_time.Purpose.CHANGE_EMAIL, email="eve@example.com", lifetime=life
    )

    reset(api, raw)

    assert one_time.find(change, one_time.Purpose.CHANGE_EMAIL) is None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "Missing required fields"),
        ({"token": "x"}, "Missing required fields"),
        ({"newPassword": NEW}, "Missing required fields"),
        ({"token": "", "newPassword": NEW}, "Missing required fields"),
        ({"token": 3, "newPassword": NEW}, "Missing required fields"),
        ({"token": "x", "newPassword": 12345678}, "Missing required fields"),
        ({"token": "x", "newPassword": "short"}, "Password must be at least 8 characters"),
        ({"token": "x", "newPassword": "x" * 129}, "Password is too long (max 128 characters)"),
        ({"token": "x", "newPassword": NEW}, "Invalid or expired reset token"),
        ({"token": "\ud800", "newPassword": NEW}, "Invalid or expired reset token"),
        ({"token": "\x00" * 64, "newPassword": NEW}, "Invalid or expired reset token"),
    ],
)
def test_reset_checks_in_the_order_of_the_contract(api, body, sentence):
    reply = api.post("/auth/reset-password", body)

    assert (reply.status_code, reply.json()) == (400, {"error": sentence})


def test_reset_ends_every_session_and_closes_its_sockets(
    api, person, django_capture_on_commit_callbacks
):
    sessions = {tokens.issue(person).session.pk for _ in range(3)}
    raw, closed = token_for(person), set()

    def close(sender, session_id, **kwargs):
        closed.add(session_id)

    session_ended.connect(close)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            reset(api, raw)
    finally:
        session_ended.disconnect(close)

    assert closed == sessions
    assert not Session.objects.filter(user=person, revoked_at=None).exists()
    assert set(Session.objects.values_list("revoked_because", flat=True)) == {"reset"}


def test_signed_in_browsers_are_signed_out_at_once(signed_in, person):
    reset(signed_in, token_for(person))

    assert signed_in.get("/auth/current-user").status_code == 401
    assert signed_in.post("/auth/refresh").status_code == 401


def test_reset_proves_the_mailbox(api, person):
    assert person.email_verified_at is None

    reset(api, token_for(person))

    assert fresh(person).email_verified_at is not None


def test_reset_gives_a_password_to_somebody_who_had_none(api, person):
    person.set_unusable_password()
    person.save()
    passwords.ask_reset(person.email)
    letter = mails.deliver()[-1]

    reset(api, mails.token(letter))

    assert "set a password for" in letter.body
    assert services.check(email=person.email, password=NEW)


def test_reset_drops_what_a_squatter_linked_to_the_account(api, person):
    person.identities.create(provider="google", subject="1", email="eve@example.com")
    person.identities.create(provider="github", subject="2", email=person.email)

    reset(api, token_for(person))

    assert [one.provider for one in person.identities.all()] == ["github"]


def test_reset_of_a_proved_account_keeps_its_identities(api, person):
    person.email_verified_at = timezone.now()
    person.save()
    person.identities.create(provider="google", subject="1", email="work@example.com")

    reset(api, token_for(person))

    assert person.identities.count() == 1


def test_forgot_and_reset_share_one_limit(api, limited):
    replies = [
        api.post("/auth/forgot-password", {"email": "a@example.com"}),
        api.post("/auth/forgot-password", {}),
        reset(api, "x"),
        reset(api, "x"),
        api.post("/auth/forgot-password", {"email": "a@example.com"}),
    ]

    assert [reply.status_code for reply in replies] == [200, 400, 400, 429, 429]
    assert replies[-1].json()["error"] == (
        "Too many password reset requests. Please try again later."
    )
    assert replies[0]["X-RateLimit-Limit"] == "3"
    assert 0 < int(replies[-1]["Retry-After"]) <= 901


@pytest.mark.parametrize("path", ["forgot-password", "reset-password"])
def test_both_need_a_csrf_token(api, path):
    reply = api.client.post(f"/api/auth/{path}", {}, content_type="application/json")

    assert reply.status_code == 403


def test_nothing_is_done_by_halves(person, monkeypatch):
    raw = token_for(person)
    tokens.issue(person)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(passwords, "notice", broken)
    with pytest.raises(RuntimeError):
        passwords.reset(raw, NEW)

    assert services.check(email=person.email, password=PASSWORD)
    assert Session.objects.filter(user=person, revoked_at=None).count() == 1
    assert one_time.find(raw, one_time.Purpose.RESET_PASSWORD) is not None


def test_unknown_token_costs_no_hash(monkeypatch):
    def expensive(*args):
        raise AssertionError

    monkeypatch.setattr(passwords, "make_password", expensive)

    with pytest.raises(ResetLinkSpent):
        passwords.reset("0" * 64, NEW)
