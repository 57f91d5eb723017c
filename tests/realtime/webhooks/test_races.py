"""Several at once, on real PostgreSQL: nothing is sent twice, and nobody waits for the slow."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from realtime.webhooks import outbox, posting, sender, services
from realtime.webhooks.errors import TooManyWebhooks
from realtime.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    def run(call):
        try:
            return call()
        except TooManyWebhooks as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def drain():
    sent = 0
    while some := outbox.send_due(4):
        sent += some
    return sent


def test_two_senders_send_everything_once(receiver, subscribe, person):
    for _ in range(3):
        made = subscribe(person)
        for _ in range(4):
            services.test(made.endpoint)

    sent = at_once(drain, drain, drain)
    sent.append(drain())  # what one left to the other's limit of an endpoint

    ids = [one.id for one in receiver.received]
    assert sum(sent) == len(ids) == len(set(ids)) == 12
    assert not WebhookDelivery.objects.exclude(status="succeeded", tries=1).exists()


def test_slow_endpoint_has_few_places_and_holds_up_no_other(receiver, subscribe, person):
    slow, quick = subscribe(person), subscribe(person)
    for _ in range(5):
        services.test(slow.endpoint)
    services.test(quick.endpoint)

    claimed = outbox.claim(100) + outbox.claim(100)

    endpoints = [WebhookDelivery.objects.get(pk=one.delivery_id).endpoint for one in claimed]
    assert sorted(map(str, endpoints)) == sorted([str(slow.endpoint)] * 2 + [str(quick.endpoint)])


def test_slow_endpoints_of_one_person_leave_places_for_others(receiver, subscribe, person):
    for _ in range(outbox.OF_A_PERSON):
        made = subscribe(person)
        for _ in range(outbox.AT_ONCE):
            services.test(made.endpoint)
    other = subscribe(factories.person())
    services.test(other.endpoint)

    claimed = [one for _ in range(2 * outbox.OF_A_PERSON) for one in outbox.claim(1)]

    assert len(claimed) == outbox.OF_A_PERSON + 1
    last = WebhookDelivery.objects.get(pk=claimed[-1].delivery_id)
    assert last.endpoint_id == other.endpoint.pk


def test_threads_send_without_a_broker(receiver, subscribe, person, settings):
    settings.SWEEP_SECONDS = 0.05
    made = subscribe(person)
    for _ in range(3):
        services.test(made.endpoint)
    arrived = threading.Event()

    def count(handler):
        handler.send_response(204)
        handler.end_headers()
        if len(receiver.received) == 3:
            arrived.set()

    receiver.usual = count
    stop = sender.start()
    try:
        assert arrived.wait(5)
        end = timezone.now() + timedelta(seconds=5)
        while WebhookDelivery.objects.pending().exists() and timezone.now() < end:
            arrived.clear()
            arrived.wait(0.02)
    finally:
        stop.set()
        sender.wake()
    assert WebhookAttempt.objects.filter(error="").count() == 3


def test_endpoint_that_is_being_deleted_is_told_nothing(receiver, subscribe, person):
    """Nor does whoever ends a job wait for it."""
    going, staying = subscribe(person), subscribe(person)
    job = factories.job(person)
    job.status, job.finished_at = "SUCCEEDED", timezone.now()

    def end_job():
        with transaction.atomic():
            posting.job_ended(job)

    with transaction.atomic():
        services.delete(going.endpoint)
        at_once(end_job)

    assert WebhookDelivery.objects.get().endpoint == staying.endpoint


def test_only_ten_endpoints_are_made_at_once(subscribe, person):
    for _ in range(services.MOST - 1):
        subscribe(person)

    made = at_once(*[lambda: subscribe(person)] * 3)

    assert sum(isinstance(one, TooManyWebhooks) for one in made) == 2
    assert WebhookEndpoint.objects.count() == services.MOST
