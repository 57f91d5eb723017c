"""The way of a mail, with a real mail server at its end."""

import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import one_time, tasks
from accounts.mail import outbox, post, server
from accounts.models import Mail
from chatsvg.celery import app
from tests import smtp

ADA = "ada@example.com"
HELLO = "Your password was changed."


def posted(to=ADA, **context):
    return post("security", to=to, message=HELLO, **context)


def fresh(mail):
    mail.refresh_from_db()
    return mail


def make_due(mail):
    """Let the pause, or the lease, be over."""
    Mail.objects.filter(pk=mail.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    server.note(away=False)


def message_id(mail) -> re.Pattern:
    return re.compile(rf"<{mail.pk.hex}\.[0-9a-f]{{8}}@chatsvg\.dev>")


def pause(mail) -> int:
    return round((fresh(mail).due_at - timezone.now()).total_seconds())


def test_mail_arrives_once_in_text_and_html(db, mailbox):
    mail = posted()

    assert outbox.send(mail.pk) is True
    assert outbox.send(mail.pk) is False
    assert outbox.send_due() == 0

    [letter] = mailbox.letters
    assert mailbox.recipients == [[ADA]]
    assert letter["Subject"] == "Something changed in your ChatSVG account"
    assert letter["To"] == ADA
    assert message_id(mail).fullmatch(letter["Message-ID"])
    assert letter["Auto-Submitted"] == "auto-generated"
    assert HELLO in letter.get_body("plain").get_content()
    assert HELLO in letter.get_body("html").get_content()
    assert fresh(mail).sent_at is not None
    assert mail.ended_at is not None


def test_mail_is_asked_for_in_the_transaction_that_it_tells_of(db, mailbox):
    with transaction.atomic():
        posted()
        transaction.set_rollback(True)

    assert outbox.send_due() == 0
    assert not Mail.objects.exists()


def test_mail_is_handed_to_the_broker_after_the_commit(
    db, django_capture_on_commit_callbacks, settings
):
    with django_capture_on_commit_callbacks() as after:
        mail = posted()

    [publish] = after
    assert publish.args == (tasks.send_mail.name, str(mail.pk))
    assert tasks.send_mail.name == "accounts.send_mail"


def test_refused_connections_are_tried_again_after_growing_pauses_and_given_up(db, by_smtp):
    mail, pauses = posted(), []

    for _ in outbox.PAUSES:
        assert outbox.send(mail.pk) is False
        assert fresh(mail).ended_at is None
        assert fresh(mail).error.startswith("ConnectionRefusedError")
        pauses.append(pause(mail))
        assert outbox.send(mail.pk) is False  # not due: no try
        make_due(mail)
    assert outbox.send_due() == 0

    assert pauses == list(outbox.PAUSES)
    assert pauses == sorted(set(pauses))
    assert fresh(mail).tries == outbox.TRIES
    assert mail.ended_at is not None
    assert mail.sent_at is None
    make_due(mail)
    assert outbox.send_due() == 0


def again(mail, mailbox) -> str:
    """The mail is taken, but the worker does not hear of it. The id of what was taken."""
    outbox.send(mail.pk)
    Mail.objects.filter(pk=mail.pk).update(sent_at=None, ended_at=None)
    make_due(mail)
    return mailbox.letters[-1]["Message-ID"]


def test_mail_that_was_taken_unheard_is_the_same_message_again(db, mailbox):
    mail = posted()

    assert again(mail, mailbox) == again(mail, mailbox)


def test_mail_with_a_new_link_is_a_new_message(mailbox, person):
    """A mailbox that drops the repeat of a message would keep the link that is void by then."""
    mail = post("reset", to=person.email)

    first, second = again(mail, mailbox), again(mail, mailbox)

    assert first != second
    assert first[:33] == second[:33] == f"<{mail.pk.hex}"
    texts = [letter.get_body("plain").get_content() for letter in mailbox.letters]
    old, new = (re.search(r"token=([0-9a-f]{64})", one)[1] for one in texts)
    purpose = one_time.Purpose.RESET_PASSWORD
    assert (one_time.find(old, purpose), one_time.find(new, purpose) is None) == (None, False)


def test_mail_arrives_when_the_server_is_back_and_is_the_same_message(db, mailbox):
    mail = posted()
    mailbox.to_data = "451 later, please"
    assert outbox.send(mail.pk) is False
    mailbox.to_data = smtp.TAKEN
    make_due(mail)

    assert outbox.send_due() == 1

    [letter] = mailbox.letters
    assert message_id(mail).fullmatch(letter["Message-ID"])
    assert fresh(mail).error == ""


def test_server_that_hangs_costs_the_timeout_and_then_only_one_mail_asks(db, by_smtp):
    with smtp.hanging() as (port, came):
        by_smtp.EMAIL_PORT = port
        first, second = posted(), posted()
        begun = timezone.now()

        assert outbox.send(first.pk) is False
        assert outbox.send(second.pk) is False
        assert outbox.send_due() == 0

        spent = (timezone.now() - begun).total_seconds()
        assert came.acquire(timeout=1)
        assert not came.acquire(blocking=False)
    assert by_smtp.EMAIL_TIMEOUT <= spent < by_smtp.EMAIL_TIMEOUT + 1
    assert "timed out" in fresh(first).error
    assert fresh(second).tries == 0  # it was not tried, and loses none of its tries
    server.note(away=False)
    with smtp.running() as (mailbox, port):
        by_smtp.EMAIL_PORT = port
        assert outbox.send_due() == 1
    assert len(mailbox.letters) == 1


def test_mailbox_that_does_not_exist_is_given_up_at_once(db, mailbox):
    mail = posted()
    mailbox.to_recipient = "550 no such mailbox"

    assert outbox.send(mail.pk) is False

    assert fresh(mail).ended_at is not None
    assert mail.sent_at is None
    assert "550" in mail.error


@pytest.mark.parametrize("answer", ["450 try later", "421 closing"])
def test_mailbox_that_is_busy_is_tried_again(db, mailbox, answer):
    mail = posted()
    mailbox.to_recipient = answer

    outbox.send(mail.pk)

    assert fresh(mail).ended_at is None
    assert pause(mail) == outbox.PAUSES[0]


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com,eve@example.com",
        "ada@example.com\nBcc: eve@example.com",
        "ada@example.com\r\nX-Evil: 1",
        "Ada <eve@example.com>@example.com",
        '"ada"@example.com;eve@example.com',
        "ada@eve@example.com",
        "",
        "@",
    ],
)
def test_address_that_is_more_than_one_mailbox_gets_nothing(db, mailbox, address):
    mail = posted(to=address)

    assert outbox.send(mail.pk) is False

    assert mailbox.letters == []
    assert fresh(mail).ended_at is not None
    assert mail.sent_at is None


