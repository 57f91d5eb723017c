"""Socket.IO in several processes, and while what it stands on is away."""

import time
from datetime import datetime

import pytest

from chatsvg import roles
from chatsvg.bench.stack import free_port
from chatsvg.embedded import processes as system
from chatsvg.embedded.home import PROJECT
from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
WAYS = [{}, {"transports": ["polling"]}]
NAMES = ["default", "polling"]


@pytest.fixture(scope="module")
def neighbour(processes):
    """The address of a second web process of the same installation."""
    port = free_port()
    process = system.spawn(
        roles.web("127.0.0.1", port),
        log=processes.home.log / "neighbour.log",
        cwd=PROJECT,
        env=processes.env,
    )
    url = f"http://127.0.0.1:{port}"
    yield url
    system.end_child(process)


@pytest.fixture
def connect(client):
    """Clients that try again quickly."""

    def start(person, url="", **options):
        return client(person, url, reconnectionDelay=200, reconnectionDelayMax=400, **options)

    return start


def test_clients_of_two_processes_are_told_the_same(stack, person, connect, neighbour):
    here, there = connect(person).wait_ready(), connect(person, neighbour).wait_ready()
    stranger = connect(stack.person(), neighbour).wait_ready()

    job = person.ask()
    here.wait_end(job, times=2)
    there.wait_end(job, times=2)

    assert here.of(job) == there.of(job)
    assert stranger.events() == []


def test_session_ends_in_every_process(person, connect, neighbour):
    elsewhere = person.elsewhere()
    here, there = connect(person).wait_ready(), connect(person, neighbour).wait_ready()
    kept = connect(elsewhere, neighbour).wait_ready()

    person.sign_out()

    assert here.wait("disconnect", 10)["reason"] == "io server disconnect"
    assert there.wait("disconnect", 10)["reason"] == "io server disconnect"
    assert kept.all("disconnect") == []


@pytest.mark.parametrize("options", WAYS, ids=NAMES)
def test_redis_restart_loses_no_end(stack, person, connect, options):
    stack.model.script(Behaviour(hold_after=1))
    one = connect(person, **options).wait_ready()
    job = person.ask()
    assert one.wait_for(lambda seen: seen.of(job))
    assert stack.wait_for(lambda: stack.model.open_calls, 30)

    stack.valkey.stop()
    stack.model.release()
    one.wait_end(job)
    stack.valkey.start()

    assert one.all("disconnect") == []
    assert stack.wait_for(lambda: told_quickly(person, one), 15)  # by a push again


def told_quickly(person, one):
    job = person.ask()
    one.wait_end(job)
    asked, ended = person.job(job).json["job"], one.arrivals(job)[0]
    return ended - datetime.fromisoformat(asked["finishedAt"]).timestamp() < 0.5


def test_without_redis_people_connect_and_are_told(stack, person, connect):
    before = person.ask()
    assert stack.wait_ended(before) == ["SUCCEEDED"]
    stack.valkey.stop()
    began = time.time()

    one = connect(person)
    one.wait_end(before)
    connected = one.wait("connect")["at"] - began
    job = person.ask()
    person.cancel(job)

    assert connected < 15
    assert one.wait_end(job)[0]["errorCode"] == "CANCELED"


def test_without_postgres_a_connect_is_refused_in_words(stack, person, client):
    before = len(stack.logs("web"))
    waiting = client(person).wait_ready()
    stack.postgres.stop()
    began = time.monotonic()

    refused = client(person).wait("connect_error", 30)

    assert (refused["message"], refused["active"]) == ("Service unavailable", False)
    assert time.monotonic() - began < 25
    stack.postgres.start()
    assert stack.wait_for(lambda: person.get("/auth/current-user").status == 200, 20)
    again = client(person).wait_ready()
    job = person.ask()
    assert waiting.wait_end(job) == again.wait_end(job)  # who was there has stayed
    assert waiting.all("disconnect") == []
    assert "socketio.broken" not in stack.logs("web")[before:]


def test_restart_of_postgres_is_waited_for(stack, person, client):
    stack.postgres.stop()
    one = client(person)
    time.sleep(1)
    stack.postgres.start()

    assert one.wait("connect", 10)
    assert one.all("connect_error") == []


@pytest.mark.parametrize("options", WAYS, ids=NAMES)
def test_clients_come_back_after_a_restart_of_the_web_process(stack, person, connect, options):
    before = len(stack.logs("web"))
    stack.model.script(Behaviour(hold_after=1))
    one = connect(person, **options).wait_ready()
    job = person.ask()
    assert one.wait_for(lambda seen: "RUNNING" in [p["status"] for p in seen.of(job)])
    assert stack.wait_for(lambda: stack.model.open_calls, 30)

    stack.kill("web")
    stack.model.release()
    assert stack.wait_ended(job) == ["SUCCEEDED"]
    stack.restart("web")

    assert one.wait_end(job, seconds=40)[0]["status"] == "SUCCEEDED"
    assert "Traceback" not in stack.logs("web")[before:]
