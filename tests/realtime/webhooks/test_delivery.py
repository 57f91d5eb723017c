"""Events on their way to somebody's server: once by their id, in an order that can be restored."""

import json
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook

from generations import pipeline
from generations import services as drawings
from generations.endings import settle
from generations.models import Job, JobEvent
from generations.v1 import shown
from realtime.models import Notification
from realtime.webhooks import outbox, posting, services, signing, upkeep
from realtime.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def certain_pauses(monkeypatch):
    monkeypatch.setattr(outbox, "_uniform", lambda low, high: high)


class Clock:
    """Steps to whatever is due next, and sends it."""

    def __init__(self):
        self.now = timezone.now() + timedelta(hours=1)

    def send(self):
        return outbox.send_due(at=self.now)

    def step(self):
        following = WebhookDelivery.objects.pending().order_by("due_at").first()
        if following is None:
            return False
        self.now = max(self.now, following.due_at)
        return self.send() > 0

    def run(self):
        steps = 0
        while self.step():
            steps += 1
            assert steps < 100
        return steps


@pytest.fixture
def clock():
    return Clock()


def draw(user):
    job = factories.job(user)
    pipeline.run(job.pk)
    job.refresh_from_db()
    return job


def finish(user):
    """The cheapest way for a job to end."""
    return drawings.cancel(user, factories.job(user).pk)


def test_success_is_told_with_what_v1_shows_and_the_seq_of_its_event(
    receiver, subscribe, person, clock, settings
):
    made = subscribe(person)
    job = draw(person)

    clock.run()

    (one,) = receiver.received
    verified = Webhook(made.secret).verify(one.body, one.headers)
    last = JobEvent.objects.filter(job=job).latest("seq")
    told = shown.job(job, settings.PUBLIC_URL)
    assert verified == {
        "type": "generation.succeeded",
        "timestamp": verified["timestamp"],
        "data": {**json.loads(json.dumps(told)), "sequence": last.seq},
    }
    assert last.status == "SUCCEEDED"
    assert verified["data"]["svg"].startswith("<svg")
    assert one.headers["content-type"] == "application/json"
    assert one.id == f"msg_{WebhookMessage.objects.get().pk.hex}"
    assert one.body == json.dumps(verified, ensure_ascii=False, separators=(",", ":")).encode()


def test_cancel_and_failure_are_told_as_such(receiver, subscribe, person, clock):
    subscribe(person)
    canceled = factories.job(person)
    drawings.cancel(person, canceled.pk)
    failed = factories.job(person)
    with transaction.atomic():
        settle(failed, Job.Status.FAILED, code="TIMEOUT")

    clock.run()

    told = {one.told["type"]: one.told["data"] for one in receiver.taken}
    assert {kind: data["id"] for kind, data in told.items()} == {
        "generation.canceled": str(canceled.pk),
        "generation.failed": str(failed.pk),
    }
    assert told["generation.failed"]["errorCode"] == "TIMEOUT"


def test_receiver_that_fails_five_times_gets_each_event_once_and_in_order(
    receiver, subscribe, person, clock
):
    made = subscribe(person)
    receiver.answers = [500] * 5 + [503, 200, 404]
    jobs = [finish(person) for _ in range(4)]

    clock.run()

    ids = [one.id for one in receiver.taken]
    assert len(ids) == len(set(ids)) == 4
    assert len(receiver.received) == 4 + 7
    in_order = sorted(receiver.taken, key=lambda one: one.told["timestamp"])
    assert [one.told["data"]["id"] for one in in_order] == [str(job.pk) for job in jobs]
    assert not WebhookDelivery.objects.exclude(status="succeeded").exists()
    for one in receiver.received:  # every try is signed anew, under the old id
        Webhook(made.secret).verify(one.body, one.headers)


def test_rotation_loses_nothing(receiver, subscribe, person, clock):
    """Who still has the old secret verifies for a day; who has the new one, from now on."""
    old = subscribe(person)
    finish(person)
    new = services.rotate(old.endpoint)
    pair = services.rotate(old.endpoint, kind=signing.Kind.ED25519)
    finish(person)
    clock.run()

    assert len(receiver.taken) == 2
    for one in receiver.taken:
        for made in (old, new):
            Webhook(made.secret).verify(one.body, one.headers)
        kinds = [each.split(",")[0] for each in one.headers["webhook-signature"].split(" ")]
        assert kinds == ["v1a", "v1", "v1"]
    assert pair.secret.startswith("whpk_")

    old.endpoint.secrets.exclude(expires_at=None).update(expires_at=timezone.now())
    assert outbox.secrets_of(old.endpoint) == [
        signing.open_sealed(old.endpoint.secrets.get(expires_at=None).sealed)
    ]
    services.rotate(old.endpoint, ends_previous=True)
    assert old.endpoint.secrets.count() == 1


