import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chatsvg.embedded.processes import wait_until
from credits.models import Entry, Wallet
from generations import pipeline, services, upkeep
from generations.audit import findings
from generations.leases import renewer
from generations.models import Attempt, Generation, Job, JobEvent
from tests import factories
from tests.model_server import ANSWER, Behaviour

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user(endpoint, settings):
    settings.LEASE_SECONDS = 1  # shorter than the test's PostgreSQL has been up
    return factories.person()


@pytest.fixture
def job(user):
    return factories.job(user, model="gpt-4o")


def fresh(job):
    return Job.objects.select_related("generation").get(pk=job.pk)


def log(job):
    events = JobEvent.objects.filter(job=job).order_by("seq")
    return list(events.values_list("status", "stage", "progress", "error_code"))


def available(user):
    return Wallet.objects.get(pk=user.pk).available


def faults():
    return [fault for finding in findings() for fault in finding.faults]


def sweep():
    woken = []
    upkeep.sweep(wake=woken.append)
    return woken


def lose_lease(job):
    Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def test_run_draws_charges_once_and_logs_every_step(job, user, endpoint):
    pipeline.run(job.pk)

    done = fresh(job)
    assert (done.status, done.charge, done.progress) == ("SUCCEEDED", "CAPTURED", 100)
    assert done.generation.svg.startswith("<svg")
    assert log(job) == [
        ("QUEUED", "waiting", 0, ""),
        ("RUNNING", "drawing", 5, ""),
        ("RUNNING", "answered", 75, ""),
        ("SUCCEEDED", "done", 100, ""),
    ]
    assert available(user) == 9
    assert endpoint.calls == 1
    assert faults() == []


def test_run_keeps_what_the_call_took_for_staff(job):
    pipeline.run(job.pk)

    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.number, attempt.provider) == ("answered", 1, "openai")
    assert (attempt.model, attempt.upstream, attempt.repair) == ("gpt-4o", "gpt-4o", 0)
    assert attempt.prompt_tokens > 0
    assert 0 < attempt.first_byte_seconds <= attempt.seconds < 5


def test_run_of_a_job_that_has_ended_does_nothing(job, endpoint):
    pipeline.run(job.pk)
    before = log(job)

    pipeline.run(job.pk)

    assert (log(job), endpoint.calls) == (before, 1)


