"""The web process killed at the worst moment."""

import time

import pytest

from tests.faults.harness import seconds_since, through_valkey

pytestmark = pytest.mark.slow


def test_job_whose_wake_up_never_left_is_drawn(brisk, report):
    """The web process dies between the commit and the wake-up, which is on its way to Valkey."""
    person = brisk.person()
    with brisk.valkey_proxy() as way:
        brisk.restart("web", **through_valkey(way))
        assert brisk.wait_ended(person.ask()) == ["SUCCEEDED"]
        way.part()
        job = person.ask()
        brisk.kill("web")
        way.cut()
    killed = time.monotonic()

    row = brisk.job(job)
    assert (row["status"], row["woken_at"] is None) == ("QUEUED", False)  # all believe it was sent
    assert brisk.redis().llen("drawings") == 0
    assert brisk.model.calls == 1
    assert brisk.wait_ended(job, seconds=60) == ["SUCCEEDED"]
    report(f"ended {seconds_since(killed)} s after the kill")
    brisk.restart("web")
    assert person.job(job).json["job"]["status"] == "SUCCEEDED"
    assert brisk.model.calls == 2
    assert brisk.audit()[0] == 0
