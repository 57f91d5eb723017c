"""What a worker writes by statements that are written out, beside the rows as Django reads them."""

import threading
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from chatsvg.embedded.processes import wait_until
from credits import services as credits
from credits.models import Entry, Wallet
from generations import pipeline, providers, services, svg
from generations.models import Attempt, Generation, Job, JobEvent
from generations.pipeline import calls
from tests import factories
from tests.model_server import ANSWER

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DRAFT = providers.Draft(
    ANSWER, "openai", "gpt-4o", 120, 240, Decimal("0.001500"), notes=("A note.",)
)


def columns(instance) -> dict:
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.fields}


def as_stored(instance) -> dict:
    return columns(type(instance)._base_manager.get(pk=instance.pk))


@pytest.fixture
def job():
    return factories.job(model="gpt-4o")


def is_there_to_be_taken(job) -> bool:
    """The queryset that a claim stands for."""
    queued = Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED)
    return queued.filter(available_at__lte=Now(), deadline_at__gt=Now()).exists()


# --- a claim ---


def test_claimed_job_is_as_it_is_stored(job):
    claimed = pipeline.claim(job.pk)

    assert columns(claimed) == as_stored(job)
    assert (claimed.status, claimed.stage, claimed.charge) == ("RUNNING", "drawing", "CAPTURED")
    assert (claimed.attempt, claimed.progress, claimed.balance_left) == (1, 5, 9)
    assert claimed.lease_expires_at > claimed.started_at > claimed.created_at


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"progress": 40, "error_code": "TIMEOUT", "attempt": 1, "started_at": timezone.now()},
        {"available_at": timezone.now() + HOUR},
        {"deadline_at": timezone.now() - HOUR},
        {"status": "CANCELED", "charge": "RELEASED", "finished_at": timezone.now()},
    ],
    ids=["new", "another try", "not yet", "too late", "canceled"],
)
def test_claim_takes_what_is_there_to_be_taken(job, change):
    Job.objects.filter(pk=job.pk).update(**change)
    before, is_there = as_stored(job), is_there_to_be_taken(job)

    claimed = pipeline.claim(job.pk)

    assert (claimed is not None) == is_there
    if claimed is None:
        assert as_stored(job) == before
    else:
        assert claimed.progress == max(before["progress"], 5)
        assert claimed.started_at == before["started_at"] or not before["started_at"]
        assert (claimed.attempt, claimed.error_code) == (before["attempt"] + 1, "")


def test_claim_of_a_free_job_charges_nothing(job):
    Job.objects.filter(pk=job.pk).update(is_test=True, price=0, charge="FREE")

    assert pipeline.claim(job.pk).charge == "FREE"
    assert not Entry.objects.filter(kind="capture").exists()


# --- a call ---


@pytest.fixture
def claimed(job):
    return pipeline.claim(job.pk)


@pytest.fixture
def attempt(claimed):
    return calls.begin(claimed, providers.STUDIO, 0)


def test_call_is_as_it_is_stored_when_it_begins_and_ends(claimed, attempt):
    assert columns(attempt) == as_stored(attempt)
    assert columns(attempt) == {
        **columns(Attempt(job=claimed, number=1, model="studio")),
        "id": attempt.pk,
        "provider": "studio",
        "upstream": "studio",
        "started_at": attempt.started_at,
    }

    attempt.first_byte_seconds = 0.25
    assert not calls.is_answered(claimed)
    calls.keep(claimed, attempt, DRAFT)

    assert calls.is_answered(claimed)
    assert columns(attempt) == as_stored(attempt)
    assert (attempt.outcome, attempt.answer, attempt.notes) == ("answered", ANSWER, ["A note."])
    assert (attempt.prompt_tokens, attempt.cost_usd) == (120, Decimal("0.0015"))
    assert columns(claimed) == as_stored(claimed)
    assert (claimed.stage, claimed.progress) == ("answered", 75)
    assert JobEvent.objects.filter(job=claimed, stage="answered").count() == 1


