"""A canceled job stops at once and costs nothing."""

import time

import pytest

from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
TIMES = 10


def test_cancel_closes_the_connection_to_the_model(stack, person, report):
    stack.model.default = Behaviour(hold_after=3)
    seconds = []
    for number in range(1, TIMES + 1):
        job = person.ask()
        assert stack.model.wait_for(lambda model: model.open_calls == 1, 10)
        call = stack.model.log[number - 1]
        assert person.credits() == 9

        asked = time.time()
        reply = person.cancel(job)

        assert reply.status == 200, reply.body
        shown = reply.json["job"]
        assert (shown["status"], shown["errorCode"]) == ("FAILED", "CANCELED")
        assert person.credits() == 10
        assert stack.model.wait_for(lambda model, call=call: call.closed_at, 3)
        seconds.append(call.closed_at - asked)
        assert stack.events(job)[-1][1] == "CANCELED"
        assert stack.entries(job) == ["capture", "refund"]

    report(f"cancel to closed connection: max {max(seconds):.3f} s of {TIMES}")
    assert max(seconds) <= 1
    assert person.cancel(job).json["job"]["status"] == "FAILED"
    assert stack.entries(job) == ["capture", "refund"]
    assert stack.model.calls == TIMES
    assert stack.audit()[0] == 0


def test_cancel_of_a_finished_or_foreign_job_is_refused(stack, person):
    job = person.ask()
    assert stack.wait_ended(job) == ["SUCCEEDED"]

    finished, foreign = person.cancel(job), stack.person().cancel(job)

    assert finished.status == 409
    assert (foreign.status, foreign.json) == (404, {"error": "Generation job not found"})
    assert person.credits() == 9
