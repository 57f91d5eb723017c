"""Workers killed, paused and asked to end while they draw."""

import signal
import time

import pytest

from tests.faults.harness import running_stack, seconds_since
from tests.model_server import ANSWER, Behaviour

pytestmark = pytest.mark.slow
HELD = Behaviour(hold_after=3)
DRAWN = ["capture"]
LATE = ANSWER.replace("#c55a30", "#123456")


@pytest.fixture(scope="module")
def brisk_processes():
    with running_stack(LEASE_SECONDS="3", SWEEP_SECONDS="1") as stack:
        yield stack


@pytest.fixture
def brisk(brisk_processes):
    """Another installation, where a lost lease is noticed sooner: where its length is no figure."""
    brisk_processes.make_whole()
    return brisk_processes


def calls_are_open(stack, count):
    return stack.model.wait_for(lambda model: model.open_calls == count, 10)


def drawings_of(stack, person):
    query = """SELECT svg FROM generations_generation
               JOIN accounts_user ON user_id = accounts_user.id WHERE email = %s"""
    return [row["svg"] for row in stack.rows(query, person.email)]


def test_worker_killed_while_the_model_speaks_is_replaced(stack, person, report):
    first = stack.workers[0]
    stack.model.script(HELD)
    job = person.ask()
    assert calls_are_open(stack, 1)
    stack.start_worker()

    stack.kill(first)
    killed = time.monotonic()
    assert stack.wait_for(lambda: stack.job(job)["attempt"] == 2, 15)
    report(f"taken up again {seconds_since(killed)} s after the kill")

    assert stack.wait_ended(job, seconds=5) == ["SUCCEEDED"]
    report(f"ended {seconds_since(killed)} s after it, {stack.model.calls} model calls")
    assert stack.model.calls == 2
    assert stack.entries(job) == DRAWN
    assert person.credits() == 9
    assert stack.audit()[0] == 0


def test_answer_of_a_killed_worker_is_not_paid_for_again(brisk, report):
    """The only worker dies when the answer is stored and the drawing is not."""
    person = brisk.person()
    name = brisk.workers[0]
    with brisk.no_drawing_can_be_stored():
        job = person.ask()
        assert brisk.wait_for(lambda: brisk.waiting_to_store() == 1, 10)
        assert brisk.job(job)["stage"] == "answered"
        brisk.kill(name)
    killed = time.monotonic()
    brisk.restart(name)

    assert brisk.wait_ended(job, seconds=20) == ["SUCCEEDED"]
    report(f"ended {seconds_since(killed)} s after the kill, {brisk.model.calls} model calls")
    assert brisk.model.calls == 1
    assert brisk.entries(job) == DRAWN
    assert len(drawings_of(brisk, person)) == 1
    assert brisk.audit()[0] == 0


def test_worker_paused_past_its_lease_changes_nothing_when_it_wakes(brisk, report):
    person = brisk.person()
    paused = brisk.workers[0]
    brisk.model.script(Behaviour(hold_after=3, answer=LATE))
    job = person.ask()
    assert calls_are_open(brisk, 1)
    brisk.start_worker()

    brisk.kill(paused, signal.SIGSTOP)
    stopped = time.monotonic()
    assert brisk.wait_ended(job, seconds=16) == ["SUCCEEDED"]
    report(f"taken over and ended {seconds_since(stopped)} s after the pause began")
    log = brisk.events(job)
    brisk.model.release()  # the late answer is there, whole, before its worker looks
    brisk.kill(paused, signal.SIGCONT)
    assert brisk.wait_for(lambda: f"job.let_go job={job} attempt=1" in brisk.logs(paused), 5)

    assert brisk.events(job) == log
    assert brisk.entries(job) == DRAWN
    drawings = drawings_of(brisk, person)
    assert len(drawings) == 1
    assert "#123456" not in drawings[0]
    assert brisk.audit()[0] == 0


def test_worker_paused_inside_a_transaction_holds_nobody_up(brisk, report):
    """Paused between two statements it would keep its row locked for as long as it stands."""
    person = brisk.person()
    paused = brisk.workers[0]
    with brisk.no_drawing_can_be_stored():
        job = person.ask()
        assert brisk.wait_for(lambda: brisk.waiting_to_store() == 1, 10)
        brisk.kill(paused, signal.SIGSTOP)
    stopped = time.monotonic()
    brisk.start_worker()

    assert brisk.wait_ended(job, seconds=25) == ["SUCCEEDED"]
    report(f"taken over and ended {seconds_since(stopped)} s after the pause began")
    brisk.kill(paused, signal.SIGCONT)

    time.sleep(1)  # for what it may do now
    assert brisk.model.calls == 1
    assert len(drawings_of(brisk, person)) == 1
    assert brisk.entries(job) == DRAWN
    assert brisk.audit()[0] == 0


def test_worker_asked_to_end_finishes_what_it_began(stack, person, report):
    ending = stack.workers[0]
    stack.model.default = HELD
    jobs = [person.ask() for _ in range(5)]
    assert calls_are_open(stack, 5)
    stack.start_worker()

    stack.kill(ending, signal.SIGTERM)
    asked = time.monotonic()
    time.sleep(1)
    stack.model.default = Behaviour()
    later = person.ask()
    assert stack.wait_ended(later, seconds=15) == ["SUCCEEDED"]  # by the other one
    stack.model.release()

    assert stack.wait_ended(*jobs, seconds=20) == ["SUCCEEDED"] * 5
    report(f"5 jobs ended {seconds_since(asked)} s after SIGTERM, {stack.model.calls - 1} calls")
    assert stack.wait_end(ending, 10) == 0
    report(f"process ended {seconds_since(asked)} s after SIGTERM")
    assert stack.model.calls == 6
    assert [stack.entries(job) for job in jobs] == [DRAWN] * 5
    assert stack.audit()[0] == 0
