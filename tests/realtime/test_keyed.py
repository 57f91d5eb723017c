"""`/v1/events`: what a program hears that shows an API key."""

import json
from uuid import uuid4

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.utils import timezone

from accounts.keys import services as keys
from chatsvg.asgi import application
from generations import pipeline, services
from realtime import keyed, watch
from realtime.events import group_of_user
from tests import factories
from tests.generations.v1.programs import make, person_on, totals
from tests.realtime.test_consumers import close, opened, sse_events

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


def stream(raw="", *, path="/v1/events", method="GET", after=None, **headers):
    sent = {"host": "localhost:8000", **({"x-api-key": raw} if raw else {}), **headers}
    wire = [(name.replace("_", "-").encode(), str(text).encode()) for name, text in sent.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": wire}
    scope["query_string"] = f"after={after}".encode() if after is not None else b""
    return ApplicationCommunicator(application, scope)


@database_sync_to_async
def maker(**fields):
    """Somebody and a key of theirs."""
    user = person_on("SUPPORTER")
    return user, make(user, **fields)


@database_sync_to_async
def drawn(user, *, environment="production"):
    """A job that was asked for with such a key of theirs, and has been carried out."""
    asker = make(user, environment=environment).key
    recipe = factories.recipe(is_private=True)
    (job,), _ = services.submit_all(
        user, recipe, count=1, idempotency_key=uuid4().hex, api_key=asker
    )
    pipeline.run(job.pk)
    return str(job.pk)


async def refusal(one):
    status, headers = await opened(one)
    told = json.loads((await one.receive_output(timeout=15))["body"])
    assert headers[b"content-type"] == b"application/problem+json"
    assert (told["status"], told["error"]) == (status, told["detail"])
    assert told["requestId"] == headers[b"x-request-id"].decode()
    await close(one)
    return status, told["errorCode"], headers


@pytest.mark.parametrize(
    ("environment", "other", "path"),
    [("test", "production", "/v1/events"), ("production", "test", "/api/v1/events")],
)
async def test_keys_hear_of_tests_or_of_the_rest(environment, other, path):
    user, made = await maker(environment=environment)
    mine = stream(made.raw, path=path, after=0)
    status, headers = await opened(mine)
    assert (status, headers[b"content-type"]) == (200, b"text/event-stream; charset=utf-8")
    assert b"no-store" in headers[b"cache-control"]

    await drawn(user, environment=other)
    job_id = await drawn(user, environment=environment)

    seen = await sse_events(mine, 4)
    assert {event["jobId"] for _, event in seen} == {job_id}
    assert [event["status"] for _, event in seen] == ["QUEUED", "RUNNING", "RUNNING", "SUCCEEDED"]
    assert {event.get("test", False) for _, event in seen} == {environment == "test"}
    await close(mine)


async def test_stream_resumes_behind_the_last_event_and_others_hear_nothing_of_it():
    user, made = await maker()
    _, strange = await maker()
    await drawn(user)
    late, other = stream(made.raw, last_event_id=2), stream(strange.raw, after=0)

    await opened(late)
    await opened(other)

    assert [cursor for cursor, _ in await sse_events(late, 2)] == [3, 4]
    await other.receive_output(timeout=15)  # the retry line
    assert await other.receive_nothing(timeout=0.2)
    await close(late)
    await close(other)


async def test_notifications_are_not_for_programs():
    user, made = await maker()
    mine = stream(made.raw)
    await opened(mine)
    await mine.receive_output(timeout=15)

    message = {"type": "notification.created", "notification": {}}
    push = {"type": "user.message", "message": message}
    await get_channel_layer().group_send(group_of_user(user.pk), push)

    assert await mine.receive_nothing(timeout=0.3)
    await close(mine)


async def test_what_is_refused_is_a_problem():
    _, made = await maker(scopes=["svg:generate"])
    _, elsewhere = await maker(ipWhitelist=["192.0.2.1"])
    _, revoked = await maker()
    await database_sync_to_async(keys.revoke)(revoked.key)

    assert (await refusal(stream()))[:2] == (401, "API_KEY_MISSING")
    assert (await refusal(stream("sk_live_x")))[:2] == (401, "API_KEY_INVALID")
    assert (await refusal(stream(revoked.raw)))[:2] == (401, "API_KEY_REVOKED")
    assert (await refusal(stream(made.raw)))[:2] == (403, "SCOPE_MISSING")
    assert (await refusal(stream(elsewhere.raw)))[:2] == (403, "IP_NOT_ALLOWED")
    status, code, headers = await refusal(stream(made.raw, method="POST"))
    assert (status, code, headers[b"allow"]) == (405, "METHOD_NOT_ALLOWED", b"GET")


async def test_requests_are_limited_and_noted(limited):
    user, made = await maker(customRateLimit=1)
    mine = stream(authorization=f"Bearer {made.raw}")
    status, headers = await opened(mine)
    assert (status, headers[b"ratelimit-policy"][:3]) == (200, b'"v1')

    status, _, headers = await refusal(stream(made.raw))

    assert status == 429
    assert 1 <= int(headers[b"retry-after"]) <= 60
    assert (await database_sync_to_async(totals)(user)).requests == 2
    await close(mine)


async def test_streams_of_a_key_are_bounded_until_one_is_left(monkeypatch):
    monkeypatch.setattr(keyed, "OF_A_KEY", 2)
    _, made = await maker()
    first, second = stream(made.raw), stream(made.raw)
    assert [(await opened(one))[0] for one in (first, second)] == [200, 200]

    assert (await refusal(stream(made.raw)))[:2] == (429, "TOO_MANY_STREAMS")
    await close(first)
    third = stream(made.raw)

    assert (await opened(third))[0] == 200
    await close(second)
    await close(third)


@pytest.mark.parametrize("change", ["revoked", "expired", "suspended"])
async def test_stream_ends_with_its_key(change, monkeypatch):
    monkeypatch.setattr(watch, "EVERY_SECONDS", 0.1)
    user, made = await maker()
    mine = stream(made.raw)
    await opened(mine)
    await mine.receive_output(timeout=15)

    if change == "revoked":
        await database_sync_to_async(keys.revoke)(made.key)
    elif change == "expired":
        made.key.expires_at = timezone.now()
        await database_sync_to_async(made.key.save)()
    else:
        user.is_active = False
        await database_sync_to_async(user.save)()

    last = await mine.receive_output(timeout=15)
    assert (last["body"], last["more_body"]) == (b"", False)
    await close(mine)
