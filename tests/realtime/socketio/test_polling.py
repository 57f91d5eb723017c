"""Socket.IO packet by packet, as CONTRACT §5 writes them, over raw polling."""

import json
import socket
import time

import pytest

from chatsvg.embedded.processes import wait_until
from tests.realtime.socketio.clients import SEPARATOR, jar

pytestmark = pytest.mark.slow
BAD_REQUEST = '{"code":3,"message":"Bad request"}'
OPEN = "EIO=4&transport=polling"
READY = '42["server:ready",{"ok":true}]'


def test_open_packet_is_the_contracts(polling):
    one = polling()

    opened = one.open()

    assert opened.pop("sid")
    assert opened == {
        "upgrades": ["websocket"],
        "pingInterval": 25000,
        "pingTimeout": 20000,
        "maxPayload": 1000000,
    }


def test_person_is_connected_and_told_that_the_server_is_ready(polling, person):
    one = polling(person).connect()

    connected, ready = one.hear(), one.hear()

    assert connected.startswith('40{"sid":"')
    assert ready == READY


@pytest.mark.parametrize("cookie", ["", "token=forged", "token=", "refreshToken=x"])
def test_visitor_is_told_unauthorized(polling, cookie):
    one = polling(Cookie=cookie).connect()

    assert one.hear() == '44{"message":"Unauthorized"}'


def test_session_that_ended_is_unauthorized(polling, person):
    cookie = jar(person)
    person.sign_out()

    one = polling(Cookie=cookie).connect()

    assert one.hear() == '44{"message":"Unauthorized"}'


def test_job_is_told_in_exactly_the_contracts_payloads(polling, person):
    one = polling(person).connect()
    one.hear(), one.hear()

    job = person.ask()
    told = []
    while not told or told[-1]["status"] != "SUCCEEDED":
        name, payload = json.loads(one.hear().removeprefix("42"))
        if name == "generation-job:update":
            told.append(payload)

    generation = person.job(job).json["job"]["generationId"]
    assert told[0] == {"jobId": job, "status": "QUEUED", "progress": 0}
    assert told[1] == {"jobId": job, "status": "RUNNING", "progress": 5}
    assert told[-1] == {
        "jobId": job,
        "status": "SUCCEEDED",
        "progress": 100,
        "generationId": generation,
        "errorCode": None,
        "errorMessage": None,
    }
    assert {frozenset(payload) for payload in told[:-1]} == {
        frozenset(("jobId", "status", "progress"))
    }
    progress = [payload["progress"] for payload in told]
    assert progress == sorted(set(progress))
    assert one.hear_end(job) == told[-1]  # once more


def test_notification_is_told_as_news(polling, person):
    one = polling(person).connect()
    one.hear(), one.hear()

    person.ask()
    news = None
    while news is None:
        name, payload = json.loads(one.hear().removeprefix("42"))
        assert name in ("generation-job:update", "notification:new")
        news = payload if name == "notification:new" else None

    assert news == person.get("/notification/latest").json["notifications"][0]
    assert news["type"] == "JOB_SUCCEEDED"


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_foreign_page_is_a_bad_request(polling, person, method):
    status, headers, body = polling(person, Origin="https://evil.example").request(method, OPEN)

    assert (status, body) == (400, BAD_REQUEST)
    assert "Access-Control-Allow-Origin" not in {name.title() for name in headers}


def test_allowed_page_may_read_with_credentials(polling, person, frontend):
    status, headers, _ = polling(person, Origin=frontend).request("GET", OPEN)

    named = {name.lower(): value for name, value in headers.items()}
    assert status == 200
    assert named["access-control-allow-origin"] == frontend
    assert named["access-control-allow-credentials"] == "true"
    assert named["vary"] == "Origin"
    assert named["cache-control"] == "private, no-store"
    assert named["x-request-id"]


