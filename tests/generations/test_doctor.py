from datetime import timedelta

import pytest
from django.utils import timezone

from chatsvg.doctor import registry
from generations import doctor
from generations.models import Job
from tests.factories import job as make_job
from tests.generations.providers import quirks

CONTRACT = "gpt-5.2-2025-12-11, gpt-5-mini-2025-08-07, gpt-4o"


@pytest.fixture(autouse=True)
def nothing_configured(settings):
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = settings.CHATSVG_MODELS = ""
    settings.OPENAI_MODEL = ""


def subjects():
    return [check.subject for check in doctor.checks(False)]


def test_checks_are_among_those_of_the_command():
    assert doctor.checks in registry._sources


def test_without_models_studio_is_looked_at_alone():
    assert subjects() == ["Waiting jobs", "Studio"]


def test_names_that_lead_to_one_endpoint_are_one_row(settings):
    settings.OPENAI_BASE_URL, settings.OPENAI_MODEL = "http://127.0.0.1:11434", "llama"

    assert subjects() == ["Waiting jobs", f"Model {CONTRACT}", "Studio"]


def test_settings_that_cannot_be_read_are_left_to_the_system_checks(settings):
    settings.CHATSVG_MODELS = "/nowhere.json"

    assert subjects() == ["Waiting jobs", "Studio"]


def test_endpoint_is_asked(settings):
    with quirks.running() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_MODEL = server.url, "llama"
        server.replies["GET /v1/models"] = quirks.Reply(200, {"data": [{"id": "llama"}]})

        [found] = [one.look() for one in doctor.checks(False) if one.subject.startswith("Model")]

    assert found.state == "ok"


def test_studio_draws_and_says_for_whom_it_stands_in():
    alone, standing_in = doctor.studio(()), doctor.studio(("gpt-4o",))

    assert (alone.state, standing_in.state) == ("ok", "note")
    assert standing_in.notes == ("It stands in for gpt-4o.",)


@pytest.mark.parametrize(
    ("seconds", "state"), [(None, "ok"), (1, "ok"), (120, "broken"), (-30, "ok")]
)
def test_job_that_is_due_long_is_told(db, seconds, state):
    if seconds is not None:
        due = timezone.now() - timedelta(seconds=seconds)
        Job.objects.filter(pk=make_job().pk).update(available_at=due, status=Job.Status.QUEUED)

    assert doctor.waiting().state == state
