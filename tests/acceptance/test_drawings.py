"""CONTRACT §13, checks 3 to 9: a drawing is asked for."""

import time
from datetime import datetime

import pytest

from tests.acceptance.react import React
from tests.faults.people import at_once
from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
DOT = "Minimal outline icon of a black dot"
DOT_HASH = "d3c81241404e07b9e62a6b98b2b0a92890d33b2f9b1ec6eebe06ad685fa379a4"  # CONTRACT §6.3
PARAMETERS = {"prompt": DOT, "style": "flat", "model": "gpt-4o"}


def test_check_03_drawing_from_the_click_to_the_dialog(stack, react):
    stack.model.default = Behaviour(piece_delay=0.05)
    unread = react.unread()

    with react.live() as live:
        asked = react.submit(prompt=DOT, style="outline", model="gpt-5.2-2025-12-11")
        assert asked.status == 202
        job = asked.json["job"]["id"]
        assert asked.headers["location"] == f"/api/svg/generation-jobs/{job}"
        assert live.wait_ended(job, 20)

    said = live.of(job)
    progress = [one["progress"] for one in said if "progress" in one]
    assert progress == sorted(progress)
    assert {5, 25, 75, 85, 100} <= set(progress)
    assert said[0]["status"] in ("QUEUED", "RUNNING")
    assert said[-1]["status"] == "SUCCEEDED"
    assert said[-1]["errorCode"] is said[-1]["errorMessage"] is None

    seen = react.job(job).json
    assert seen["job"]["status"] == "SUCCEEDED"
    assert (
        seen["job"]["generation"]["id"] == seen["job"]["generationId"] == said[-1]["generationId"]
    )
    assert "<svg" in seen["job"]["generation"]["svg"]
    assert "viewBox=" in seen["job"]["generation"]["svg"]
    assert seen["credits"] == react.credits() == 9
    assert react.unread() == unread + 1


def test_check_04_signed_out_generate_sends_nothing(stack, visitor):
    jobs = "SELECT count(*) FROM generations_job"
    before = stack.value(jobs)

    refused = visitor.submit(**PARAMETERS)

    assert (refused.status, refused.json["error"]) == (401, "No token provided")
    assert stack.value(jobs) == before
    assert stack.model.calls == 0


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("", "Prompt is required"),
        ("x" * 1000, "Prompt length must be between 10 and 500 characters"),
        (" " * 10, "Prompt"),
    ],
    ids=["empty", "1000 characters", "ten blanks"],
)
def test_check_05_bad_prompt_is_told_and_costs_nothing(react, prompt, sentence):
    refused = react.submit(prompt=prompt)

    assert refused.status == 400
    assert refused.json["error"].startswith(sentence)
    assert react.credits() == 10


def test_check_06_same_key_names_the_same_job(stack, react):
    stack.model.default = Behaviour(hold_after=1)
    job = react.submit("one-key", **PARAMETERS).json["job"]["id"]

    again = react.submit("one-key", **PARAMETERS)
    assert (again.status, again.json["duplicate"], again.json["job"]["id"]) == (202, True, job)
    assert stack.wait_for(lambda: stack.model.open_calls, 30)
    stack.model.release()
    assert stack.wait_ended(job) == ["SUCCEEDED"]
    after = react.submit("one-key", **PARAMETERS)
    assert (after.status, after.json["duplicate"], after.json["job"]["id"]) == (200, True, job)

    changed = react.submit("one-key", **PARAMETERS | {"style": "outline"})
    assert changed.status == 409
    assert stack.job(job)["request_hash"] == DOT_HASH
    assert react.credits() == 9


@pytest.mark.parametrize("key", ["", "k" * 129], ids=["none", "129 characters"])
def test_check_06_key_must_be_there_and_short(react, key):
    reply = react.post("/svg/generate-svg", PARAMETERS, **{"x-idempotency-key": key})

    assert reply.status == 400
    assert "dempotency" in reply.json["error"]


def test_check_07_five_requests_on_one_credit(stack, react):
    for _ in range(9):
        react.ask(**PARAMETERS)
    assert stack.wait_for(lambda: react.credits() == 1, 15)

    replies = at_once([lambda: react.submit(**PARAMETERS)] * 5)

    assert sorted(reply.status for reply in replies) == [202, 402, 402, 402, 402]
    accepted = next(reply for reply in replies if reply.status == 202).json["job"]["id"]
    assert stack.wait_ended(accepted) == ["SUCCEEDED"]
    assert react.credits() == 0
    assert [one["data"] for one in react.told("LOW_CREDITS")] == [{"credits": 0}]


def test_check_08_failure_is_seen_within_a_second_and_costs_nothing(stack, react):
    stack.model.default = Behaviour(status=401)

    with react.live() as live:
        job = react.ask(**PARAMETERS)
        assert live.wait_ended(job, 15)
        time.sleep(2)  # the terminal event comes once more

    last = live.of(job)[-1]
    assert (last["status"], last["errorCode"]) == ("FAILED", "OPENAI_PERMISSION")
    assert {one["status"] for one in live.of(job)[-2:]} == {"FAILED"}
    seen = react.job(job).json
    assert (seen["job"]["status"], seen["credits"]) == ("FAILED", 10)
    finished = datetime.fromisoformat(seen["job"]["finishedAt"]).timestamp()
    assert live.ended_at(job) - finished < 1  # the contract's bound
    assert [one["data"]["errorCode"] for one in react.told("JOB_FAILED")] == ["OPENAI_PERMISSION"]


def test_check_09_killed_worker_leaves_no_job_running(stack, react):
    stack.model.default = Behaviour(hold_after=1)
    job = react.ask(**PARAMETERS)
    assert stack.wait_for(lambda: stack.model.calls, 30)

    stack.kill(stack.workers[0])
    stack.model.reset()
    stack.start_worker()

    assert stack.wait_ended(job, seconds=20) == ["SUCCEEDED"]
    assert react.credits() == 9
    assert stack.audit()[0] == 0


def test_waiting_client_learns_of_a_job_that_ended_before_it_came(stack, react: React):
    job = react.ask(**PARAMETERS)
    assert stack.wait_ended(job) == ["SUCCEEDED"]

    with react.live() as live:
        assert live.wait_ended(job, 2)
