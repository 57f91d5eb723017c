import threading

import pytest
from django.db import connection

from credits.models import Entry, Wallet
from credits.services import set_plan
from generations import services
from generations.audit import findings
from generations.errors import (
    CannotPay,
    DailyLimit,
    JobEnded,
    JobMissing,
    KeyReused,
    TooManyUnderWay,
)
from generations.models import Job, JobEvent
from tests import factories


def wallet(user):
    return Wallet.objects.get(pk=user.pk)


def faults():
    return [fault for finding in findings() for fault in finding.faults]


def test_submit_holds_the_price_and_logs_the_first_event(person):
    job = factories.job(person)

    assert (job.status, job.charge, job.attempt) == ("QUEUED", "HELD", 0)
    assert (wallet(person).balance, wallet(person).held) == (10, 1)
    assert list(JobEvent.objects.values_list("cursor", "seq", "status", "progress")) == [
        (1, 1, "QUEUED", 0)
    ]
    assert faults() == []


def test_submit_again_with_the_same_key_names_the_first_job(person):
    first, was_new = services.submit(person, factories.recipe(), idempotency_key="k")
    again, is_duplicate = services.submit(person, factories.recipe(), idempotency_key="k")

    assert (first.pk, was_new, is_duplicate) == (again.pk, False, True)
    assert wallet(person).held == 1


def test_submit_with_a_used_key_and_another_recipe_is_a_conflict(person):
    services.submit(person, factories.recipe(), idempotency_key="k")

    with pytest.raises(KeyReused):
        services.submit(person, factories.recipe(style="3d"), idempotency_key="k")

    assert Job.objects.count() == 1


def test_keys_of_two_people_do_not_meet(person):
    services.submit(person, factories.recipe(), idempotency_key="k")

    _, is_duplicate = services.submit(
        factories.person(), factories.recipe(style="3d"), idempotency_key="k"
    )

    assert not is_duplicate


def test_submit_without_credits_stores_nothing_and_leaves_the_key_free(db):
    user = factories.person(credits_left=0)

    with pytest.raises(CannotPay):
        services.submit(user, factories.recipe(), idempotency_key="k")
    assert Job.objects.count() == 0

    factories.spend(user, -1)
    assert not services.submit(user, factories.recipe(), idempotency_key="k").is_duplicate


def test_canceled_job_gives_back_its_hold_and_its_key(person):
    job, _ = services.submit(person, factories.recipe(), idempotency_key="k")

    services.cancel(person, job.pk)

    assert wallet(person).available == 10
    assert not Entry.objects.filter(reference=job.reference).exists()
    assert not services.submit(person, factories.recipe(), idempotency_key="k").is_duplicate
    assert faults() == []


def test_cancel_twice_changes_nothing_more(person):
    job = factories.job(person)

    first = services.cancel(person, job.pk)
    again = services.cancel(person, job.pk)

    assert (first.status, again.status) == ("CANCELED", "CANCELED")
    assert JobEvent.objects.filter(job=job).count() == 2


def test_cancel_of_somebody_elses_job_finds_nothing(person):
    job = factories.job(factories.person())

    with pytest.raises(JobMissing):
        services.cancel(person, job.pk)


def test_cancel_of_a_failed_job_says_that_it_ended(person):
    job = factories.job(person)
    services.settle(Job.objects.get(pk=job.pk), Job.Status.FAILED, code="TIMEOUT")

    with pytest.raises(JobEnded):
        services.cancel(person, job.pk)


def test_fifty_first_drawing_of_a_day_is_refused_whatever_came_of_the_others(db):
    user = factories.person(credits_left=60)
    for _ in range(50):
        services.cancel(user, factories.job(user).pk)

    with pytest.raises(DailyLimit) as refusal:
        factories.job(user)

    assert refusal.value.extra == {"limit": 50, "used": 50}
    assert 0 < refusal.value.retry_after <= 86400


@pytest.mark.parametrize(("plan", "limit"), [("FREE", 5), ("SUPPORTER", 20)])
def test_only_so_many_drawings_are_under_way_at_once(db, limited, plan, limit):
    user = factories.person(credits_left=30)
    set_plan(user.pk, plan, reason="test")
    jobs = [factories.job(user) for _ in range(limit)]

    with pytest.raises(TooManyUnderWay) as refusal:
        factories.job(user)
    assert (refusal.value.code, refusal.value.extra) == ("TOO_MANY_UNDER_WAY", {"limit": limit})

    services.cancel(user, jobs[0].pk)
    assert factories.job(user).status == "QUEUED"


def test_under_way_is_not_counted_where_limits_are_off(db):
    user = factories.person()

    assert len([factories.job(user) for _ in range(7)]) == 7


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("credits_left", "keys", "jobs"), [(1, 20, 1), (5, 1, 1), (3, 20, 3)])
def test_parallel_submits_never_spend_a_credit_twice(credits_left, keys, jobs):
    user = factories.person(credits_left=credits_left)
    made, refused = set(), []

    def submit(number):
        try:
            key = f"key-{number % keys}"
            made.add(services.submit(user, factories.recipe(), idempotency_key=key).job.pk)
        except CannotPay:
            refused.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == jobs == Job.objects.count()
    assert len(refused) == (20 - jobs if keys == 20 else 0)
    assert wallet(user).held == jobs
    assert faults() == []


def test_who_carries_a_job_out_themselves_wakes_no_worker(
    person, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(services.wakeups, "wake", woken.append)

    with django_capture_on_commit_callbacks(execute=True):
        job = factories.job(person)
        services.submit(person, factories.recipe(), idempotency_key="alone", wakes=False)

    assert woken == [job.pk]