def test_headers_cannot_be_injected(db, mailbox):
    evil = "Hi\r\nBcc: eve@example.com\r\n\r\nbuy this"
    told = {"type": "bug", "subject": evil, "message": "m", "facts": []}
    post("support_inbox", to=ADA, reply_to=f"a@example.com\r\nBcc: {ADA}", **told)
    post("support_inbox", to=ADA, reply_to="eve@example.com", **told)

    assert outbox.send_due() == 2

    plain, answerable = mailbox.letters
    assert plain["Subject"] == "[BUG] Hi Bcc: eve@example.com buy this"
    assert plain["Bcc"] is None
    assert plain["Reply-To"] is None
    assert answerable["Reply-To"] == "eve@example.com"
    assert mailbox.recipients == [[ADA], [ADA]]


def test_kind_that_nobody_writes_yet_waits_for_who_does(db, mailbox):
    mail = post("from-tomorrow", to=ADA)

    outbox.send(mail.pk)

    assert fresh(mail).ended_at is None
    assert mail.tries == 1


def test_needless_mail_ends_and_is_not_said_to_be_sent(db, mailbox):
    mail = post("reset", to="nobody@example.com")

    assert outbox.send(mail.pk) is False

    assert mailbox.letters == []
    assert fresh(mail).ended_at is not None
    assert mail.sent_at is None


