"""A process that is well, and cannot get through to what it needs."""

import time

import pytest

from tests.faults.harness import only_worker, seconds_since, through_postgres
from tests.faults.proxy import Proxy
from tests.model_server import ANSWER, Behaviour

pytestmark = pytest.mark.slow
COMES_BACK = 40  # seconds: mostly a pause of 3, a wait of 4 for the pool, one of 6 for an answer
LATE = ANSWER.replace("#c55a30", "#123456")
DRAWINGS = "SELECT svg FROM generations_generation WHERE storage_key = %s"


@pytest.mark.ci
def test_worker_parted_from_postgres_is_replaced_and_comes_back(brisk, report):
    person = brisk.person()
    with brisk.postgres_proxy() as way:
        parted = only_worker(brisk, **through_postgres(way))
        brisk.model.script(Behaviour(hold_after=3, answer=LATE))
        job = person.ask()
        assert brisk.model.wait_for(lambda model: model.open_calls == 1, 30)
        way.part()
        since = time.monotonic()
        other = brisk.start_worker()
        assert brisk.wait_ended(job, seconds=60) == ["SUCCEEDED"]
        report(f"taken over and ended {seconds_since(since)} s after the parting")
        log = brisk.events(job)

        brisk.model.release()
        time.sleep(0.5)  # the late answer is whole at its worker, who cannot store it
        brisk.kill(other)
        way.mend()
        let_go = f"job.let_go job={job} attempt=1"
        assert brisk.wait_for(lambda: let_go in brisk.logs(parted), COMES_BACK)

        assert brisk.events(job) == log
        assert brisk.entries(job) == ["capture"]
        assert "#123456" not in brisk.value(DRAWINGS, brisk.key_of(job))
        mended = time.monotonic()
        assert brisk.wait_ended(person.ask(), seconds=60) == ["SUCCEEDED"]
        report(f"it ended another job {seconds_since(mended)} s after that")
    assert brisk.audit()[0] == 0


@pytest.mark.ci
def test_model_that_breaks_off_is_asked_again_and_one_that_is_away_costs_nothing(brisk, report):
    person = brisk.person()
    with Proxy.to_port(brisk.model.port) as way:
        only_worker(brisk, OPENAI_BASE_URL=f"http://127.0.0.1:{way.port}/v1")
        brisk.model.script(Behaviour(hold_after=3))
        broken = person.ask()
        assert brisk.model.wait_for(lambda model: model.open_calls == 1, 30)

        way.cut()
        assert brisk.wait_for(lambda: brisk.job(broken)["error_code"], 20)
        way.mend()
        assert brisk.wait_ended(broken, seconds=60) == ["SUCCEEDED"]

        way.cut()
        began = time.monotonic()
        never = person.ask()
        assert brisk.wait_ended(never, seconds=60) == ["FAILED"]

    told = person.job(never).json
    report(f"{told['job']['errorCode']} after {seconds_since(began)} s")
    assert told["job"]["errorMessage"].endswith("You were not charged.")
    assert (brisk.job(broken)["attempt"], brisk.job(never)["attempt"]) == (2, 3)
    assert brisk.entries(broken) == ["capture"]
    assert brisk.entries(never) == ["capture", "refund"]
    assert told["credits"] == person.credits() == 9
    assert brisk.model.calls == 2
    assert brisk.audit()[0] == 0
