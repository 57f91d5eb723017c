"""Valkey away, frozen and emptied: it wakes workers up and pushes news, and is never the truth."""

import signal
import time

import pytest

from tests.faults.harness import seconds_since
from tests.faults.people import at_once, p99
from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
SUBMITS = 10
AWAY = 20  # seconds
BACK = 40  # seconds after its return in which everything has ended
PROMPT = 5  # seconds that no answer takes, whatever Valkey does


def submit_all(stack, people):
    replies = [person.submit() for person in people for _ in range(SUBMITS // len(people))]
    assert {reply.status for reply in replies} == {202}
    return [reply.json["job"]["id"] for reply in replies], [reply.seconds for reply in replies]


@pytest.mark.ci
def test_everything_but_drawing_goes_on_without_valkey(stack, report):
    """Ten people ask ten times each, over twenty seconds."""
    people = at_once([stack.person] * 10)
    gone = time.monotonic()
    stack.valkey.stop()

    jobs, seconds = [], []
    for number in range(10):
        asked = submit_all(stack, people)
        jobs, seconds = jobs + asked[0], seconds + asked[1]
        time.sleep(max(0, gone + AWAY / 10 * (number + 1) - time.monotonic()))
    began = time.monotonic()
    people[0].elsewhere()
    report(f"sign-in without valkey {seconds_since(began)} s")
    asked = people[0].job(jobs[0])

    report(f"submit without valkey: p99 {p99(seconds):.3f} s of {len(seconds)}")
    assert max(seconds) < PROMPT
    assert (asked.status, asked.json["job"]["status"]) == (200, "QUEUED")
    assert people[0].get("/ready").json["redis"] == "disconnected"

    stack.valkey.start()
    back = time.monotonic()
    report(f"valkey was away for {seconds_since(gone)} s")
    assert set(stack.wait_ended(*jobs, seconds=BACK)) == {"SUCCEEDED"}
    report(f"{len(jobs)} jobs ended {seconds_since(back)} s after its return")
    assert stack.model.calls == len(jobs)
    assert stack.audit()[0] == 0


def test_frozen_valkey_holds_no_request_up(stack, report):
    people = [stack.person(), stack.person()]
    people[0].ask()
    stack.valkey.process.send_signal(signal.SIGSTOP)
    try:
        jobs, seconds = submit_all(stack, people)
        signed_in = time.monotonic()
        people[0].elsewhere()
        report(f"sign-in with valkey frozen {seconds_since(signed_in)} s")
    finally:
        stack.valkey.process.send_signal(signal.SIGCONT)
    back = time.monotonic()

    report(f"submit with valkey frozen: p99 {p99(seconds):.3f} s of {len(seconds)}")
    assert stack.wait_ended(*jobs, seconds=BACK) == ["SUCCEEDED"] * SUBMITS
    report(f"{SUBMITS} jobs ended {seconds_since(back)} s after it went on")
    assert max(seconds) < PROMPT


def test_emptied_valkey_loses_no_job(stack, report):
    """Ten wait in the queue when it is emptied, one is being drawn."""
    person, other = stack.person(), stack.person()
    stack.model.script(Behaviour(hold_after=3))
    drawn = other.ask()
    assert stack.model.wait_for(lambda model: model.open_calls == 1, 30)
    stack.kill(stack.workers[0], signal.SIGSTOP)
    jobs = [person.ask() for _ in range(10)]

    stack.redis().flushall()
    emptied = time.monotonic()
    stack.kill(stack.workers[0], signal.SIGCONT)
    stack.model.release()

    assert stack.wait_ended(drawn, *jobs, seconds=60) == ["SUCCEEDED"] * 11
    report(f"all ended {seconds_since(emptied)} s after FLUSHALL")
    began = time.monotonic()
    assert stack.wait_ended(other.ask(), seconds=10) == ["SUCCEEDED"]
    report(f"a job asked for afterwards took {seconds_since(began)} s")
    assert stack.audit()[0] == 0
