"""`manage.py bench chaos`, for real: a small run, and the judgement of its figures."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from chatsvg.bench import verdict
from chatsvg.bench.hammer import Blow, Kind
from chatsvg.bench.model_log import Call
from chatsvg.embedded.home import PROJECT
from chatsvg.embedded.processes import wait_until

KEPT = {
    "jobs": 100,
    "terminal_pct": 100.0,
    "double_captures": 0,
    "double_generations": 0,
    "questions_answered_twice": 0,
    "longest_pickup_after_kill_s": 9.5,
    "longest_in_queue_s": 10.2,
    "kills_hitting_running_pct": 83.3,
    "audit": {"exit_code": 0, "drift": 0},
}


@pytest.fixture
def chaos():
    """A small run that was begun, and all the processes that it has started so far."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "bench", "chaos", "--smoke"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while (line := process.stderr.readline()) != "registering 10 people\n":
            assert line, process.communicate()
        yield process, psutil.Process(process.pid).children(recursive=True)
    finally:
        process.terminate()
        process.wait(60)


def has_left_nothing(process, started):
    ended = wait_until(lambda: not any(one.is_running() for one in started), 20)
    return ended and list(Path("/tmp").glob(f"chatsvg-bench-{process.pid}-*")) == []


@pytest.mark.ci
@pytest.mark.slow
def test_bench_chaos_ended_before_its_time_ends_what_it_started(chaos):
    process, started = chaos

    process.terminate()
    output, _ = process.communicate(timeout=60)

    assert process.returncode not in (0, None)
    assert output == ""
    assert has_left_nothing(process, started)


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("jobs", 99),
        ("terminal_pct", 99.9),
        ("double_captures", 1),
        ("double_generations", 1),
        ("questions_answered_twice", 1),
        ("longest_pickup_after_kill_s", 15.1),
        ("longest_pickup_after_kill_s", None),
        ("longest_in_queue_s", 15.1),
        ("kills_hitting_running_pct", 79.9),
        ("audit", {"exit_code": 1, "drift": 1}),
    ],
)
def test_verdict_names_the_broken_promise(figure, value):
    assert verdict.broken_promises(KEPT, asked=100) == []

    told = verdict.broken_promises({**KEPT, figure: value}, asked=100)

    assert told == [f"{figure} is {value}"]


def test_verdict_counts_the_calls_that_ended_with_their_process():
    kill = Blow(Kind.KILL, "worker-1", at=100.0)
    cut = Call("worker-1", 7, began_at=99.0, ended_at=None, closed_at=100.01)
    others = [
        Call("worker-2", 8, began_at=99.0, ended_at=None, closed_at=100.01),
        Call("worker-1", 9, began_at=98.0, ended_at=99.9, closed_at=None),
        Call("worker-1", 10, began_at=98.0, ended_at=None, closed_at=99.5),  # canceled before
        Call("worker-1", 11, began_at=100.5, ended_at=None, closed_at=100.9),  # of its successor
    ]

    assert verdict.cut_by(kill, [cut, *others]) == [cut]


def event(status, at, stage="waiting"):
    return {"status": status, "stage": stage, "at": at}


def test_verdict_counts_a_pick_up_from_the_last_thing_that_held_the_job_up():
    kill = Blow(Kind.KILL, "worker-1", at=100.0)
    lost = [event("RUNNING", 99.0, "drawing"), event("QUEUED", 108.0)]
    log = [*lost, event("RUNNING", 118.0, "drawing")]
    before, after = (Blow(Kind.KILL, "worker-2", at=at) for at in (104.0, 109.0))
    restarted = Blow(Kind.RESTARTED, "postgres", at=105.0)

    assert verdict.pick_up(kill, log, [kill]) == (18.0, 18.0)
    assert verdict.pick_up(kill, log, [kill, before]) == (18.0, 18.0)  # was not its worker's
    assert verdict.pick_up(kill, log, [kill, before, after]) == (9.0, 18.0)
    assert verdict.pick_up(kill, log, [kill, restarted]) == (13.0, 18.0)
    assert verdict.pick_up(kill, lost, [kill]) is None
    assert verdict.pick_up(kill, [*lost[:1], event("FAILED", 109.0)], [kill]) == (9.0, 9.0)
