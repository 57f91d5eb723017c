from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import doomed
from accounts.models import DoomedFile
from chatsvg.ids import parse_id
from generations import audit, deletion, files, pipeline, resanitize, services, upkeep
from generations.errors import NothingToDelete, NotRunning
from generations.models import Attempt, Generation, Job, JobEvent, Withdrawn
from generations.providers import Draft
from tests import factories
from tests.pages import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_storage")]


def drawn(user, **fields) -> Generation:
    job = factories.job(user, **fields)
    pipeline.run(job.pk)
    return Generation.objects.get(job=job)


def test_delete_removes_the_row_at_once_and_the_object_soon(person):
    drawing = drawn(person)
    assert default_storage.exists(drawing.storage_key)

    services.delete_drawing(person, drawing.pk)

    assert not Generation.objects.exists()
    assert Browser().get(f"/files/{drawing.storage_key}").status_code == 404
    upkeep.sweep(wake=lambda job_id: None)
    assert not default_storage.exists(drawing.storage_key)


def test_delete_leaves_the_job_its_log_and_its_charge(person):
    drawing = drawn(person)

    services.delete_drawing(person, drawing.pk)

    job = Job.objects.get()
    assert (job.status, job.charge, job.generation) == ("SUCCEEDED", "CAPTURED", None)
    assert set(JobEvent.objects.values_list("generation", flat=True)) == {None}
    person.wallet.refresh_from_db()
    assert person.wallet.balance == 9
    assert [finding for finding in audit.findings() if finding.faults] == []


def test_delete_refuses_what_is_another_s_missing_or_gone(person):
    drawing = drawn(factories.person())
    mine = drawn(person)
    services.delete_drawing(person, mine.pk)

    for wanted in (drawing.pk, mine.pk, parse_id("nonsense")):
        with pytest.raises(NothingToDelete, match="SVG generation not found"):
            services.delete_drawing(person, wanted)

    assert Generation.objects.get() == drawing
    assert DoomedFile.objects.get().storage_key == mine.storage_key


def test_delete_takes_the_withdrawn_original_along(person):
    drawing = drawn(person)
    Withdrawn.objects.create(generation=drawing, svg="<svg onload='x'/>", code="SCRIPT")

    services.delete_drawing(person, drawing.pk)

    assert not Withdrawn.objects.exists()


def test_delete_leaves_other_drawings(person):
    kept, gone = drawn(person), drawn(person)

    services.delete_drawing(person, gone.pk)
    upkeep.sweep(wake=lambda job_id: None)

    assert Generation.objects.get() == kept
    assert default_storage.exists(kept.storage_key)


def test_a_copy_that_arrives_after_the_deletion_goes_as_well(person):
    drawing = drawn(person)
    services.delete_drawing(person, drawing.pk)
    upkeep.sweep(wake=lambda job_id: None)

    assert files.store(drawing) is False  # a worker that was slow
    assert default_storage.exists(drawing.storage_key)
    DoomedFile.objects.update(
        doomed_at=timezone.now() - doomed.LATE - timedelta(seconds=1), due_at=timezone.now()
    )
    upkeep.sweep(wake=lambda job_id: None)

    assert not default_storage.exists(drawing.storage_key)
    assert not DoomedFile.objects.exists()


def test_resanitizing_a_drawing_that_was_deleted_meanwhile_misses_it(person):
    drawing = drawn(person)
    Generation.objects.update(sanitizer_version=0)
    drawing.refresh_from_db()
    outcome = resanitize._sanitize(drawing)

    services.delete_drawing(person, drawing.pk)

    assert resanitize._write([outcome]) == ["missed"]
    assert not Generation.objects.exists()


def test_deleting_a_person_s_drawings_reads_none_of_them(person, django_assert_max_num_queries):
    for _ in range(3):
        drawn(person)
    with django_assert_max_num_queries(40) as queries:
        deletion.forget(person)

    assert not Generation.objects.exists()
    selects = [one["sql"] for one in queries if one["sql"].startswith("SELECT")]
    assert not [sql for sql in selects if '"generations_generation"."svg"' in sql]


def test_requeue_gives_a_running_job_another_try(person):
    job = factories.job(person)
    first = pipeline.claim(job.pk)

    services.requeue_lost(job.pk)

    job.refresh_from_db()
    assert (job.status, job.error_code) == ("QUEUED", "WORKER_LOST")
    with pytest.raises(pipeline.LeaseLost):
        pipeline.keep(first, Attempt(job=first), Draft("<svg>", "openai", "gpt-4o"))
    with pytest.raises(NotRunning):
        services.requeue_lost(job.pk)
