"""The first of two servers dies under load, and the other one stands in."""

import signal
import time
from collections import Counter
from contextlib import ExitStack
from statistics import median

import pytest

from chatsvg.addresses import place
from tests.faults.harness import seconds_since
from tests.faults.pair import TimedTraffic, running_pair
from tests.faults.people import at_once, p99
from tests.model_server import Behaviour
from tests.realtime.socketio.clients import Client, jar

pytestmark = [pytest.mark.slow, pytest.mark.ci]
UNNOTICED = 4.0  # seconds until somebody, or something, promotes the standby
BOUND = 15.0  # three times the five seconds that are promised after it


@pytest.fixture
def pair():
    with running_pair(LEASE_SECONDS="3", SWEEP_SECONDS="1") as running:
        yield running


@pytest.fixture
def client(pair):
    """Starts Socket.IO clients of people; they end with the test."""
    with ExitStack() as clients:

        def start(person) -> Client:
            return clients.enter_context(Client(pair.url, jar(person))).wait_ready()

        yield start


def crowd(pair, many=3):
    """People with credits for hundreds of drawings."""
    people = at_once([pair.person] * many)
    told = pair.manage("set_plan", "%", "SUPPORTER", "--reason", "load")  # 60 a minute
    told = pair.manage("grant_credits", "%", "200", "--reason", "load") or told
    assert told.returncode == 0, told.stdout
    return people


def asks(person):
    """Requests of all kinds, each of which reads or writes the database."""

    def submit():
        time.sleep(0.2)
        return person.submit()

    return [
        submit,
        lambda: person.get("/auth/current-user"),
        lambda: person.get("/user/generations"),
        lambda: person.get("/ready"),
    ]


def accepted(traffic) -> list[str]:
    return [reply.json["job"]["id"] for reply in traffic.replies if reply.status == 202]


def test_standby_takes_the_place_of_a_killed_primary(pair, client, report):
    people = crowd(pair)
    assert pair.wait_ended(people[0].ask()) == ["SUCCEEDED"]
    pair.model.script(*[Behaviour(hold_after=3)] * 2)
    held = [people[2].ask(), people[2].ask()]
    assert pair.model.wait_for(lambda model: model.open_calls == 2, 10)
    watching, page = people[2].socket(), client(people[2])

    with TimedTraffic(*asks(people[0]), *asks(people[1])) as traffic:
        time.sleep(1)
        pair.primary.kill()
        killed = time.monotonic()
        time.sleep(UNNOTICED)
        pair.fail_over()
        promoted = time.monotonic()
        report(f"promoted {promoted - killed:.2f} s after the kill")
        pair.model.release()
        time.sleep(8)

    told = Counter(reply.status for reply in traffic.replies)
    report(f"answers by status: {dict(told)}")
    assert traffic.faults == []
    assert set(told) <= {200, 202, 402, 503}
    late = traffic.last(503, promoted)
    report(f"last 503 {late:.2f} s after the promotion")
    assert late < BOUND
    assert {reply.status for reply in traffic.since(promoted + BOUND / 2)} <= {200, 202, 402}

    jobs = [*held, *accepted(traffic)]
    assert pair.wait_ended(*jobs, seconds=60) == ["SUCCEEDED"] * len(jobs)
    report(f"{len(jobs)} jobs ended after {seconds_since(promoted)} s, {pair.model.calls} calls")
    new = people[2].ask()
    assert pair.wait_ended(new, seconds=15) == ["SUCCEEDED"]
    for job in (*held, new):
        assert watching.wait_end(job)
        assert statuses(page.wait_end(job, times=2)) == ["SUCCEEDED"] * 2
    assert watching.close_code is None
    assert page.all("disconnect") == []
    assert pair.wait_for(lambda: pair.value(BEATS) >= 2, 40)  # worker and upkeep live on
    assert not any(map(pair.has_ended, pair.names))
    code, said = pair.audit()
    assert code == 0, said


BEATS = "SELECT count(*) FROM chatsvg_processbeat WHERE seen_at > now() - interval '30 seconds'"