def test_installation_without_a_mail_server_says_of_nothing_that_it_was_sent(db, settings, capsys):
    settings.EMAIL_BACKEND = "accounts.mail.nowhere.EmailBackend"
    mail = posted()

    outbox.send(mail.pk)

    assert fresh(mail).sent_at is None
    assert mail.error == "ConnectionError: no mail server is configured"
    assert capsys.readouterr().out == ""


def test_worker_that_comes_too_late_does_not_undo_what_another_did(db, mailbox):
    mail = posted()
    late = outbox._claim(mail.pk)
    make_due(mail)
    assert outbox.send(mail.pk) is True

    outbox._fail(late, TimeoutError("at last"))

    assert fresh(mail).sent_at is not None
    assert mail.error == ""
    assert outbox.send_due() == 0


def test_mail_that_loses_its_worker_at_every_try_is_given_up(db, mailbox):
    mail = posted()
    for _ in range(outbox.TRIES):
        assert outbox._claim(mail.pk) is not None
        make_due(mail)

    assert outbox.send_due() == 0

    assert mailbox.letters == []
    assert fresh(mail).ended_at is not None
    assert mail.error == "its workers were lost"


def test_old_mails_are_forgotten_and_open_ones_never(db):
    old, young, waiting = posted(), posted(), posted()
    long_ago = timezone.now() - timedelta(days=30, minutes=1)
    Mail.objects.filter(pk=old.pk).update(ended_at=long_ago)
    Mail.objects.filter(pk=young.pk).update(ended_at=timezone.now())
    Mail.objects.filter(pk=waiting.pk).update(created_at=long_ago)

    tasks.purge_mails.apply()

    assert set(Mail.objects.all()) == {young, waiting}


def test_schedule_sends_what_is_due_and_forgets_what_is_old():
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert {tasks.send_due_mails.name, tasks.purge_mails.name} <= scheduled


def test_nothing_personal_is_logged(db, by_smtp, caplog):
    mail = posted()

    with caplog.at_level("DEBUG", logger="accounts"):
        outbox.send(mail.pk)

    assert str(mail.pk) in caplog.text
    assert ADA not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one(mailbox):
    mails, together = [posted() for _ in range(5)], threading.Barrier(4)

    def work(_):
        together.wait()
        try:
            return sum(outbox.send(mail.pk) for mail in mails)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        sent = sum(pool.map(work, range(4)))

    assert sent == 5
    ids = [letter["Message-ID"] for letter in mailbox.letters]
    assert sorted(one[1:33] for one in ids) == sorted(mail.pk.hex for mail in mails)


WORKER = """
import django
django.setup()
from accounts.mail import outbox
outbox.send_due()
"""


@pytest.mark.django_db(transaction=True)
def test_mail_of_a_worker_that_was_killed_is_sent_by_another(by_smtp):
    mail = posted()
    with smtp.hanging() as (port, came):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "chatsvg.settings",
                "DATABASE_URL": _url(connection.settings_dict),
                "EMAIL_HOST": "127.0.0.1",
                "EMAIL_PORT": str(port),
                "EMAIL_USE_TLS": "false",
            },
        )
        try:
            assert came.acquire(timeout=30)
        finally:
            worker.kill()
            worker.wait(10)
    assert fresh(mail).tries == 1

    with smtp.running() as (mailbox, port):
        by_smtp.EMAIL_PORT = port
        assert outbox.send_due() == 0  # the lease of the dead worker runs
        assert 0 < pause(mail) <= outbox.LEASE.total_seconds()
        make_due(mail)
        assert outbox.send_due() == 1

    [letter] = mailbox.letters
    assert message_id(mail).fullmatch(letter["Message-ID"])


def _url(database) -> str:
    """The libpq URL of the test's own database."""
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    head = base.rpartition("/")[0]
    return f"{head}/{database['NAME']}" + (f"?{query}" if query else "")
