"""A chain of models: whoever fails is replaced by the next, and every call is accounted for."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from credits.models import Entry, Wallet
from generations import pipeline
from generations.audit import findings
from generations.leases import renewer
from generations.models import Attempt, Job
from generations.providers import breakers
from generations.signals import job_progressed
from tests import factories
from tests.model_server import ANSWER, Behaviour

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = {"prompt_tokens": 1000, "completion_tokens": 2000}


@pytest.fixture
def chain(endpoint, settings, tmp_path):
    """Makes the models: first → second → whatever `last` names, all on the scripted server."""
    settings.MODEL_STALL_SECONDS = settings.MODEL_FIRST_BYTE_SECONDS = 0.4

    def make(*last: str):
        one = {"baseUrl": endpoint.url, "priceIn": 1, "priceOut": 2}
        models = [
            {**one, "name": "first", "label": "The First", "fallback": ["second"]},
            {**one, "name": "second", "label": "The Second", "fallback": list(last)},
        ]
        file = tmp_path / "models.json"
        file.write_text(json.dumps({"models": models}))
        settings.CHATSVG_MODELS = str(file)
        return endpoint

    return make


def draw(user=None, **fields):
    """A job of `first`, after one try."""
    job = factories.job(user, **{"model": "first", **fields})
    pipeline.run(job.pk)
    return Job.objects.select_related("generation").get(pk=job.pk)


def calls(job):
    rows = Attempt.objects.filter(job=job).order_by("id")
    return list(rows.values_list("model", "outcome", "error_code"))


def faults():
    return [fault for finding in findings() for fault in finding.faults]


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (Behaviour(status=500), "GENERATION_FAILED"),
        (Behaviour(status=401), "OPENAI_PERMISSION"),
        (Behaviour(status=404), "OPENAI_MODEL_NOT_FOUND"),
        (Behaviour(status=400), "VALIDATION_ERROR"),
        (Behaviour(status=429, headers={"Retry-After": "60"}), "OPENAI_RATE_LIMIT"),
        (Behaviour(cut_after=3), "GENERATION_FAILED"),
        (Behaviour(hold_after=3), "TIMEOUT"),
        (Behaviour(error_after=3), "GENERATION_FAILED"),
        (Behaviour(answer=""), "GENERATION_FAILED"),
        (Behaviour(finish="length"), "GENERATION_FAILED"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_the_next_model_draws_where_one_fails(chain, first, code):
    chain().script(first, model="first")
    user = factories.person()

    job = draw(user)

    assert (job.status, job.attempt, job.generation.svg[:4]) == ("SUCCEEDED", 1, "<svg")
    assert calls(job) == [("first", "failed", code), ("second", "answered", "")]
    assert "Drawn by The Second because The First was not available." in job.generation.notes
    captures = Entry.objects.filter(kind="capture", reference=job.reference)
    assert (captures.count(), Wallet.objects.get(pk=user.pk).available) == (1, 9)
    assert faults() == []


def test_every_call_keeps_its_own_tokens_and_cost(chain):
    server = chain()
    server.script(Behaviour(finish="length", usage=TOLD), model="first")

    job = draw()

    first, second = job.attempts.order_by("id")
    assert (first.completion_tokens, first.cost_usd) == (2000, Decimal("0.005"))
    assert (second.completion_tokens, second.cost_usd) == (240, Decimal("0.0006"))


def test_a_refusal_is_final(chain, person):
    server = chain("studio")
    server.script(Behaviour(refusal="I would rather not."), model="first")

    job = draw(person)

    assert (job.status, job.error_code, server.calls) == ("FAILED", "CONTENT_REJECTED", 1)
    assert Wallet.objects.get(pk=person.pk).available == 10


@pytest.mark.parametrize(
    ("first", "second", "end"),
    [
        (500, 500, ("QUEUED", "GENERATION_FAILED")),
        (401, 500, ("QUEUED", "GENERATION_FAILED")),
        (500, 401, ("QUEUED", "GENERATION_FAILED")),
        (401, 404, ("FAILED", "OPENAI_PERMISSION")),
        (404, 401, ("FAILED", "OPENAI_MODEL_NOT_FOUND")),
        (429, 401, ("QUEUED", "OPENAI_RATE_LIMIT")),
    ],
)
def test_the_most_useful_failure_ends_a_try_of_the_whole_chain(chain, first, second, end):
    server = chain()
    server.script(Behaviour(status=first, headers={"Retry-After": "2"}), model="first")
    server.script(Behaviour(status=second, headers={"Retry-After": "2"}), model="second")

    job = draw()

    assert (job.status, job.error_code) == end
    assert [row[1] for row in calls(job)] == ["failed", "failed"]
    assert faults() == []


def test_the_soonest_of_delays_counts(chain):
    server = chain()
    server.script(Behaviour(status=429, headers={"Retry-After": "4"}), model="first")
    server.script(Behaviour(status=429, headers={"Retry-After": "3"}), model="second")

    job = draw()

    wait = (job.available_at - timezone.now()).total_seconds()
    assert 2 < wait <= 3


def test_studio_at_the_end_of_a_chain_says_so(chain):
    server = chain("studio")
    server.default = Behaviour(status=500)

    job = draw()

    assert (job.status, job.generation.provider, job.generation.model) == (
        "SUCCEEDED",
        "studio",
        "first",
    )
    said = "Drawn by the built-in studio because The First was not available."
    assert job.generation.notes.count(said) == 1
    assert [row[0] for row in calls(job)] == ["first", "second", "studio"]


def test_a_model_that_draws_itself_says_nothing(chain):
    chain("studio")

    assert not [note for note in draw().generation.notes if "Drawn by" in note]


def test_the_deadline_is_shared(chain):
    server = chain()
    server.script(Behaviour(status=500, delay=0.3), model="first")
    job = factories.job(model="first")
    Job.objects.filter(pk=job.pk).update(deadline_at=timezone.now() + timedelta(seconds=5.2))

    pipeline.run(job.pk)

    assert calls(job) == [("first", "failed", "GENERATION_FAILED")]
    assert Job.objects.get(pk=job.pk).status == "FAILED"


def test_one_that_is_too_slow_leaves_time_for_studio(chain, settings):
    settings.MODEL_STALL_SECONDS = settings.MODEL_FIRST_BYTE_SECONDS = 5
    settings.JOB_DEADLINE_SECONDS = 10
    server = chain("studio")
    server.script(Behaviour(hold_after=1, comments=True), model="first")
    job = factories.job(model="first")
    Job.objects.filter(pk=job.pk).update(deadline_at=timezone.now() + timedelta(seconds=1.8))

    pipeline.run(job.pk)

    assert calls(job) == [("first", "failed", "TIMEOUT"), ("studio", "answered", "")]
    assert Job.objects.get(pk=job.pk).status == "SUCCEEDED"


def test_the_bar_never_moves_back_when_a_stream_is_begun_anew(chain):
    server = chain()
    server.script(Behaviour(piece=60, piece_delay=0.1, cut_after=6), model="first")
    server.script(Behaviour(piece=300, piece_delay=0.1), model="second")
    shown = []

    def listen(progress, **kwargs):
        shown.append(progress)

    job_progressed.connect(listen)
    try:
        job = draw()
    finally:
        job_progressed.disconnect(listen)

    assert job.status == "SUCCEEDED"
    assert len(shown) > 3
    assert shown == sorted(shown)


# --- breakers ---


def test_an_endpoint_that_keeps_failing_is_asked_no_more_until_it_is_probed(
    chain, settings, monkeypatch
):
    settings.MODEL_BREAKER_FAILURES = 2
    server, later = chain(), [0.0]
    real = breakers.clock
    monkeypatch.setattr(breakers, "clock", lambda: real() + later[0])
    server.script(Behaviour(status=500), model="first")
    asked = lambda: sum(call.model == "first" for call in server.log)  # noqa: E731

    jobs = [draw() for _ in range(4)]
    assert {job.status for job in jobs} == {"SUCCEEDED"}
    assert asked() == 2
    assert [row[0] for row in calls(jobs[-1])] == ["second"]  # no call, no row

    later[0] += settings.MODEL_BREAKER_PAUSE_SECONDS
    draw(), draw()
    assert asked() == 3

    server.script(Behaviour(), model="first")
    later[0] += 2 * settings.MODEL_BREAKER_PAUSE_SECONDS
    draw()
    assert calls(draw()) == [("first", "answered", "")]
    assert asked() == 5


def test_where_every_breaker_is_open_the_job_waits_for_a_probe(chain, settings):
    settings.MODEL_BREAKER_FAILURES = 1
    settings.MODEL_BREAKER_PAUSE_SECONDS = 3
    settings.JOB_DEADLINE_SECONDS = 60
    server = chain()
    server.default = Behaviour(status=500)
    draw()

    job = draw()

    assert (server.calls, job.status, calls(job)) == (2, "QUEUED", [])
    assert 1 < (job.available_at - timezone.now()).total_seconds() <= 3


def test_a_refused_key_is_told_of_without_asking_again(endpoint, settings, person):
    settings.MODEL_BREAKER_FAILURES = 1
    endpoint.default = Behaviour(status=401)

    ended = [draw(person, model="gpt-4o") for _ in range(3)]

    assert {(job.status, job.error_code) for job in ended} == {("FAILED", "OPENAI_PERMISSION")}
    assert endpoint.calls == 1
    assert Wallet.objects.get(pk=person.pk).available == 10


def test_a_rate_limit_keeps_us_off_for_its_delay_where_there_is_another(chain):
    server = chain()
    limited = Behaviour(status=429, headers={"Retry-After": "60"})
    server.script(limited, model="first")

    jobs = [draw() for _ in range(3)]

    assert [[row[0] for row in calls(job)] for job in jobs] == [
        ["first", "second"],
        ["second"],
        ["second"],
    ]
    server.script(Behaviour(status=500), model="second")
    server.script(Behaviour(), model="first")
    assert [row[0] for row in calls(draw())] == ["second", "first"]


def test_a_call_that_was_lost_leaves_the_probe_to_the_next(chain, settings, monkeypatch):
    settings.MODEL_BREAKER_FAILURES = 1
    server, later = chain(), [0.0]
    real = breakers.clock
    monkeypatch.setattr(breakers, "clock", lambda: real() + later[0])
    server.script(Behaviour(status=500), model="first")
    draw()
    later[0] += settings.MODEL_BREAKER_PAUSE_SECONDS
    server.script(Behaviour(hold_after=1), model="first")
    job = pipeline.claim(factories.job(model="first").pk)
    with renewer.hold(job) as lease:
        lease.lose()
        with pytest.raises(pipeline.LeaseLost):
            pipeline.answers(job, lease)

    server.script(Behaviour(answer=ANSWER), model="first")

    assert calls(draw()) == [("first", "answered", "")]