def test_second_redis_stands_in_for_a_killed_one(pair, client, report):
    people = crowd(pair)
    watching, streaming = people[2].socket(), people[2].stream()
    page = client(people[2])
    assert pair.wait_ended(people[2].ask()) == ["SUCCEEDED"]
    first, second = pair.valkeys

    with TimedTraffic(*asks(people[0]), *asks(people[1])) as traffic:
        time.sleep(1)
        first.kill()
        killed = time.monotonic()
        time.sleep(8)
    told = Counter(reply.status for reply in traffic.replies)
    report(f"answers by status: {dict(told)}, slowest {slowest(traffic):.2f} s")
    assert traffic.faults == []
    assert set(told) <= {200, 202, 402}
    jobs = accepted(traffic)
    assert pair.wait_ended(*jobs, seconds=60) == ["SUCCEEDED"] * len(jobs)
    report(f"{len(jobs)} jobs ended {seconds_since(killed)} s after the kill at the latest")
    report(f"a new job without the first: {watched(pair, people[2], watching, page)}")
    swept = scheduled(pair)
    assert pair.wait_for(lambda: scheduled(pair) > swept, 60)  # beat goes on

    first.start()
    back = time.monotonic()
    assert pair.wait_for(lambda: all(has_turned_back(pair, name) for name in consumers(pair)), 30)
    report(f"workers are at the first again {seconds_since(back)} s after its return")
    report(f"a new job with both: {watched(pair, people[2], watching, page)}")
    assert pair.lines("broker.redis_back")  # it went by the first
    second.kill()
    report(f"a new job without the second: {watched(pair, people[2], watching, page)}")
    assert streaming.wait_for(lambda one: one.ids == watching.ids)
    assert watching.close_code is None
    assert page.all("disconnect") == []
    assert pair.lines("Unexpected exception in receive task") == []
    assert len(pair.lines("viewers.redis_away")) <= 2
    assert not any(map(pair.has_ended, pair.names))
    code, said = pair.audit()
    assert code == 0, said


def slowest(traffic) -> float:
    return max(reply.seconds for reply in traffic.replies)


def consumers(pair) -> list[str]:
    return [name for name in pair.names if name == "upkeep" or name in pair.workers]


def has_turned_back(pair, name) -> bool:
    first = place(pair.valkeys[0].url)
    return f"broker.turned server={first}" in pair.logs(name)


def scheduled(pair) -> int:
    """How often a task ran that beat alone sends."""
    return pair.logs("upkeep").count("task=generations.sweep")


def statuses(payloads) -> list[str]:
    return [payload["status"] for payload in payloads]


def watched(pair, person, socket, page) -> str:
    """How long a job takes until it has ended, and until its person hears of it."""
    began = time.monotonic()
    job = person.ask()
    assert pair.wait_ended(job, seconds=30) == ["SUCCEEDED"]
    ended = seconds_since(began)
    assert socket.wait_end(job, 10)
    page.wait_end(job, seconds=10)
    return f"ended after {ended} s, heard of after {seconds_since(began)} s"


PAGES = 100


def test_hanging_redis_does_not_slow_pages_once_the_breakers_are_open(pair, report):
    pair.restart("web", RATELIMIT_ENABLED="true")
    person = pair.person()
    usual = [page(person) for _ in range(PAGES)]
    for one in pair.valkeys:
        one.process.send_signal(signal.SIGSTOP)
    try:
        opening = []
        while len(left_alone(pair)) < 4 and len(opening) < 500:  # two uses of two servers
            opening.append(page(person))
        hanging = [page(person) for _ in range(2 * PAGES)]
        submitted = person.submit()
    finally:
        for one in pair.valkeys:
            one.process.send_signal(signal.SIGCONT)

    assert pair.wait_for(lambda: page(person) and pair.lines("ratelimit.redis_back"), 20)
    usual += [page(person) for _ in range(PAGES)]
    ratio = p99(hanging) / p99(usual)
    report(f"{len(opening)} pages until the breakers were open, the slowest {max(opening):.2f} s")
    report(
        f"p99 of pages {p99(usual):.3f} s, with Redis hanging {p99(hanging):.3f} s: {ratio:.2f} ×"
    )
    report(f"median {median(usual):.3f} s, with Redis hanging {median(hanging):.3f} s")
    assert ratio < 5
    assert submitted.status == 202
    assert pair.wait_ended(submitted.json["job"]["id"], seconds=40) == ["SUCCEEDED"]
    figures = person.fetch(f"{pair.url}/metrics").body.decode()
    assert "chatsvg_redis_breakers{server=" in figures


def left_alone(pair) -> list[str]:
    uses = ("gallery.redis_away", "ratelimit.redis_away")
    return [line for line in pair.logs("web").splitlines() if any(use in line for use in uses)]


def page(person) -> float:
    """Seconds of two answers that ask Redis: requests are counted, the gallery has its stamp."""
    replies = [person.get("/svg/public?limit=50"), person.fetch("/gallery")]
    assert {reply.status for reply in replies} == {200}
    return sum(reply.seconds for reply in replies)