def test_preflight_is_answered_as_for_the_api(polling, frontend):
    asked = {"Access-Control-Request-Method": "POST", "Origin": frontend}

    status, headers, body = polling(**asked).request("OPTIONS", OPEN)

    named = {name.lower(): value for name, value in headers.items()}
    assert (status, body) == (204, "")
    assert named["access-control-allow-origin"] == frontend
    assert named["access-control-allow-credentials"] == "true"
    assert named["access-control-allow-methods"] == "GET,POST,PUT,PATCH,DELETE,OPTIONS"
    assert "content-type" in named["access-control-allow-headers"]


@pytest.mark.parametrize(
    ("method", "query", "code"),
    [
        ("GET", "EIO=4&transport=pigeon", 0),
        ("GET", f"{OPEN}&sid=unknown", 1),
        ("POST", f"{OPEN}&sid=unknown", 1),
        ("POST", OPEN, 2),
        ("GET", "EIO=4&transport=websocket", 3),
        ("GET", f"{OPEN}&j=0", 3),
        ("GET", "EIO=3&transport=polling", 5),
        ("GET", "", 5),
    ],
)
def test_what_is_no_handshake_is_refused_in_engine_ios_words(polling, method, query, code):
    status, _, body = polling().request(method, query)

    assert (status, json.loads(body)["code"]) == (400, code)


@pytest.mark.parametrize(
    "said",
    [
        '42["join","user:1"]',
        '420["join","user:1"]',
        '451-["x",{"_placeholder":true,"num":0}]',
        "b" + "A" * 1000,
        "4",
        "",
        "nonsense",
        "40/admin,",
        '43["ack"]',
        "6",
        "2",
        SEPARATOR.join(["42[]"] * 16),
    ],
)
def test_what_clients_say_is_dropped_unread(stack, polling, person, said):
    one = polling(person).connect()
    one.hear(), one.hear()
    before = len(stack.logs("web"))

    assert one.say(said)[0] == 200

    job = person.ask()
    assert one.hear_end(job)["status"] == "SUCCEEDED"
    assert "Traceback" not in stack.logs("web")[before:]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"\xff\xfe", 400),
        (SEPARATOR.join(["3"] * 17), 400),
        ("4" * 1_000_001, 413),
    ],
)
def test_what_is_no_payload_is_refused(stack, polling, person, said, status):
    one = polling(person).connect()
    before = len(stack.logs("web"))

    assert one.say(said)[0] == status
    assert "Traceback" not in stack.logs("web")[before:]
    assert one.hear().startswith("40")  # and the connection goes on


def test_what_comes_with_connect_is_not_read(polling, person):
    one = polling(person)
    one.open()

    one.say('40{"token": not json')

    assert one.hear().startswith('40{"sid":"')


@pytest.mark.ci
def test_connection_that_is_nobodys_ends_soon(polling):
    """Be it that it never says who it is, or that it is refused."""
    silent, refused = polling(), polling().connect()
    silent.open()
    assert refused.hear().startswith("44")
    began = time.monotonic()

    status, _, body = silent.request("GET", silent.address)  # held until the server gives up

    assert (status, body) == (200, "1")
    assert 5 < time.monotonic() - began < 30
    assert wait_until(lambda: silent.say("3")[0] == refused.say("3")[0] == 400, 10)


def test_poll_that_is_broken_off_ends_the_connection(stack, polling, person):
    one = polling(person).connect()
    one.hear(), one.hear()
    before = len(stack.logs("web"))
    host, port = one.netloc.split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(
            f"GET /socket.io/?{one.address} HTTP/1.1\r\nHost: {one.netloc}\r\n\r\n".encode()
        )
        time.sleep(0.2)

    assert wait_until(lambda: one.request("POST", one.address, "3")[0] == 400, 10)
    assert "took too long" not in stack.logs("web")[before:]
    assert "Traceback" not in stack.logs("web")[before:]


def test_logs_name_no_connection_and_nobody(stack, polling, person):
    one = polling(person).connect()
    one.hear(), one.hear()
    one.request("GET", f"{OPEN}&sid=a-key-that-was-guessed")
    one.request("GET", OPEN, Origin="https://evil.example")
    polling().connect()

    logs = stack.logs("web")
    secrets = (one.sid, person.email, person.cookies["token"], "a-key-that-was", "evil.example")
    assert [word for word in secrets if word in logs] == []
