"""Workers killed, paused and asked to end while they draw."""

import json
import os
import signal
import time

import pytest

from tests.faults.harness import seconds_since
from tests.model_server import ANSWER, Behaviour

pytestmark = pytest.mark.slow
HELD = Behaviour(hold_after=3)
DRAWN = ["capture"]
PICK_UP = 15  # seconds
# where a worker dies, and how many model calls the job costs in all
STAGES = {
    "claimed": 1,  # charged; the model was not asked yet
    "speaking": 2,
    "spoken": 2,  # the answer is whole, and not stored
    "stored": 1,  # the answer is stored, the stage is not
    "committing": 1,  # the drawing is made safe; its transaction is open
    "copying": 1,  # all is committed but the copy for delivery
}
TAKEN_UP = """SELECT extract(epoch FROM max(at) - %s)::float FROM generations_jobevent
              WHERE job_id = ANY(%s) AND stage = 'drawing'"""
NOT_COPIED = """SELECT count(*) FROM generations_generation
                JOIN generations_job ON generation_id = generations_generation.id
                WHERE stored_at IS NULL AND generations_job.id = ANY(%s)"""
# PostgreSQL would still carry out a dead worker's last statement, once it gets its lock
FORGET = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
ANSWERED = "SELECT count(*) FROM generations_attempt WHERE job_id = %s AND outcome = 'answered'"
LATE = ANSWER.replace("#c55a30", "#123456")


def calls_are_open(stack, count):
    return stack.model.wait_for(lambda model: model.open_calls == count, 30)


def drawings_of(stack, person):
    query = """SELECT svg FROM generations_generation
               JOIN accounts_user ON user_id = accounts_user.id WHERE email = %s"""
    return [row["svg"] for row in stack.rows(query, person.email)]


def test_death_of_a_worker_costs_no_job_in_any_stage(stack, report):
    """It dies with six jobs, each somewhere else; who takes over starts then."""
    people = {stage: stack.person() for stage in STAGES}
    doomed = stack.workers[0]
    with stack.holding() as locks:
        jobs = bring_to_their_stages(stack, people, locks)
        stack.kill(doomed)
        killed = stack.value("SELECT clock_timestamp()")
        stack.rows(FORGET)
    stack.home.root.joinpath("files", stack.key_of(jobs["copying"])).unlink()
    stack.start_worker()

    assert stack.wait_ended(*jobs.values(), seconds=60) == ["SUCCEEDED"] * len(STAGES)
    taken = stack.value(TAKEN_UP, killed, list(jobs.values()))
    report(f"all five taken up again within {taken:.2f} s of the kill")
    assert taken <= PICK_UP
    assert stack.wait_for(lambda: not stack.value(NOT_COPIED, list(jobs.values())), 40)
    assert {stage: stack.job(job)["attempt"] for stage, job in jobs.items()} == {
        stage: 1 if stage == "copying" else 2 for stage in STAGES
    }
    bodies = [json.dumps(call.body) for call in stack.model.log]
    calls = {stage: sum(f"a fox, {stage}." in body for body in bodies) for stage in STAGES}
    report(f"model calls: {calls}")
    assert calls == STAGES
    assert [stack.entries(job) for job in jobs.values()] == [DRAWN] * len(jobs)
    assert [len(drawings_of(stack, person)) for person in people.values()] == [1] * len(jobs)
    assert stack.audit()[0] == 0


