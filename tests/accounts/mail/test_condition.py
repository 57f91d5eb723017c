"""How mails do, for `/status`."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.mail import condition
from accounts.models import Mail

pytestmark = pytest.mark.django_db


def mail(*, due=0, **fields):
    """One that was asked for a minute ago, and due `due` seconds ago."""
    now = timezone.now()
    fields.setdefault("due_at", now - timedelta(seconds=due))
    one = Mail.objects.create(kind="security", to="ada@example.com", due_at=now)
    Mail.objects.filter(pk=one.pk).update(created_at=now - timedelta(minutes=1), **fields)


def test_without_mails_nothing_waits():
    assert (condition.outbox().state, condition.outbox().detail) == ("ok", "No mail waits.")


def test_mails_that_leave_tell_how_long_they_took():
    mail(sent_at=timezone.now(), ended_at=timezone.now(), tries=1)

    reading = condition.outbox()

    assert (reading.state, reading.detail) == ("ok", "Mails leave.")
    assert reading.ms == pytest.approx(60_000, rel=0.1)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"due": 1}, "ok"),
        ({"due": 300}, "slow"),
        ({"due": 900}, "failed"),
        ({"tries": 1, "error": "Refused", "due": -300}, "failed"),
    ],
)
def test_mails_that_stay_are_told_of(fields, state):
    mail(**fields)

    assert condition.outbox().state == state


def test_one_that_is_refused_among_those_that_leave_is_no_outage():
    mail(sent_at=timezone.now(), ended_at=timezone.now(), tries=1)
    mail(tries=1, error="Refused", due=-300)

    assert condition.outbox().state == "slow"
