"""A Socket.IO connection lives as long as its session: it ends at once, and no other with it."""

import re
import time

import pytest

from tests.faults.people import PASSWORD
from tests.realtime.socketio.clients import jar

pytestmark = pytest.mark.slow
WAYS = [{}, {"transports": ["polling"]}, {"transports": ["websocket"]}]
NAMES = ["default", "polling", "websocket"]
ENDED_AT = "SELECT extract(epoch FROM revoked_at)::float FROM accounts_session WHERE id = %s"


def session_of(person):
    sessions = person.get("/auth/sessions").json["sessions"]
    return next(one["id"] for one in sessions if one["current"])


def delete(person, path, body=None):
    reply = person._send("DELETE", f"/api{path}", body, {"X-CSRF-Token": person.token})
    assert reply.status == 200, reply.body


def sign_out(person, elsewhere, stack):
    person.sign_out()


def revoke(person, elsewhere, stack):
    delete(elsewhere, f"/auth/sessions/{session_of(person)}")


def change_password(person, elsewhere, stack):
    body = {"currentPassword": PASSWORD, "newPassword": "another long password"}
    assert elsewhere.post("/account/password", body).status == 200


def reset_password(person, elsewhere, stack):
    before = len(stack.logs("upkeep"))
    assert person.post("/auth/forgot-password", {"email": person.email}).status == 200
    link = re.compile(r"reset-password\?token=([0-9a-f]{64})")
    assert stack.wait_for(lambda: link.search(stack.logs("upkeep"), before), 15)
    token = link.search(stack.logs("upkeep"), before)[1]
    body = {"token": token, "newPassword": "another long password"}
    assert person.post("/auth/reset-password", body).status == 200


def delete_account(person, elsewhere, stack):
    delete(elsewhere, "/account", {"password": PASSWORD})


@pytest.mark.parametrize("options", WAYS, ids=NAMES)
def test_sign_out_ends_this_sessions_connections_alone(stack, person, client, report, options):
    elsewhere = person.elsewhere()
    ended, ended_too = client(person, **options), client(person, **options)
    kept = client(elsewhere, **options)
    for one in (ended, ended_too, kept):
        one.wait_ready()
    session = session_of(person)

    person.sign_out()

    for one in (ended, ended_too):
        gone = one.wait("disconnect", 2)
        assert (gone["reason"], gone["active"]) == ("io server disconnect", False)
    report(
        f"{ended.wait('disconnect')['at'] - stack.value(ENDED_AT, session):.3f} s after it ended"
    )
    job = elsewhere.ask()
    kept.wait_end(job)
    assert kept.all("disconnect") == []
    assert ended.events() == ended_too.events() == []


@pytest.mark.parametrize(
    ("end", "ends_all"),
    [(revoke, False), (change_password, False), (reset_password, True), (delete_account, True)],
)
def test_every_end_of_a_session_ends_its_connections(stack, person, client, end, ends_all):
    elsewhere = person.elsewhere()
    one, other = client(person).wait_ready(), client(elsewhere).wait_ready()

    end(person, elsewhere, stack)

    assert one.wait("disconnect", 2)["reason"] == "io server disconnect"
    if ends_all:
        assert other.wait("disconnect", 2)["reason"] == "io server disconnect"
    else:
        assert other.all("disconnect") == []


def test_all_faces_refuse_a_revoked_session_at_once(stack, person, client):
    cookie = jar(person)
    person.sign_out()
    for pair in cookie.split("; "):
        name, _, value = pair.partition("=")
        person.cookies[name] = value

    assert person.get("/auth/current-user").status == 401
    assert client(person).wait("connect_error")["message"] == "Unauthorized"
    with person.socket() as websocket:
        assert websocket.wait_closed() == 4401
    with person.stream() as stream:
        assert stream.refused == 401


def test_end_of_a_session_is_noticed_without_redis(stack, person, client):
    one = client(person).wait_ready()
    stack.valkey.stop()

    person.sign_out()

    assert one.wait("disconnect", 20)["reason"] == "io server disconnect"


def test_connection_that_does_not_take_its_leave_is_cut(stack, person, polling):
    one = polling(person).connect()
    one.hear(), one.hear()

    person.sign_out()
    assert one.hear() == "41"

    began = time.monotonic()
    assert one.request("GET", one.address)[::2] == (200, "1")
    assert time.monotonic() - began < 15
    assert one.request("GET", one.address)[0] == 400


def test_poll_after_the_end_of_a_session_says_so(stack, person, polling):
    """Where no poll was waiting for the news."""
    one = polling(person).connect()
    one.hear(), one.hear()

    person.sign_out()
    time.sleep(0.5)

    assert one.hear() == "41"
