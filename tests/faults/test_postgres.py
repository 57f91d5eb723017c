"""PostgreSQL restarted under load."""

import threading
import time
from collections import Counter

import pytest

from tests.faults.harness import only_worker, seconds_since, through_postgres
from tests.faults.people import at_once
from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
AWAY = 1.5  # seconds between its end and its start
LONGEST = 15  # seconds until somebody who waits is told


class Traffic:
    """People who ask without pause, each on a thread, until told to stop; all they were told."""

    def __init__(self, *asks):
        self.replies = []
        self.faults = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(ask,)) for ask in asks]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(35)

    def _run(self, ask):
        while not self._stop.wait(0.02):
            try:
                self.replies.append(ask())
            except OSError as error:
                self.faults.append(error)


def test_restart_of_postgres_is_survived_by_requests_and_workers(stack, report):
    person, other = stack.person(), stack.person()
    drawn = person.ask()
    assert stack.wait_ended(drawn) == ["SUCCEEDED"]
    stack.model.default = Behaviour(hold_after=3)
    held = [person.ask(), person.ask()]
    assert stack.model.wait_for(lambda model: model.open_calls == 2, 30)
    stack.model.default = Behaviour()

    with Traffic(lambda: person.job(drawn), other.submit, lambda: person.get("/ready")) as traffic:
        time.sleep(0.5)
        began = time.monotonic()
        stack.postgres.stop()
        time.sleep(AWAY)
        stack.postgres.start()
        report(f"postgres was away for {seconds_since(began)} s")
        time.sleep(2)

    assert traffic.faults == []
    told = Counter((reply.status, reply.is_json) for reply in traffic.replies)
    report(f"answers by status and is-JSON: {dict(told)}")
    report(f"slowest answer {max(reply.seconds for reply in traffic.replies):.2f} s")
    assert set(told) <= {(200, True), (202, True), (402, True), (503, True)}
    away = [reply for reply in traffic.replies if reply.status == 503]
    assert [r.json for r in away if "retry-after" not in r.headers and "ok" not in r.json] == []
    assert person.job(drawn).status == 200

    stack.model.release()
    back = time.monotonic()
    assert stack.wait_ended(*held, seconds=60) == ["SUCCEEDED"] * 2
    report(f"jobs that were being drawn ended {seconds_since(back)} s after the model went on")
    accepted = [reply.json["job"]["id"] for reply in traffic.replies if reply.status == 202]
    assert set(stack.wait_ended(*accepted, seconds=60)) == {"SUCCEEDED"}
    new = time.monotonic()
    assert stack.wait_ended(person.ask(), seconds=60) == ["SUCCEEDED"]
    report(f"a new job afterwards took {seconds_since(new)} s")
    assert stack.model.calls == 4 + len(accepted)
    assert stack.audit()[0] == 0


@pytest.mark.ci
def test_silent_postgres_holds_no_request_for_long(brisk, report):
    """It takes connections and statements, and never answers."""
    people = [brisk.person() for _ in range(6)]
    with brisk.postgres_proxy() as way:
        brisk.restart("web", **through_postgres(way))
        worker = only_worker(brisk, **through_postgres(way))
        brisk.model.script(Behaviour(hold_after=3))
        job = people[0].ask()
        assert brisk.model.wait_for(lambda model: model.open_calls == 1, 30)

        way.part()
        asks = [person.submit for person in people] + [lambda: people[0].job(job)]
        replies = at_once([*asks, lambda: people[0].get("/ready")])
        report(f"slowest answer {max(reply.seconds for reply in replies):.2f} s")
        assert {(reply.status, reply.is_json) for reply in replies} == {(503, True)}
        assert all(int(reply.headers["retry-after"]) > 0 for reply in replies)
        assert max(reply.seconds for reply in replies) < LONGEST

        way.mend()
        brisk.model.release()
        back = time.monotonic()
        assert brisk.wait_for(lambda: people[0].get("/ready").status == 200, 40)
        report(f"web is back {seconds_since(back)} s after postgres")
        assert brisk.wait_ended(job, people[1].ask(), seconds=60) == ["SUCCEEDED"] * 2
        report(f"jobs ended {seconds_since(back)} s after postgres was back")
        assert not brisk.has_ended(worker)
    assert brisk.audit()[0] == 0
