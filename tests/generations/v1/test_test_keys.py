"""`sk_test_` keys: drawn by studio, for nothing, in a world of their own."""

import pytest

from credits import plans
from credits.models import Plan
from generations import pipeline, services
from generations.models import Generation, Job
from tests import factories
from tests.generations.v1.programs import Program, balances, faults, make, totals


def test_test_key_draws_with_studio_for_nothing_on_every_plan(db, endpoint):
    user = factories.person(credits_left=0)
    tester = Program(make(user, environment="test").raw)

    made = tester.draw(model="gpt-4o", privacy=False).json()

    assert (made["creditsCharged"], made["test"]) == (False, True)
    pipeline.run(made["jobId"])
    job = tester.job(made["jobId"]).json()["job"]
    assert (job["status"], job["creditsCharged"], job["test"]) == ("SUCCEEDED", False, True)
    assert job["model"] == "gpt-4o"
    drawing = Generation.objects.get()
    assert (drawing.provider, drawing.credits_used, drawing.is_private) == ("studio", 0, True)
    assert endpoint.log == []
    assert balances(user) == (0, 0)
    assert not user.wallet.entries.filter(reference__startswith="job:").exclude(amount=0).exists()
    assert faults() == []
    assert totals(user).credits == 0


@pytest.mark.parametrize("claimed", [False, True])
def test_test_job_that_fails_or_is_canceled_moves_no_credit(tester, supporter, claimed):
    failed, canceled = (tester.draw().json()["jobId"] for _ in range(2))
    if claimed:
        pipeline.give_up(pipeline.claim(failed), pipeline.Fault("CONTENT_REJECTED"))
        pipeline.claim(canceled)
    services.cancel(supporter, canceled)

    assert Job.objects.get(pk=canceled).charge == "FREE"
    assert tester.job(canceled).json()["job"]["status"] == "FAILED"
    assert balances(supporter) == (10, 0)
    assert faults() == []


def test_test_job_is_tried_again_as_others_are(tester, supporter):
    job_id = tester.draw().json()["jobId"]
    job = pipeline.claim(job_id)
    pipeline.give_up(job, pipeline.Fault("TIMEOUT", is_retryable=True, retry_after=0))
    assert Job.objects.get(pk=job_id).status == "QUEUED"

    pipeline.run(job_id)

    assert Job.objects.get(pk=job_id).status == "SUCCEEDED"
    assert balances(supporter) == (10, 0)
    assert faults() == []


def test_tests_and_the_real_thing_do_not_meet(program, tester):
    real = program.draw(idempotencyKey="same").json()["jobId"]
    test = tester.draw(idempotencyKey="same").json()["jobId"]

    assert real != test
    assert [program.job(test).status_code, tester.job(real).status_code] == [404, 404]
    assert [program.job(real).status_code, tester.job(test).status_code] == [200, 200]


def test_tests_have_a_daily_cap_of_their_own(supporter, program, tester, monkeypatch):
    allowed = plans.ALLOWANCES[Plan.SUPPORTER]
    few = {Plan.SUPPORTER: plans.Allowance(**{**vars(allowed), "drawings_per_day": 1})}
    monkeypatch.setattr("generations.limits.ALLOWANCES", few)

    statuses = [one.draw().status_code for one in (tester, program, tester, program)]

    assert statuses == [202, 202, 429, 429]
