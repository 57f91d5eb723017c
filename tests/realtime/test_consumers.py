import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from autobahn.exception import Disconnected
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from factory.django import mute_signals

from accounts import jwt, tokens
from accounts.signals import session_ended
from chatsvg.asgi import application
from generations import pipeline, services
from generations.models import JobEvent
from generations.signals import job_changed
from realtime import feed, tickets, watch
from realtime.events import group_of_user
from realtime.viewer import Viewer
from tests import factories
from tests.model_server import Behaviour

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


@database_sync_to_async
def signed_in():
    user = factories.person()
    issued = tokens.issue(user)
    return user, issued.session, jwt.sign(issued.session)


def socket(token=None, *, after=None, origin=b"http://localhost:8000"):
    headers = [(b"host", b"localhost:8000"), (b"origin", origin)]
    if token:
        headers.append((b"cookie", f"token={token}".encode()))
    path = "/ws/events/" + (f"?after={after}" if after is not None else "")
    return WebsocketCommunicator(application, path, headers=headers)


async def messages(one, count):
    """The next `count` messages that are events, hints left out."""
    found = []
    while len(found) < count:
        message = await one.receive_json_from(timeout=15)
        if "id" in message:
            found.append(message)
    return found


async def closed_with(one):
    while True:
        output = await one.receive_output(timeout=15)
        if output["type"] == "websocket.close":
            return output["code"]


async def test_owner_sees_every_change_in_order_and_nobody_else_does():
    user, _, token = await signed_in()
    _, _, strange = await signed_in()
    mine, other = socket(token), socket(strange)
    assert (await mine.connect())[0]
    assert (await other.connect())[0]

    job = await database_sync_to_async(factories.job)(user)
    await database_sync_to_async(pipeline.run)(job.pk)
    seen = await messages(mine, 4)

    assert [(m["seq"], m["id"], m["status"], m["progress"]) for m in seen] == [
        (1, 1, "QUEUED", 0),
        (2, 2, "RUNNING", 5),
        (3, 3, "RUNNING", 75),
        (4, 4, "SUCCEEDED", 100),
    ]
    last = seen[-1]
    assert set(last) == {
        "type",
        "id",
        "jobId",
        "seq",
        "status",
        "stage",
        "progress",
        "generationId",
        "errorCode",
        "errorMessage",
        "at",
    }
    assert (last["type"], last["jobId"], last["errorCode"]) == ("job.updated", str(job.pk), None)
    assert last["generationId"]
    assert await other.receive_nothing(timeout=0.3)
    await mine.disconnect()
    await other.disconnect()


async def test_socket_resumes_behind_what_it_has_seen():
    user, _, token = await signed_in()
    job = await database_sync_to_async(factories.job)(user)
    await database_sync_to_async(pipeline.run)(job.pk)
    late = socket(token, after=2)
    await late.connect()

    seen = await messages(late, 2)

    assert [m["id"] for m in seen] == [3, 4]
    assert await late.receive_nothing(timeout=0.2)
    await late.disconnect()


async def test_failed_job_says_failed_with_its_sentence():
    user, _, token = await signed_in()
    mine = socket(token)
    await mine.connect()

    job = await database_sync_to_async(factories.job)(user)
    await database_sync_to_async(services.cancel)(user, job.pk)
    last = (await messages(mine, 2))[-1]

    assert (last["status"], last["errorCode"]) == ("CANCELED", "CANCELED")
    assert last["errorMessage"].endswith("You were not charged.")
    await mine.disconnect()


@pytest.mark.parametrize("token", [None, "forged"])
async def test_visitor_is_told_to_sign_in(token):
    visitor = socket(token)
    await visitor.connect()

    assert await closed_with(visitor) == 4401


async def test_foreign_page_is_denied():
    _, _, token = await signed_in()

    accepted, _ = await socket(token, origin=b"https://evil.example").connect()

    assert not accepted


async def test_socket_closes_when_its_session_ends():
    _, session, token = await signed_in()
    mine = socket(token)
    await mine.connect()

    await database_sync_to_async(tokens.revoke)(session, because="logout")

    assert await closed_with(mine) == 4401


@pytest.mark.parametrize("kind", ["job.updated", "notification.created"])
async def test_socket_whose_session_ended_is_told_nothing_more(kind):
    """What is sent behind the end would reach a stranger, or break on a closed connection."""
    user, session, token = await signed_in()
    mine = socket(token)
    await mine.connect()
    layer = get_channel_layer()
    news = {"type": kind, "id": 1, "jobId": "one", "status": "QUEUED", "stage": "", "progress": 0}

    end = {"type": "session.ended", "session": str(session.pk)}
    await layer.group_send(group_of_user(user.pk), end)
    assert await closed_with(mine) == 4401
    await layer.group_send(group_of_user(user.pk), {"type": "user.message", "message": news})

    assert await mine.receive_nothing(timeout=0.5)
    await mine.disconnect()