def test_worker_that_dies_after_sending_leaves_it_to_another_under_the_same_id(
    receiver, subscribe, person, clock
):
    subscribe(person)
    finish(person)
    (claimed,) = outbox.claim(10, at=clock.now)
    outbox._send(outbox._ours(claimed), outbox.resolving.addresses)  # and then it is killed

    assert clock.send() == 0
    clock.now += outbox.lease()
    assert clock.send() == 1

    first, second = receiver.received
    assert first.id == second.id
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.tries) == ("succeeded", 2)


def test_delivery_that_kills_every_worker_ends(receiver, subscribe, person, clock):
    subscribe(person)
    finish(person)
    for _ in range(outbox.TRIES):
        assert outbox.claim(10, at=clock.now)
        clock.now += outbox.lease()

    clock.send()

    assert receiver.received == []
    assert WebhookAttempt.objects.get().error == "lost"
    assert WebhookDelivery.objects.get().status == "failed"


def test_late_success_of_a_worker_that_lost_its_lease_counts(receiver, subscribe, person, clock):
    subscribe(person)
    finish(person)
    (slow,) = outbox.claim(10, at=clock.now)
    clock.now += outbox.lease()
    (quick,) = outbox.claim(10, at=clock.now)

    outbox.conclude(slow, outbox.Outcome(500, "status", 0.1), at=clock.now)
    assert WebhookDelivery.objects.get().leased_until  # the failure is the other's to count
    outbox.conclude(slow, outbox.Outcome(200, "", 0.1), at=clock.now)
    outbox.conclude(quick, outbox.Outcome(500, "status", 0.1), at=clock.now)

    assert WebhookDelivery.objects.get().status == "succeeded"
    assert WebhookAttempt.objects.count() == 3


def test_retries_go_on_for_more_than_a_day_and_end(receiver, subscribe, person, clock):
    subscribe(person)
    receiver.usual = 500
    began = clock.now
    finish(person)

    clock.run()

    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.tries) == ("failed", outbox.TRIES)
    assert DAY < clock.now - began < 2 * DAY
    at = list(WebhookAttempt.objects.order_by("pk").values_list("at", flat=True))
    pauses = [(two - one).total_seconds() for one, two in pairwise(at)]
    assert pauses == pytest.approx([1.1 * pause for pause in outbox.PAUSES])


@pytest.mark.parametrize(("value", "seconds"), [("120", 120), ("999999999999", 86400), ("x", 5.5)])
def test_retry_after_is_honoured(receiver, subscribe, person, clock, value, seconds):
    def busy(handler):
        handler.send_response(429)
        handler.send_header("Retry-After", value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    subscribe(person)
    receiver.usual = busy
    finish(person)

    clock.send()

    wait = WebhookDelivery.objects.get().due_at - clock.now
    assert wait.total_seconds() == pytest.approx(seconds)


def test_gone_disables_the_endpoint_and_its_owner_is_told(receiver, subscribe, person, clock):
    made = subscribe(person)
    receiver.usual = 410
    finish(person)

    clock.run()
    finish(person)

    endpoint = WebhookEndpoint.objects.get(pk=made.endpoint.pk)
    assert endpoint.disabled_because == "gone"
    assert WebhookDelivery.objects.get().status == "failed"
    note = Notification.objects.get(user=person, title="Webhook disabled")
    assert "410" in note.message


def test_endpoint_that_fails_for_five_days_is_disabled_and_goes_on_when_enabled(
    receiver, subscribe, person, clock
):
    made = subscribe(person)
    receiver.usual = 500
    finish(person)
    clock.run()
    finish(person)
    clock.now += 5 * DAY

    clock.send()

    endpoint = WebhookEndpoint.objects.get(pk=made.endpoint.pk)
    assert endpoint.disabled_because == "failing"
    assert Notification.objects.filter(user=person, title="Webhook disabled").count() == 1
    assert WebhookDelivery.objects.pending().count() == 1  # it waits
    clock.now += DAY
    assert clock.send() == 0

    receiver.usual = 200
    services.change(endpoint, {"enabled": True})
    assert clock.send() == 1
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, endpoint.failing_since) == (None, None)


