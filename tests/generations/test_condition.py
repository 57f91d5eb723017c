"""How drawing and its models do, for `/status`."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatsvg.status import beats
from generations import condition, pipeline
from generations.models import Attempt, Job
from tests import factories
from tests.model_server import Behaviour

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    beats.beat(["drawings"])


def finished(count, **fields):
    """Jobs that ended just now, without their rows in between."""
    for _ in range(count):
        job = factories.job(factories.person())
        now = timezone.now()
        failed = {"status": "FAILED", "charge": "RELEASED", "error_code": "TIMEOUT"}
        done = {"status": "SUCCEEDED", "charge": "CAPTURED", "progress": 100}
        ended = failed if "error_code" in fields else done
        Job.objects.filter(pk=job.pk).update(**{**ended, "finished_at": now, **fields})


def part(key):
    return next(part for part in condition.parts() if part.key == key)


# --- Drawing --------------------------------------------------------------------------------------


def test_nothing_is_drawn_without_a_worker():
    assert condition.drawing().state == "failed"


def test_with_a_worker_and_nothing_to_do_all_is_well(worker):
    reading = condition.drawing()

    assert (reading.state, reading.detail, reading.ms) == (
        "ok",
        "Drawings are taken up at once.",
        None,
    )


@pytest.mark.parametrize(("seconds", "state"), [(1, "ok"), (20, "slow"), (90, "failed")])
def test_who_waits_long_is_told_of(worker, seconds, state):
    job = factories.job()
    due = timezone.now() - timedelta(seconds=seconds)
    Job.objects.filter(pk=job.pk).update(available_at=due)

    assert condition.drawing().state == state


@pytest.mark.parametrize(
    ("well", "badly", "state"), [(4, 0, "ok"), (5, 0, "ok"), (4, 1, "slow"), (1, 4, "failed")]
)
def test_share_that_came_out_well_counts_where_there_were_enough(worker, well, badly, state):
    finished(well)
    finished(badly, error_code="TIMEOUT")

    reading = condition.drawing()

    assert reading.state == state
    assert ("of the last drawings" in reading.detail) == (well + badly >= 5)
    assert reading.ms > 0


def test_what_the_model_declined_to_draw_is_no_fault_of_ours(worker):
    finished(1)
    finished(9, error_code="CONTENT_REJECTED")

    assert condition.drawing().state == "ok"


def test_nearly_all_is_not_all():
    assert condition._percent(0.999) == "99 %"


# --- Models ---------------------------------------------------------------------------------------


def test_studio_draws():
    reading = part("model-Studio").look()

    assert (reading.state, reading.ms > 0) == ("ok", True)


def test_endpoint_whose_call_went_well_is_well_whatever_it_lists(endpoint):
    """And nothing is told of its address and key."""
    model = part("model-gpt-4o")
    assert model.look().state == "failed"

    pipeline.run(factories.job(model="gpt-4o").pk)
    reading = model.look()

    assert (model.name, reading.state) == ("Model GPT-4o", "ok")
    assert "key-of-the-test" not in reading.detail + model.name + model.about
    assert "127.0.0.1" not in reading.detail + model.name + model.about


def test_endpoint_that_is_away_is_down(settings):
    settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = "http://127.0.0.1:9/v1", "k"
    settings.MODEL_CONNECT_SECONDS = 1

    reading = part("model-gpt-4o").look()

    assert reading.state == "failed"
    assert "127.0.0.1" not in reading.detail


def test_endpoint_whose_calls_fail_is_down_though_it_answers_questions(endpoint):
    job = factories.job(model="gpt-4o")
    endpoint.default = Behaviour(status=500)
    pipeline.run(job.pk)
    call = Attempt.objects.filter(model="gpt-4o").last()
    for _ in range(4):
        call.pk = None
        call.save()

    assert part("model-gpt-4o").look().state == "failed"