async def test_socket_that_is_closing_is_left_like_any_other():
    """What is sent between a client's close and our notice of it breaks nothing."""
    user, _, token = await signed_in()
    said, accepted, tried = asyncio.Queue(), asyncio.Event(), asyncio.Event()

    async def send(message):
        accepted.set()
        if message["type"] == "websocket.send":
            tried.set()
            raise Disconnected("Attempt to send on a closed protocol")

    life = asyncio.create_task(application(socket(token).scope, said.get, send))
    await said.put({"type": "websocket.connect"})
    await asyncio.wait_for(accepted.wait(), 5)
    hint = {"type": "notification.created", "notification": {}}
    group = group_of_user(user.pk)
    await get_channel_layer().group_send(group, {"type": "user.message", "message": hint})
    await asyncio.wait_for(tried.wait(), 5)
    await said.put({"type": "websocket.disconnect", "code": 1006})

    await asyncio.wait_for(life, 5)


async def test_unknown_address_is_denied():
    lost = WebsocketCommunicator(application, "/ws/nothing/", headers=[(b"host", b"localhost")])

    accepted, _ = await lost.connect()

    assert not accepted


async def test_hint_that_would_move_the_bar_back_is_dropped():
    user, _, token = await signed_in()
    mine = socket(token)
    await mine.connect()
    job = await database_sync_to_async(factories.job)(user)
    await messages(mine, 1)

    for progress in (30, 20, 40):
        await database_sync_to_async(pipeline.hint)(job, progress)
        if progress != 20:
            assert (await mine.receive_json_from(timeout=15))["progress"] == progress

    assert await mine.receive_nothing(timeout=0.2)
    await mine.disconnect()


async def test_try_that_failed_says_why_and_when_it_goes_on(endpoint):
    endpoint.script(Behaviour(status=429, headers={"retry-after": "2"}))
    user, _, token = await signed_in()
    mine = socket(token)
    await mine.connect()

    job = await database_sync_to_async(factories.job)(user, model="gpt-4o")
    await database_sync_to_async(pipeline.run)(job.pk)
    again = (await messages(mine, 3))[-1]

    assert (again["status"], again["errorCode"]) == ("QUEUED", "OPENAI_RATE_LIMIT")
    assert again["errorMessage"] == "The drawing model is very busy right now. Trying again."
    assert again["retryAt"] > again["at"]
    await mine.disconnect()


async def test_event_whose_push_was_lost_is_read_from_its_row():
    user, _, token = await signed_in()
    mine = socket(token)
    await mine.connect()

    with mute_signals(job_changed):
        job = await database_sync_to_async(factories.job)(user)

    assert (await mine.receive_json_from(timeout=2 * watch.EVERY_SECONDS + 10))["jobId"] == str(
        job.pk
    )
    await mine.disconnect()


async def test_who_resumes_behind_forgotten_events_is_as_far_as_everybody_else():
    user, session, _ = await signed_in()
    await database_sync_to_async(factories.job)(user)
    await JobEvent.objects.all().adelete()
    viewer = Counting(user.pk, tickets.of_session(session))

    await watch.look([viewer])
    await watch.look([viewer])

    assert (viewer.caught_up, viewer.idled) == (1, 1)
    assert viewer.cursor == await database_sync_to_async(feed.latest)(user.pk) > 0


class Counting(Viewer):
    """One that counts how often it read rows, and how often it had nothing to do."""

    caught_up = idled = 0

    def __init__(self, user_id, ticket):
        super().__init__()
        self.user_id, self.ticket, self.is_listening = user_id, ticket, True

    async def catch_up(self):
        self.caught_up += 1
        await super().catch_up()

    async def idle(self):
        self.idled += 1


async def test_socket_closes_even_where_the_news_of_its_end_was_lost():
    _, session, token = await signed_in()
    mine = socket(token)
    await mine.connect()

    with mute_signals(session_ended):
        await database_sync_to_async(tokens.revoke)(session, because="logout")

    output = await mine.receive_output(timeout=2 * watch.EVERY_SECONDS + 10)
    assert (output["type"], output["code"]) == ("websocket.close", 4401)


def stream(token=None, *, last=None, after=None, origin=None, method="GET"):
    headers = [(b"host", b"localhost:8000")]
    headers += [(b"cookie", f"token={token}".encode())] if token else []
    headers += [(b"last-event-id", str(last).encode())] if last is not None else []
    headers += [(b"origin", origin)] if origin else []
    scope = {"type": "http", "method": method, "path": "/events/", "headers": headers}
    scope["query_string"] = f"after={after}".encode() if after is not None else b""
    return ApplicationCommunicator(application, scope)


