"""A line that grows because nobody draws: who is refused, who is not, and how it ends."""

import re
import signal
import time

import pytest

from tests.faults.harness import running_stack

pytestmark = pytest.mark.ci
FULL = 3  # seconds


@pytest.fixture
def stack():
    limits = {"QUEUE_SLOW_SECONDS": "1", "QUEUE_FULL_SECONDS": str(FULL)}
    with running_stack(RATELIMIT_ENABLED="true", **limits) as stack:
        yield stack


def shedding(person) -> str:
    told = person.fetch("/metrics").body.decode()
    return re.search(r"^chatsvg_load_shedding (\S+)", told, re.MULTILINE)[1]


def retry_after(reply) -> int:
    return int(reply.headers["retry-after"])


def test_stopped_worker_costs_free_drawings_their_place_until_it_goes_on(stack, report):
    free, payer = stack.person(), stack.person()
    assert not stack.manage("set_plan", payer.email, "SUPPORTER", "--reason", "test").returncode
    (worker,) = stack.workers
    stack.kill(worker, signal.SIGSTOP)

    waiting = free.submit("first").json["job"]["id"]
    assert retry_after(free.job(waiting)) == 2
    time.sleep(FULL + 1.5)

    refused = free.submit("second")
    assert (refused.status, refused.json["errorCode"]) == (503, "OVERLOADED")
    assert 10 <= retry_after(refused) <= 60
    assert free.credits() == 9  # the first one's
    assert free.submit("first").json["job"]["id"] == waiting
    assert retry_after(free.job(waiting)) > 6
    paid = payer.ask()
    assert shedding(free) == "2.0"
    assert stack.audit()[0] == 0

    stack.kill(worker, signal.SIGCONT)
    began = time.monotonic()
    assert stack.wait_for(lambda: free.submit("second").status in (200, 202), 20)
    report(f"free drawings were taken again {time.monotonic() - began:.1f} s after the worker")
    assert stack.wait_ended(waiting, paid) == ["SUCCEEDED"] * 2
    assert shedding(free) == "0.0"
    assert stack.wait_for(lambda: free.credits() == 8, 10)
    assert stack.audit()[0] == 0
