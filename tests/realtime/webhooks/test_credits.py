"""`credits.low`: once when few are left, and not again before there were more."""

import pytest

from credits import services as credits
from generations import services as drawings
from realtime.webhooks import alarms, services
from realtime.webhooks.models import CreditsAlarm, WebhookMessage
from tests import factories

pytestmark = pytest.mark.django_db


def told():
    found = WebhookMessage.objects.filter(type="credits.low").order_by("pk")
    return [one.data for one in found]


def give(user, amount):
    factories.spend(user, -amount)


def test_low_credits_are_told_once_until_there_were_more(subscribe):
    user = factories.person(credits_left=8)
    subscribe(user)

    factories.spend(user, 2)
    assert told() == []
    factories.spend(user, 1)
    factories.spend(user, 1)
    assert told() == [{"credits": 5, "threshold": 5}]

    give(user, 1)  # five again: not above
    factories.spend(user, 1)
    assert len(told()) == 1
    give(user, 4)
    factories.spend(user, 5)
    assert told()[1:] == [{"credits": 3, "threshold": 5}]


def test_what_was_given_back_counts_as_more(subscribe):
    user = factories.person(credits_left=6)
    subscribe(user)
    credits.hold(credits.lock(user.pk), 2)  # 4 left, once it is captured
    credits.capture(user.pk, 1, reference="test:one")
    assert [one["credits"] for one in told()] == [4]

    credits.release(user.pk, 1)
    credits.refund(user.pk, reference="test:one")
    factories.spend(user, 2)
    assert [one["credits"] for one in told()] == [4, 4]


def test_hold_that_comes_to_nothing_is_not_told(subscribe):
    user = factories.person(credits_left=6)
    subscribe(user)

    job = factories.job(user)
    drawings.cancel(user, job.pk)

    assert [one["credits"] for one in told()] == []


def test_threshold_is_ones_own(subscribe):
    user = factories.person(credits_left=8)
    subscribe(user)

    alarms.set_threshold(user.pk, 7)
    assert told() == []
    factories.spend(user, 1)
    assert told() == [{"credits": 7, "threshold": 7}]


def test_what_was_low_before_is_not_told(subscribe):
    user = factories.person(credits_left=3)
    subscribe(user)
    factories.spend(user, 1)

    assert told() == []


def test_who_does_not_listen_has_no_alarm(subscribe):
    user = factories.person(credits_left=6)
    made = subscribe(user, events=["generation.failed"])
    factories.spend(user, 2)
    assert CreditsAlarm.objects.count() == WebhookMessage.objects.count() == 0

    services.change(made.endpoint, {"events": ["credits.low"]})
    give(user, 4)
    factories.spend(user, 4)
    assert told() == [{"credits": 4, "threshold": 5}]
