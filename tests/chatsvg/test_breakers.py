import logging
import threading
import time

import pytest
import redis

from chatsvg import breakers, brief_redis, shared_metrics
from chatsvg.breakers import Breaker, State
from chatsvg.brief_redis import BriefRedis, Server

AWAY = redis.ConnectionError("away")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    told = Clock()
    monkeypatch.setattr(breakers, "clock", told)
    return told


@pytest.fixture
def breaker(clock):
    return Breaker("test", "somewhere:6379")


def fail(breaker, times=breakers.FAILURES):
    for _ in range(times):
        breaker.fail(AWAY)


def told(use: str) -> dict[str, float]:
    """What /metrics says of the breakers of a use, by their states."""
    samples = [one for metric in shared_metrics.read() for one in metric.samples]
    return {one.labels["state"]: one.value for one in samples if one.labels.get("use") == use}


def test_breaker_opens_at_the_third_failure(breaker):
    fail(breaker, 2)
    assert breaker.is_closed

    breaker.fail(AWAY)

    assert breaker.state is State.OPEN


def test_breaker_forgets_failures_of_a_minute_ago(breaker, clock):
    fail(breaker, 2)
    clock.now += breakers.WINDOW_SECONDS + 1

    fail(breaker, 2)

    assert breaker.is_closed


def test_breaker_counts_failures_between_answers(breaker):
    """One that answers now and then costs as many waits."""
    for _ in range(breakers.FAILURES):
        breaker.succeed()
        breaker.fail(AWAY)

    assert breaker.state is State.OPEN


def test_breaker_lets_one_ask_after_its_pause(breaker, clock):
    fail(breaker)
    clock.now += breakers.PAUSE_SECONDS

    assert [breaker.take_probe() for _ in range(3)] == [True, False, False]
    assert breaker.state is State.HALF_OPEN
    breaker.succeed()

    assert breaker.is_closed


def test_pauses_of_a_breaker_grow_to_the_longest_and_begin_anew(breaker, clock):
    fail(breaker)
    pauses = []
    for _ in range(6):
        began = clock.now
        while not breaker.take_probe():
            clock.now += 0.25
        pauses.append(clock.now - began)
        breaker.fail(AWAY)

    assert pauses == [1, 2, 4, 8, 8, 8]
    clock.now += 8
    assert breaker.take_probe()
    breaker.succeed()
    fail(breaker)
    clock.now += breakers.PAUSE_SECONDS
    assert breaker.take_probe()


def test_breaker_does_not_wait_for_a_probe_that_was_lost(breaker, clock):
    fail(breaker)
    clock.now += breakers.PAUSE_SECONDS
    assert breaker.take_probe()
    clock.now += breakers.PROBE_SECONDS

    assert breaker.take_probe()


def test_late_answer_does_not_close_an_open_breaker(breaker):
    fail(breaker)

    breaker.succeed()

    assert breaker.state is State.OPEN


def test_breaker_says_once_that_it_opened_and_once_that_it_closed(breaker, clock, caplog):
    caplog.set_level(logging.INFO, breakers.__name__)
    fail(breaker, 10)
    for _ in range(3):
        clock.now += breakers.LONGEST_SECONDS
        assert breaker.take_probe()
        breaker.fail(AWAY)
    clock.now += breakers.LONGEST_SECONDS
    assert breaker.take_probe()
    breaker.succeed()

    assert [record.getMessage() for record in caplog.records] == [
        "test.redis_away server=somewhere:6379 error=ConnectionError",
        "test.redis_back server=somewhere:6379",
    ]


def test_figures_say_how_a_breaker_stands(clock):
    breaker = Breaker("figures", "somewhere:6379")
    assert told("figures") == {"closed": 1, "open": 0, "half-open": 0}
    fail(breaker)

    assert told("figures") == {"closed": 0, "open": 1, "half-open": 0}
    assert "figures" in breakers.open_somewhere()
    clock.now += breakers.PAUSE_SECONDS
    breaker.take_probe()
    breaker.succeed()
    assert "figures" not in breakers.open_somewhere()


# --- Several servers --------------------------------------------------------------------------


class Servers(dict):
    """Answers by URL; an exception is raised."""

    def client(self, url: str):
        return lambda: self.answer(url)

    def answer(self, url: str):
        found = self[url]
        if isinstance(found, Exception):
            raise found
        return found


ONE, OTHER = "redis://one/0", "redis://other/0"


@pytest.fixture
def looked(monkeypatch):
    """The servers that were looked for, none of which is back yet but those in `looked.back`."""
    looked, others = Looked(), set(threading.enumerate())
    monkeypatch.setattr(brief_redis, "write", looked)
    monkeypatch.setattr(brief_redis, "LOOK_SECONDS", 0.01)
    yield looked
    looked.back = {ONE, OTHER}
    monkeypatch.setattr(breakers, "clock", lambda: 1e9)
    for thread in set(threading.enumerate()) - others:
        if thread.name == "redis-probe":
            thread.join(5)


class Looked(list):
    back: set[str] = set()

    def __call__(self, url: str, *, seconds: float) -> None:
        self.append(url)
        if url not in self.back:
            raise AWAY


def asking(servers: Servers) -> BriefRedis:
    return BriefRedis("several", f"{ONE},{OTHER}", servers.client)


def ask(client):
    return client()


def test_first_server_that_answers_is_asked(clock, looked):
    servers = Servers({ONE: 1, OTHER: 2})
    brief = asking(servers)

    first = brief.ask(ask)
    servers[ONE] = AWAY
    second = [brief.ask(ask) for _ in range(5)]

    assert (first, second) == (1, [2] * 5)
    servers[OTHER] = AWAY
    with pytest.raises(redis.ConnectionError):
        brief.ask(ask)


def test_server_that_is_left_alone_is_looked_for_by_a_thread_though_nobody_asks(clock, looked):
    servers = Servers({ONE: AWAY, OTHER: 2})
    brief = asking(servers)
    [brief.ask(ask) for _ in range(breakers.FAILURES)]
    servers[ONE] = 1
    assert brief.ask(ask) == 2

    clock.now += breakers.PAUSE_SECONDS
    assert wait_for(lambda: len(looked) == 1)
    looked.back = {ONE}
    clock.now += 2 * breakers.PAUSE_SECONDS

    assert wait_for(lambda: brief._servers[0].breaker.is_closed)
    assert looked == [ONE, ONE]
    assert brief.ask(ask) == 1


def test_server_is_looked_for_anew_each_time_that_it_goes(clock, looked):
    server, looked.back = Server("each", ONE), {ONE}
    for _ in range(3):
        [server.fail(AWAY) for _ in range(breakers.FAILURES)]
        assert not server.is_asked()
        clock.now += breakers.LONGEST_SECONDS

        assert wait_for(server.is_asked)


def wait_for(condition) -> bool:
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def test_what_is_told_reaches_every_server(clock):
    heard = []
    brief = BriefRedis("told", f"{ONE},{OTHER}", lambda url: url)

    assert brief.tell(lambda url: heard.append(url) or url) == ONE
    assert heard == [ONE, OTHER]