async def opened(one):
    """The status and headers with which the stream answers."""
    await one.send_input({"type": "http.request", "body": b""})
    start = await one.receive_output(timeout=15)
    return start["status"], dict(start["headers"])


async def sse_events(one, count):
    """The next `count` events that carry an id, as (id, data)."""
    found = []
    while len(found) < count:
        text = (await one.receive_output(timeout=15))["body"].decode()
        fields = dict(line.split(": ", 1) for line in text.strip().splitlines() if ": " in line)
        if "id" in fields:
            found.append((int(fields["id"]), json.loads(fields["data"])))
    return found


async def close(one):
    await one.send_input({"type": "http.disconnect"})
    await one.wait(timeout=15)


async def test_stream_shows_the_same_events_as_the_socket():
    user, _, token = await signed_in()
    mine, other = socket(token), stream(token)
    await mine.connect()
    status, headers = await opened(other)
    assert (status, headers[b"content-type"]) == (200, b"text/event-stream; charset=utf-8")
    assert b"no-store" in headers[b"cache-control"]

    job = await database_sync_to_async(factories.job)(user)
    await database_sync_to_async(pipeline.run)(job.pk)
    seen = await messages(mine, 4)

    assert await sse_events(other, 4) == [(m["id"], m) for m in seen]
    await close(other)
    await mine.disconnect()


@pytest.mark.parametrize("resume", [{"last": 2}, {"after": 2}, {"last": 2, "after": 0}])
async def test_stream_resumes_behind_the_last_event(resume):
    user, _, token = await signed_in()
    job = await database_sync_to_async(factories.job)(user)
    await database_sync_to_async(pipeline.run)(job.pk)

    late = stream(token, **resume)
    await opened(late)

    assert [cursor for cursor, _ in await sse_events(late, 2)] == [3, 4]
    await close(late)


@pytest.mark.parametrize(
    ("token", "error"), [(None, "No token provided"), ("forged", "Invalid token")]
)
async def test_stream_of_a_visitor_is_401_in_json(token, error):
    visitor = stream(token)

    status, headers = await opened(visitor)
    assert (status, headers[b"content-type"]) == (401, b"application/json; charset=utf-8")
    assert json.loads((await visitor.receive_output(timeout=15))["body"]) == {"error": error}
    await close(visitor)


async def test_stream_for_a_foreign_page_is_403():
    _, _, token = await signed_in()
    foreign = stream(token, origin=b"https://evil.example")

    assert (await opened(foreign))[0] == 403


async def test_stream_ends_with_its_session():
    _, session, token = await signed_in()
    mine = stream(token)
    await opened(mine)
    await mine.receive_output(timeout=15)  # the retry line

    await database_sync_to_async(tokens.revoke)(session, because="logout")

    last = await mine.receive_output(timeout=15)
    assert (last["body"], last["more_body"]) == (b"", False)
    await close(mine)


async def test_cookies_of_others_on_the_host_do_not_hide_ours():
    _, _, token = await signed_in()
    one = socket()
    one.scope["headers"].append((b"cookie", f'prefs={{"a": 1}}; token={token}'.encode()))

    await one.connect()

    assert await one.receive_nothing(0.2)
    await one.disconnect()


async def test_an_origin_that_is_no_address_is_denied():
    _, _, token = await signed_in()

    assert not (await socket(token, origin=b"http://[x").connect())[0]


async def test_viewers_see_everything_without_redis_and_hear_pushes_when_it_is_back(
    valkey, settings, monkeypatch
):
    monkeypatch.setattr(watch, "EVERY_SECONDS", 0.5)
    layer = {**settings.CHANNEL_LAYERS["default"]}
    layer["CONFIG"] = {**layer["CONFIG"], "hosts": [{"address": valkey.url}]}
    settings.CHANNEL_LAYERS = {"default": layer}
    await database_sync_to_async(valkey.stop)()
    user, _, token = await signed_in()
    mine = socket(token)
    assert (await mine.connect(timeout=15))[0]

    job = await database_sync_to_async(factories.job)(user)
    assert (await mine.receive_json_from(timeout=15))["jobId"] == str(job.pk)

    await database_sync_to_async(valkey.start)()
    await asyncio.sleep(1.5)
    monkeypatch.setattr(watch, "EVERY_SECONDS", 60)
    await asyncio.sleep(0.6)  # from now on only a push can bring the news in time
    await database_sync_to_async(services.cancel)(user, job.pk)
    assert (await messages(mine, 1))[0]["status"] == "CANCELED"
    await mine.disconnect()
