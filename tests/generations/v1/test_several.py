"""`n` drawings in one request: each a job of its own, all of them or none."""

from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from credits import plans
from credits.models import Plan
from generations import pipeline, recipe, services
from generations.models import Job
from tests import factories
from tests.generations.v1.programs import (
    Program,
    balances,
    faults,
    make,
    person_on,
    refused,
    totals,
)

PROFILE = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_numbers = count(1)


def allow(monkeypatch, **fields):
    allowed = plans.ALLOWANCES[Plan.SUPPORTER]
    few = {Plan.SUPPORTER: plans.Allowance(**{**vars(allowed), **fields})}
    monkeypatch.setattr("generations.limits.ALLOWANCES", few)


def test_each_is_a_job_of_its_own(program, supporter):
    reply = program.draw(n=3)

    told = reply.json()
    ids = [one["jobId"] for one in told["jobs"]]
    assert reply.status_code == 202
    assert {**told, "jobs": []} == {**told["jobs"][0], "jobs": []}
    assert reply["Location"] == f"/v1/svg/job/{ids[0]}"
    assert len(set(ids)) == 3
    assert balances(supporter) == (10, 3)
    assert totals(supporter).credits == 3
    pipeline.run(ids[0])
    pipeline.give_up(pipeline.claim(ids[1]), pipeline.Fault("CONTENT_REJECTED"))
    services.cancel(supporter, ids[2])
    assert balances(supporter) == (9, 0)
    assert faults() == []


def test_one_is_told_as_ever(program):
    assert "jobs" not in program.draw(n=1).json()


@pytest.mark.parametrize("value", [0, 5, -1, "2", 2.0, True, [], {}])
def test_other_numbers_are_refused(program, value):
    assert program.draw(n=value).json()["error"] == "n must be a whole number from 1 to 4"
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("left", "fields", "status", "code"),
    [
        (3, {}, 402, "INSUFFICIENT_CREDITS"),
        (9, {"drawings_per_day": 3}, 429, "TOO_MANY_REQUESTS"),
        (9, {"drawings_per_month": 3}, 429, "MONTHLY_QUOTA_EXCEEDED"),
        (9, {"drawings_under_way": 3}, 429, "TOO_MANY_UNDER_WAY"),
        (9, {"rates": (plans.Rate(3, 60),)}, 429, "TOO_MANY_REQUESTS"),
    ],
)
def test_where_one_is_too_many_none_is_accepted(
    supporter, program, limited, monkeypatch, left, fields, status, code
):
    factories.spend(supporter, 10 - left)
    allow(monkeypatch, **fields)

    over, fits = program.draw(n=4), program.draw(n=3)

    assert refused(over) == (status, code)
    assert fits.status_code == 202
    assert Job.objects.count() == 3
    assert faults() == []


def test_repeat_names_all_of_them_whatever_came_of_each(program, supporter):
    first = program.draw(n=3, idempotencyKey="all").json()["jobs"]
    ids = [one["jobId"] for one in first]
    services.cancel(supporter, ids[0])
    pipeline.run(ids[1])

    repeat = program.draw(n=3, idempotencyKey="all")

    assert [one["jobId"] for one in repeat.json()["jobs"]] == ids
    assert [one["status"] for one in repeat.json()["jobs"]] == ["failed", "succeeded", "queued"]
    for n in (1, 2, 4):
        assert refused(program.draw(n=n, idempotencyKey="all"))[0] == 409
    assert Job.objects.count() == 3
    services.cancel(supporter, ids[2])
    assert [one["jobId"] for one in program.draw(n=3, idempotencyKey="all").json()["jobs"]] == ids


def test_key_is_free_again_once_all_have_come_to_nothing(program, supporter):
    first = [one["jobId"] for one in program.draw(n=2, idempotencyKey="all").json()["jobs"]]
    for one in first:
        services.cancel(supporter, one)

    second = [one["jobId"] for one in program.draw(n=2, idempotencyKey="all").json()["jobs"]]

    assert not set(first) & set(second)
    assert program.draw(n=2, idempotencyKey="all").json()["jobs"][1]["jobId"] == second[1]


@given(st.text(min_size=1, max_size=60))
@PROFILE
def test_keys_of_units_are_no_callers_own(text):
    own, *others = recipe.unit_keys(text)

    assert own == text
    assert len({own, *others}) == 4
    for one in others:
        assert recipe.key(one) != one  # whoever sends it gets another one
        assert len(one) <= 128


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.lists(st.sampled_from("dfcq"), min_size=4, max_size=4)),
        min_size=1,
        max_size=3,
    )
)
@example([(4, "dfcq"), (4, "qqqq"), (2, "ddcf"), (1, "d")])
@settings(PROFILE, max_examples=5)
def test_every_story_of_several_settles_to_the_credit(db, monkeypatch, story):
    """d: done, f: failed, c: canceled, q: still queued."""
    monkeypatch.setattr("generations.files.store", lambda generation: True)
    user = person_on(Plan.SUPPORTER, credits_left=6)
    program = Program(make(user).raw)
    balance, held = 6, 0
    for n, ends in story:
        reply = program.draw(n=n, idempotencyKey=f"key-{next(_numbers)}")
        assert reply.status_code == (202 if balance - held >= n else 402)
        for job_id, end in zip(_jobs(reply), ends, strict=False):
            _end(user, job_id, end)
            balance -= end == "d"
            held += end == "q"
        assert balances(user) == (balance, held)
    assert faults() == []


def _jobs(reply):
    told = reply.json()
    return [one["jobId"] for one in told.get("jobs", [told])] if reply.status_code == 202 else []


def _end(user, job_id, end):
    if end == "d":
        pipeline.run(job_id)
    elif end == "f":
        pipeline.give_up(pipeline.claim(job_id), pipeline.Fault("CONTENT_REJECTED"))
    elif end == "c":
        services.cancel(user, job_id)