def test_success_ends_a_failing_time(receiver, subscribe, person, clock):
    made = subscribe(person)
    receiver.answers = [500]
    finish(person)

    clock.send()
    made.endpoint.refresh_from_db()
    assert made.endpoint.failing_since == clock.now
    clock.run()

    made.endpoint.refresh_from_db()
    assert made.endpoint.failing_since is None


def test_attempts_are_logged_with_how_the_answer_began(receiver, subscribe, person, clock):
    def teapot(handler):
        said = b"nope \x00 \xff" + b"x" * 5000
        handler.send_response(418)
        handler.send_header("Content-Length", str(len(said)))
        handler.end_headers()
        handler.wfile.write(said)

    subscribe(person)
    receiver.answers = [teapot]
    finish(person)

    clock.send()

    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.error, len(attempt.answer)) == (418, "status", 1023)
    assert attempt.answer.startswith("nope  \ufffdx")


def test_address_that_became_private_is_not_sent_to(receiver, subscribe, person, clock, settings):
    subscribe(person)
    finish(person)
    settings.WEBHOOK_ALLOWED_NETWORKS = []

    clock.send()

    assert receiver.received == []
    assert WebhookAttempt.objects.get().error == "refused_address"


def test_only_what_was_asked_for_is_told(receiver, subscribe, person, clock):
    failures = subscribe(person, events=["generation.failed"])
    disabled = subscribe(person)
    services.change(disabled.endpoint, {"enabled": False})
    other = subscribe(factories.person())
    tests = subscribe(person, is_test=True)
    job = finish(person)

    assert WebhookMessage.objects.count() == 0
    assert not clock.run()

    job.is_test, job.status = True, "FAILED"
    posting.job_ended(job)
    delivery = WebhookDelivery.objects.get()
    assert delivery.endpoint == tests.endpoint
    assert {failures.endpoint, other.endpoint}.isdisjoint({delivery.endpoint})


def test_two_endpoints_get_the_same_message(receiver, subscribe, person, clock):
    subscribe(person)
    subscribe(person)
    finish(person)

    clock.run()

    first, second = receiver.taken
    assert first.id == second.id
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_what_is_rolled_back_is_told_to_nobody(receiver, subscribe, person):
    subscribe(person)
    job = factories.job(person)
    before = transaction.savepoint()
    drawings.cancel(person, job.pk)
    assert WebhookMessage.objects.count() == 1

    transaction.savepoint_rollback(before)
    assert WebhookMessage.objects.count() == 0


def test_job_ends_although_its_webhook_cannot_be_written(subscribe, person, monkeypatch):
    subscribe(person)
    monkeypatch.setattr(posting, "_about", lambda job: {"data": {1, 2}})

    assert draw(person).status == "SUCCEEDED"
    assert WebhookMessage.objects.count() == 0


def test_wake_goes_out_on_commit(
    subscribe, person, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(posting, "publish", lambda task, argument: woken.append(task))
    made = subscribe(person)

    with django_capture_on_commit_callbacks(execute=True):
        services.test(made.endpoint)
        assert woken == []
    assert woken == ["realtime.send_webhooks"]


def test_old_messages_and_spent_secrets_go(receiver, subscribe, person, clock):
    made = subscribe(person)
    finish(person)
    old = finish(person)
    clock.run()
    services.rotate(made.endpoint)
    made.endpoint.secrets.exclude(expires_at=None).update(expires_at=clock.now - DAY)
    message = WebhookMessage.objects.get(job=old)
    deliveries = message.deliveries.all()
    aged = message.pk.int - (int(31 * DAY.total_seconds() * 1000) << 80)
    moved = WebhookMessage.objects.create(
        pk=UUID(int=aged), user=person, type=message.type, at=message.at, job=old, sequence=1
    )
    deliveries.update(message=moved)
    moved.deliveries.update(status="pending", ended_at=None)
    assert upkeep.purge() == 0  # it is still on its way
    moved.deliveries.update(status="failed", ended_at=clock.now)

    assert upkeep.purge() == 1
    assert WebhookDelivery.objects.count() == 1
    assert made.endpoint.secrets.count() == 1