def test_answer_to_a_repair_moves_no_job(claimed):
    repair = calls.begin(claimed, providers.STUDIO, 1)

    calls.keep(claimed, repair, DRAFT)

    assert columns(repair) == as_stored(repair)
    assert as_stored(claimed)["stage"] == "drawing"


def test_answer_to_a_job_that_was_lost_is_stored_all_the_same(claimed, attempt):
    services.cancel(claimed.user, claimed.pk)

    with pytest.raises(pipeline.LeaseLost):
        calls.keep(claimed, attempt, DRAFT)

    assert as_stored(attempt)["outcome"] == "answered"
    assert as_stored(claimed)["stage"] == "drawing"


@pytest.mark.django_db(transaction=True)
def test_answer_is_stored_while_somebody_has_the_job_locked():
    job = pipeline.claim(factories.job(model="gpt-4o").pk)
    attempt = calls.begin(job, providers.STUDIO, 0)

    def keep():
        calls.keep(job, attempt, DRAFT)
        connection.close()

    def is_answered():
        return Attempt.objects.filter(pk=attempt.pk, outcome="answered").exists()

    keeping = threading.Thread(target=keep)
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        keeping.start()
        assert wait_until(is_answered, 4)
        assert Job.objects.get(pk=job.pk).stage == "drawing"
    keeping.join()

    assert Job.objects.get(pk=job.pk).stage == "answered"


# --- the end ---


def test_drawing_and_job_are_as_they_are_stored(claimed, attempt):
    claimed.remix_of_id = uuid4()
    claimed.save(update_fields=["remix_of"])
    calls.keep(claimed, attempt, DRAFT)

    drawing = pipeline.finish(claimed, attempt, svg.Sanitized("<svg/>", ("Another.",)))

    assert columns(drawing) == as_stored(drawing)
    assert columns(claimed) == as_stored(claimed)
    assert drawing.notes == ["A note.", "Another."]
    assert (drawing.size_bytes, drawing.credits_used, drawing.provider) == (6, 1, "openai")
    assert (drawing.remix_of_id, drawing.stored_at) == (claimed.remix_of_id, None)
    assert (claimed.status, claimed.generation_id) == ("SUCCEEDED", drawing.pk)


def test_end_of_a_job_that_was_lost_changes_nothing(claimed, attempt):
    services.cancel(claimed.user, claimed.pk)
    before = as_stored(claimed)

    with pytest.raises(pipeline.LeaseLost):
        pipeline.finish(claimed, attempt, svg.Sanitized("<svg/>", ()))

    assert as_stored(claimed) == before
    assert not Generation.objects.exists()


# --- credits ---


@pytest.mark.parametrize("again", [False, True], ids=["new", "repeated"])
def test_entry_and_wallet_are_as_they_are_stored(again):
    person = factories.person()
    with transaction.atomic():
        credits.hold(credits.lock(person.pk), 1)
    first = credits.capture(person.pk, 1, reference="job:a")
    entry = credits.capture(person.pk, 1, reference="job:a") if again else first

    assert columns(entry) == columns(first) == as_stored(first)
    assert (entry.kind, entry.amount, entry.balance_after) == ("capture", -1, 9)
    wallet = Wallet.objects.get(pk=person.pk)
    assert (wallet.balance, wallet.held) == (9, 0)


# --- how many ---


@pytest.mark.django_db(transaction=True)
def test_whole_drawing_takes_so_many_statements(endpoint, django_assert_max_num_queries):
    """Among them two transactions' begins and ends: what is added here is paid for by everybody's
    drawings."""
    first, job = (factories.job(model="gpt-4o") for _ in range(2))
    pipeline.run(first.pk)  # imports, and what is asked once

    with django_assert_max_num_queries(20):
        pipeline.run(job.pk)

    assert Job.objects.get(pk=job.pk).status == "SUCCEEDED"
