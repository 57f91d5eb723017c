"""From faulty answers to the best draft: at most two repairs, and no stored answer is asked for
again, wherever a worker dies."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from credits import services as credits
from credits.models import Entry, Plan, Wallet
from generations import pipeline, upkeep
from generations.audit import findings
from generations.models import Attempt, Job
from tests import factories
from tests.deaths import Death, dying
from tests.model_server import Behaviour

pytestmark = pytest.mark.django_db(transaction=True)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256">{}</svg>'
LINE = '<path d="M32 {y}H224" fill="none" stroke="#334155" stroke-width="{width}"/>'
FILLED = '<circle cx="128" cy="128" r="{r}" fill="#334155"/>'
CLEAN = SVG.format(LINE.format(y=60, width=10) + LINE.format(y=180, width=10))
FAULTY = SVG.format(LINE.format(y=60, width=10) + FILLED.format(r=40))
WORSE = SVG.format(LINE.format(y=60, width=10) + FILLED.format(r=50) + FILLED.format(r=60))
NONE = "I am afraid I cannot draw."
LEFT = "Not all of the drawing keeps to the style Outline."


@pytest.fixture
def user(endpoint, settings):
    settings.LEASE_SECONDS = 1  # shorter than the test's PostgreSQL has been up
    settings.MODEL_STALL_SECONDS = 0.4
    return factories.person()


@pytest.fixture
def job(user):
    return factories.job(user, model="gpt-4o", style="outline")


def script(endpoint, *answers):
    endpoint.script(*(Behaviour(answer=x) if isinstance(x, str) else x for x in answers))


def fresh(job):
    return Job.objects.select_related("generation").get(pk=job.pk)


def rows(job):
    found = Attempt.objects.filter(job=job).order_by("id")
    return list(found.values_list("repair", "outcome"))


def run_again(job):
    """The next try, at once, whatever became of the last."""
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk, status="RUNNING").update(lease_expires_at=past)
    upkeep.sweep(wake=lambda pk: None)
    Job.objects.filter(pk=job.pk, status="QUEUED").update(available_at=timezone.now())
    pipeline.run(job.pk)


def faults():
    return [fault for finding in findings() for fault in finding.faults]


FAILING = [
    Behaviour(status=500),
    Behaviour(status=401),
    Behaviour(status=429),
    Behaviour(refusal="I would rather not."),
    Behaviour(hold_after=2),
    Behaviour(cut_after=2),
]


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ([CLEAN], 0),
        ([FAULTY, CLEAN], 1),
        ([FAULTY, FAULTY, CLEAN], 2),
        ([FAULTY, FAULTY, FAULTY], 2),  # of equal ones the later
        ([FAULTY, WORSE, WORSE], 0),
        ([WORSE, FAULTY, WORSE], 1),
        ([NONE, CLEAN], 1),
        ([NONE, NONE, FAULTY], 2),
        ([FAULTY, NONE, NONE], 0),
    ],
)
def test_the_best_draft_is_kept_after_two_repairs_at_most(job, user, endpoint, answers, kept):
    script(endpoint, *answers)

    pipeline.run(job.pk)

    done = fresh(job)
    assert (done.status, done.attempt) == ("SUCCEEDED", 1)
    assert rows(job) == [(number, "answered") for number in range(len(answers))]
    shapes = done.generation.svg.count("<path"), done.generation.svg.count("<circle")
    assert shapes == (answers[kept].count("<path"), answers[kept].count("<circle"))
    assert (LEFT in done.generation.notes) == (answers[kept] != CLEAN)
    assert Wallet.objects.get(pk=user.pk).available == 9
    assert Entry.objects.filter(kind="capture", reference=job.reference).count() == 1
    assert faults() == []


def test_without_a_usable_draft_it_fails_and_refunds(job, user, endpoint):
    script(endpoint, NONE, NONE, NONE, CLEAN)

    pipeline.run(job.pk)

    assert (fresh(job).status, fresh(job).error_code) == ("FAILED", "VALIDATION_ERROR")
    assert endpoint.calls == 3
    assert Wallet.objects.get(pk=user.pk).available == 10
    assert faults() == []


def test_a_repair_is_told_the_answer_and_its_exact_faults(job, endpoint):
    script(endpoint, FAULTY, CLEAN)

    pipeline.run(job.pk)

    asked, told = (call.body["messages"] for call in endpoint.log)
    assert told[: len(asked)] == asked
    assert (told[-2]["role"], told[-2]["content"]) == ("assistant", FAULTY)
    assert "style_fill" in json.dumps(told[-1]["content"])


@pytest.mark.parametrize("failing", FAILING, ids=lambda x: "")
def test_a_repair_that_fails_loses_no_usable_draft(job, endpoint, failing):
    script(endpoint, FAULTY, failing, CLEAN)

    pipeline.run(job.pk)

    assert (fresh(job).status, endpoint.calls) == ("SUCCEEDED", 2)
    assert LEFT in fresh(job).generation.notes
    assert rows(job) == [(0, "answered"), (1, "failed")]


def test_a_repair_that_fails_is_tried_again_where_there_is_no_drawing_yet(job, user, endpoint):
    script(endpoint, NONE, Behaviour(status=500), CLEAN)

    pipeline.run(job.pk)
    assert (fresh(job).status, fresh(job).error_code) == ("QUEUED", "GENERATION_FAILED")
    run_again(job)

    assert fresh(job).status == "SUCCEEDED"
    assert rows(job) == [(0, "answered"), (1, "failed"), (1, "answered")]
    assert Wallet.objects.get(pk=user.pk).available == 9


def test_a_repair_that_nobody_may_ask_for_ends_the_job(job, user, endpoint):
    script(endpoint, NONE, Behaviour(status=401), CLEAN)

    pipeline.run(job.pk)

    assert (fresh(job).status, fresh(job).error_code) == ("FAILED", "OPENAI_PERMISSION")
    assert Wallet.objects.get(pk=user.pk).available == 10


def test_no_repair_when_too_little_time_is_left(job, endpoint, settings):
    settings.MODEL_REPAIR_SECONDS = 60
    script(endpoint, FAULTY, CLEAN)

    pipeline.run(job.pk)

    assert (fresh(job).status, endpoint.calls) == ("SUCCEEDED", 1)


def test_what_studio_drew_is_nobodys_to_repair(job, endpoint):
    Attempt.objects.create(
        job=job, number=1, provider="studio", model="studio", outcome="answered", answer=FAULTY
    )

    pipeline.run(job.pk)

    assert (fresh(job).status, endpoint.calls) == ("SUCCEEDED", 0)
    assert fresh(job).generation.provider == "studio"


def test_a_draft_whose_model_is_gone_is_kept_as_it_is(job, endpoint):
    Job.objects.filter(pk=job.pk).update(model="gone")
    Attempt.objects.create(
        job=job, number=1, provider="openai", model="gone", outcome="answered", answer=FAULTY
    )

    pipeline.run(job.pk)

    assert (fresh(job).status, endpoint.calls) == ("SUCCEEDED", 0)


@pytest.mark.parametrize(
    ("stored", "more"),
    [
        ([(0, "answered")], 2),
        ([(0, "answered"), (1, "answered")], 1),
        ([(0, "answered"), (1, "under way")], 1),  # asked by a worker that died: perhaps paid for
        ([(0, "answered"), (1, "failed")], 2),
        ([(0, "answered"), (1, "under way"), (2, "under way")], 0),
        ([(0, "failed"), (0, "under way"), (0, "answered"), (1, "answered"), (2, "answered")], 0),
    ],
)
def test_the_next_try_goes_on_where_the_last_one_was(job, endpoint, stored, more):
    for repair, outcome in stored:
        answer = FAULTY if outcome == "answered" else ""
        Attempt.objects.create(job=job, number=1, repair=repair, outcome=outcome, answer=answer)
    script(endpoint, *[FAULTY] * 5)

    pipeline.run(job.pk)

    assert (fresh(job).status, endpoint.calls) == ("SUCCEEDED", more)


def test_repairs_stay_with_the_model_that_drew_and_never_fall_to_studio(
    endpoint, settings, tmp_path
):
    names = ["first", "second", "third"]
    models = [
        {"name": name, "baseUrl": endpoint.url, "fallback": [*names[number + 1 :], "studio"]}
        for number, name in enumerate(names)
    ]
    file = tmp_path / "models.json"
    file.write_text(json.dumps({"models": models}))
    settings.CHATSVG_MODELS = str(file)
    job = factories.job(model="first", style="outline")
    script(endpoint, Behaviour(status=500), FAULTY, *[Behaviour(status=500)] * 2)

    pipeline.run(job.pk)

    assert [call.model for call in endpoint.log] == ["first", "second", "second", "third"]
    assert fresh(job).status == "SUCCEEDED"
    assert fresh(job).generation.notes[0] == ("Drawn by second because first was not available.")


def test_death_between_any_two_statements_pays_for_no_stored_answer_again(endpoint, settings):
    settings.LEASE_SECONDS = 1
    user = factories.person(credits_left=100)
    credits.set_plan(user.pk, Plan.SUPPORTER, reason="many drawings a day")
    for moment in range(1, 100):
        endpoint.reset()
        script(endpoint, NONE, FAULTY, CLEAN, CLEAN, CLEAN)
        job = factories.job(user, model="gpt-4o", style="outline")
        try:
            with dying(moment):
                pipeline.run(job.pk)
        except Death:
            on_its_way = endpoint.calls - len(answered(job))
            run_again(job)
        else:
            break  # it lived to the end
        assert fresh(job).status == "SUCCEEDED"
        assert on_its_way in (0, 1)
        assert endpoint.calls == len(answered(job)) + on_its_way
        assert sum(map(is_repair, endpoint.log)) <= 2
        assert Entry.objects.filter(kind="capture", reference=job.reference).count() == 1
    assert moment > 25
    assert faults() == []


def answered(job):
    return Attempt.objects.filter(job=job, outcome="answered")


def is_repair(call):
    return call.body["messages"][-2]["content"] in (NONE, FAULTY, CLEAN)