def bring_to_their_stages(stack, people, locks):
    """Jobs by their stages, while `locks` holds what it holds."""
    jobs = {}

    def ask(stage, *behaviour):
        stack.model.script(*behaviour)
        jobs[stage] = people[stage].ask(prompt=f"a fox, {stage}.")

    ask("copying", HELD)
    assert calls_are_open(stack, 1)
    pipe = stack.home.root / "files" / stack.key_of(jobs["copying"])
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)  # who writes waits for a reader, and there is none
    stack.model.release()
    assert stack.wait_ended(jobs["copying"]) == ["SUCCEEDED"]

    ask("speaking", Behaviour(first_delay=90))
    assert calls_are_open(stack, 1)  # what is scripted next is not for this call
    ask("stored", HELD)
    assert calls_are_open(stack, 2)
    feed = "SELECT FROM generations_feed WHERE user_id = %s FOR UPDATE"
    locks.execute(feed, [stack.job(jobs["stored"])["user_id"]])
    stack.model.release()
    assert stack.wait_for(lambda: stack.value(ANSWERED, jobs["stored"]), 20)

    ask("spoken", HELD)
    assert calls_are_open(stack, 2)
    locks.execute("LOCK TABLE generations_generation IN SHARE MODE")
    ask("committing")
    assert stack.wait_for(lambda: stack.waiting_to_store() == 1, 20)
    locks.execute("LOCK TABLE generations_attempt IN SHARE MODE")
    ask("claimed")
    assert stack.wait_for(lambda: stack.waiting_for("generations_attempt") == 1, 20)
    stack.model.release()
    assert stack.wait_for(lambda: stack.waiting_for("generations_attempt") == 2, 20)
    running = {stage: stack.status(job) for stage, job in jobs.items() if stage != "copying"}
    assert set(running.values()) == {"RUNNING"}
    return jobs


def test_worker_paused_past_its_lease_changes_nothing_when_it_wakes(brisk, report):
    person = brisk.person()
    paused = brisk.workers[0]
    brisk.model.script(Behaviour(hold_after=3, answer=LATE))
    job = person.ask()
    assert calls_are_open(brisk, 1)
    brisk.start_worker()

    brisk.kill(paused, signal.SIGSTOP)
    stopped = time.monotonic()
    assert brisk.wait_ended(job, seconds=60) == ["SUCCEEDED"]
    report(f"taken over and ended {seconds_since(stopped)} s after the pause began")
    log = brisk.events(job)
    brisk.model.release()  # the late answer is there, whole, before its worker looks
    brisk.kill(paused, signal.SIGCONT)
    assert brisk.wait_for(lambda: f"job.let_go job={job} attempt=1" in brisk.logs(paused), 20)

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
        assert brisk.wait_for(lambda: brisk.waiting_to_store() == 1, 20)
        brisk.kill(paused, signal.SIGSTOP)
    stopped = time.monotonic()
    brisk.start_worker()

    assert brisk.wait_ended(job, seconds=60) == ["SUCCEEDED"]
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
    jobs = [one.ask() for one in (stack.person(), stack.person()) for _ in range(10)]
    assert calls_are_open(stack, 20)
    stack.start_worker()

    stack.kill(ending, signal.SIGTERM)
    asked = time.monotonic()
    time.sleep(1)
    stack.model.default = Behaviour()
    later = person.ask()
    assert stack.wait_ended(later, seconds=60) == ["SUCCEEDED"]  # by the other one
    stack.model.release()

    assert stack.wait_ended(*jobs, seconds=60) == ["SUCCEEDED"] * 20
    report(f"20 jobs ended {seconds_since(asked)} s after SIGTERM, {stack.model.calls - 1} calls")
    assert stack.wait_end(ending, 10) == 0
    report(f"process ended {seconds_since(asked)} s after SIGTERM")
    assert stack.model.calls == 21
    assert [stack.entries(job) for job in jobs] == [DRAWN] * 20
    assert stack.audit()[0] == 0


def test_worker_whose_time_to_end_is_over_hands_the_rest_on(brisk, report):
    """Ten of its twenty jobs end before its supervisor kills it."""
    ending = brisk.workers[0]
    brisk.model.script(*[HELD] * 10, *[Behaviour(first_delay=90)] * 10)
    jobs = [one.ask() for one in (brisk.person(), brisk.person()) for _ in range(10)]
    assert calls_are_open(brisk, 20)
    brisk.start_worker()

    brisk.kill(ending, signal.SIGTERM)
    brisk.model.release()
    assert calls_are_open(brisk, 10)
    assert brisk.wait_end(ending, 2) is None
    assert sorted(brisk.wait_ended(*jobs, seconds=0)) == ["RUNNING"] * 10 + ["SUCCEEDED"] * 10
    brisk.kill(ending)
    killed = time.monotonic()

    assert brisk.wait_ended(*jobs, seconds=60) == ["SUCCEEDED"] * 20
    report(f"10 of 20 jobs ended by another worker {seconds_since(killed)} s after the kill")
    assert brisk.model.calls == 30
    assert [brisk.entries(job) for job in jobs] == [DRAWN] * 20
    assert brisk.audit()[0] == 0