def test_two_workers_on_one_job_call_the_model_once(job, endpoint):
    def work():
        pipeline.run(job.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert endpoint.calls == 1
    assert Entry.objects.filter(kind="capture", reference=job.reference).count() == 1
    assert fresh(job).status == "SUCCEEDED"


def test_refusal_by_the_model_fails_at_once_and_refunds(job, user, endpoint):
    endpoint.script(Behaviour(status=401))

    pipeline.run(job.pk)

    ended = fresh(job)
    assert (ended.status, ended.charge, ended.error_code) == (
        "FAILED",
        "REFUNDED",
        "OPENAI_PERMISSION",
    )
    assert available(user) == 10
    assert Attempt.objects.get().raw_error != ""
    assert faults() == []


def test_answer_without_a_drawing_fails_and_refunds(job, user, endpoint):
    endpoint.default = Behaviour(answer="I am afraid I cannot draw.")

    pipeline.run(job.pk)

    assert (fresh(job).status, fresh(job).error_code) == ("FAILED", "VALIDATION_ERROR")
    assert available(user) == 10


def test_busy_model_is_asked_again_later_and_charged_once(job, user, endpoint):
    endpoint.script(Behaviour(status=500), Behaviour(status=500), Behaviour())

    pipeline.run(job.pk)
    assert (fresh(job).status, fresh(job).charge) == ("QUEUED", "CAPTURED")
    pipeline.run(job.pk)  # too early: nothing happens
    assert endpoint.calls == 1
    for _ in range(2):
        Job.objects.filter(pk=job.pk).update(available_at=timezone.now())
        assert sweep() == [job.pk]
        pipeline.run(job.pk)

    assert (fresh(job).status, fresh(job).attempt, fresh(job).error_code) == ("SUCCEEDED", 3, "")
    progress = [entry[2] for entry in log(job)]
    assert progress == sorted(progress)
    assert available(user) == 9
    assert faults() == []


def test_third_failed_try_is_the_last(job, user, endpoint):
    endpoint.script(*[Behaviour(status=500)] * 4)

    for _ in range(4):
        Job.objects.filter(pk=job.pk, status="QUEUED").update(available_at=timezone.now())
        pipeline.run(job.pk)

    assert (fresh(job).status, fresh(job).error_code) == ("FAILED", "GENERATION_FAILED")
    assert endpoint.calls == 3
    assert available(user) == 10
    assert faults() == []


def test_worker_that_lost_its_lease_changes_nothing(job, user):
    stale = pipeline.claim(job.pk)
    lose_lease(job)
    assert sweep() == [job.pk]
    pipeline.run(job.pk)
    done, before = fresh(job), log(job)

    with renewer.hold(stale) as lease, pytest.raises(pipeline.LeaseLost):
        pipeline.finish(stale, pipeline.answers(stale, lease)[0], _drawing())
    pipeline.give_up(stale, pipeline.Fault("GENERATION_FAILED"))

    assert fresh(job).generation_id == done.generation_id
    assert log(job) == before
    assert Generation.objects.count() == 1
    assert faults() == []


def _drawing():
    from generations import svg

    return svg.sanitize('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path/></svg>')


def test_answer_that_was_stored_is_not_paid_for_again(job, endpoint):
    claimed = pipeline.claim(job.pk)
    with renewer.hold(claimed) as lease:
        pipeline.answers(claimed, lease)  # and here the worker dies
    lose_lease(job)
    sweep()

    pipeline.run(job.pk)

    assert fresh(job).status == "SUCCEEDED"
    assert endpoint.calls == 1


def test_worker_lost_three_times_ends_in_a_refund(job, user):
    for _ in range(3):
        assert pipeline.claim(job.pk) is not None
        lose_lease(job)
        sweep()

    assert (fresh(job).status, fresh(job).error_code) == ("FAILED", "WORKER_LOST")
    assert available(user) == 10
    assert faults() == []


def test_job_past_its_deadline_ends_wherever_it_is(user):
    waiting, running = factories.job(user), factories.job(user)
    pipeline.claim(running.pk)
    Job.objects.update(deadline_at=timezone.now() - timedelta(seconds=3))

    sweep()

    assert [fresh(j).error_code for j in (waiting, running)] == ["TIMEOUT", "TIMEOUT"]
    assert [fresh(j).charge for j in (waiting, running)] == ["RELEASED", "REFUNDED"]
    assert available(user) == 10
    assert faults() == []


def test_job_that_nobody_was_told_of_is_told_of_again(job):
    assert sweep() == []
    Job.objects.update(woken_at=timezone.now() - timedelta(seconds=16))

    assert sweep() == [job.pk]
    assert sweep() == []


def test_cancel_closes_the_models_connection_and_refunds(job, user, endpoint):
    endpoint.script(Behaviour(hold_after=1))
    worker = threading.Thread(target=lambda: (pipeline.run(job.pk), connection.close()))
    worker.start()
    assert endpoint.wait_for(lambda server: server.calls == 1)

    services.cancel(user, job.pk)
    worker.join(2)

    assert not worker.is_alive()
    assert endpoint.wait_for(lambda server: server.log[0].closed_at, 1)
    assert (fresh(job).status, fresh(job).charge) == ("CANCELED", "REFUNDED")
    assert available(user) == 10
    assert faults() == []


def taken() -> int:
    """How many connections of the pool somebody has."""
    stats = connection.pool.get_stats()
    return stats["pool_size"] - stats["pool_available"]


def test_waiting_for_the_model_keeps_no_database_connection(job, endpoint):
    endpoint.script(Behaviour(hold_after=1))
    connection.close()
    before = taken()  # by threads of other tests
    worker = threading.Thread(target=lambda: (pipeline.run(job.pk), connection.close()))
    worker.start()
    try:
        assert endpoint.wait_for(lambda server: server.calls == 1)
        assert wait_until(lambda: taken() <= before + 1, 15)  # the renewal, at most
    finally:
        endpoint.release()
        worker.join(20)
    assert fresh(job).status == "SUCCEEDED"


def test_studio_draws_without_any_endpoint(db):
    user = factories.person()
    job = factories.job(user)

    pipeline.run(job.pk)

    assert fresh(job).status == "SUCCEEDED"
    assert fresh(job).generation.provider == "studio"


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
def test_an_answer_with_what_postgres_cannot_store_is_a_drawing_all_the_same(job, endpoint, odd):
    endpoint.script(Behaviour(answer=odd + ANSWER))

    pipeline.run(job.pk)

    assert (fresh(job).status, endpoint.calls) == ("SUCCEEDED", 1)


def test_an_error_with_what_postgres_cannot_store_keeps_its_code(job, endpoint):
    endpoint.script(Behaviour(status=401, error={"message": "bad \0 key"}))

    pipeline.run(job.pk)

    assert (fresh(job).status, fresh(job).error_code) == ("FAILED", "OPENAI_PERMISSION")


@pytest.mark.parametrize("count", [-1, 2**40, "many"])
def test_counts_of_tokens_that_are_none_are_left_out(job, endpoint, count):
    endpoint.script(Behaviour(usage={"prompt_tokens": count, "completion_tokens": 5}))

    pipeline.run(job.pk)

    assert fresh(job).status == "SUCCEEDED"
    assert Attempt.objects.values_list("prompt_tokens", "completion_tokens").get() == (None, 5)


@pytest.mark.parametrize("after", ["9" * 14, "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_retry_after_beyond_all_time_fails_at_once_and_refunds(job, user, endpoint, after):
    endpoint.script(Behaviour(status=429, headers={"Retry-After": after}))

    pipeline.run(job.pk)

    assert (fresh(job).status, fresh(job).error_code) == ("FAILED", "OPENAI_RATE_LIMIT")
    assert available(user) == 10


def test_a_job_taken_up_again_by_the_same_process_stops_its_older_call(job):
    first, second = Job(pk=job.pk, attempt=1), Job(pk=job.pk, attempt=2)

    with renewer.hold(first) as older, renewer.hold(second) as newer:
        assert (older.lost.is_set(), newer.lost.is_set()) == (True, False)
