"""A canceled job stops at once and costs nothing."""

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.people import at_once
from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
TIMES = 100
PEOPLE = 10
AT_ONCE = 5
ENTRIES = """SELECT string_agg(kind, ' ' ORDER BY id) AS kinds
             FROM credits_entry WHERE reference = ANY(%s) GROUP BY reference"""


def calls_by_job(stack, prompts):
    """The model's call of each job, by what was asked for."""
    texts = {call.number: json.dumps(call.body) for call in stack.model.log}
    by_number = {call.number: call for call in stack.model.log}
    found = {
        job: [by_number[number] for number, text in texts.items() if prompt in text]
        for job, prompt in prompts.items()
    }
    assert {len(calls) for calls in found.values()} == {1}
    return {job: calls[0] for job, calls in found.items()}


def test_cancel_closes_the_connection_to_the_model(stack, report):
    """A hundred are being drawn; each is canceled on its own."""
    stack.model.default = Behaviour(hold_after=3)
    people = at_once([stack.person] * PEOPLE)
    orders = [(person, f"fox number {n:03}.") for n, person in enumerate(people * 10)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        jobs = list(pool.map(lambda order: order[0].ask(prompt=order[1]), orders))
    assert stack.model.wait_for(lambda model: model.open_calls == TIMES, 30)
    calls = calls_by_job(stack, dict(zip(jobs, (text for _, text in orders), strict=True)))
    assert {person.credits() for person in people} == {0}

    def cancel(order):
        (person, _), job = order
        return time.time(), person.cancel(job)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        canceled = list(pool.map(cancel, zip(orders, jobs, strict=True)))

    told = [(reply.status, reply.json["job"]) for _, reply in canceled]
    assert {(code, job["status"], job["errorCode"]) for code, job in told} == {
        (200, "FAILED", "CANCELED")
    }
    assert stack.model.wait_for(lambda model: not model.open_calls, 20)
    seconds = [calls[job].closed_at - at for job, (at, _) in zip(jobs, canceled, strict=True)]
    report(f"cancel to closed connection: max {max(seconds):.3f} s of {len(seconds)}")
    assert statistics.median(seconds) <= 1
    assert max(seconds) <= 10  # of a hundred at once, beside other tests
    assert {person.credits() for person in people} == {10}
    assert people[0].cancel(jobs[0]).json["job"]["status"] == "FAILED"
    kinds = stack.rows(ENTRIES, [f"job:{job}" for job in jobs])
    assert [row["kinds"] for row in kinds] == ["capture refund"] * TIMES
    assert {stack.events(job)[-1][1] for job in jobs} == {"CANCELED"}
    assert stack.model.calls == TIMES
    assert stack.audit()[0] == 0


def test_cancel_of_a_finished_or_foreign_job_is_refused(stack, person):
    job = person.ask()
    assert stack.wait_ended(job) == ["SUCCEEDED"]

    finished, foreign = person.cancel(job), stack.person().cancel(job)

    assert finished.status == 409
    assert (foreign.status, foreign.json) == (404, {"error": "Generation job not found"})
    assert person.credits() == 9
