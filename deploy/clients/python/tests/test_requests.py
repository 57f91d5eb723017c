"""What is sent again, and what is not: against a server that answers as it is told."""

import asyncio
import base64
import json
import time
import traceback
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook as Standard

from chatsvg_client import (
    AsyncClient,
    AuthenticationError,
    ChatSVGError,
    Client,
    Conflict,
    ConnectionFailed,
    InsufficientCredits,
    InvalidRequest,
    InvalidSignature,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServerError,
    verify_webhook,
)

KEY = "sk_test_" + "S3cret" * 6 + "abcd"
ACCEPTED = {"jobId": "job-1", "status": "queued", "creditsCharged": True}
NOW = {"Retry-After": "0"}
BUSY = (503, NOW, {"detail": "Service unavailable"})


def problem(status, code="", **headers):
    told = {"status": status, "detail": "No.", "errorCode": code, "requestId": "r-1"}
    return status, {"Content-Type": "application/problem+json", **headers}, told


def job(status, **fields):
    told = {"id": "job-1", "status": status, "prompt": "a red fox", "style": "flat"}
    told |= {"model": "studio", "svg": None, "url": None, "createdAt": "2026-11-21T09:00:00.000Z"}
    told |= {"finishedAt": None, "creditsCharged": True, **fields}
    return {"job": told}


@pytest.fixture
def client(server):
    with Client(KEY, base_url=server.url) as client:
        yield client


def test_generate_is_sent_again_with_the_same_key(server, client):
    server.script = [
        BUSY,
        server.DROP,
        problem(409, "IDEMPOTENCY_IN_PROGRESS", **NOW),
        (202, {}, ACCEPTED),
    ]

    assert client.generate("a red fox asleep").id == "job-1"

    assert len(server.asked) == 4
    assert len({asked.headers["idempotency-key"] for asked in server.asked}) == 1
    assert len({asked.body for asked in server.asked}) == 1


def test_a_key_of_the_caller_is_kept_and_another_call_has_another(server, client):
    server.script = [(202, {}, ACCEPTED)] * 3

    client.generate("a red fox asleep", idempotency_key="order-7")
    client.generate("a red fox asleep")
    client.generate("a red fox asleep")

    first, *others = (asked.headers["idempotency-key"] for asked in server.asked)
    assert first == "order-7"
    assert len(set(others)) == 2


def test_awaited_requests_are_sent_again_too(server):
    server.script = [BUSY, server.DROP, (202, {}, ACCEPTED)]

    async def ask():
        async with AsyncClient(KEY, base_url=server.url) as client:
            return await client.generate("a red fox asleep")

    assert asyncio.run(ask()).status == "QUEUED"
    assert len(server.asked) == 3


def test_what_may_have_been_done_twice_is_not_sent_again(server, client):
    server.script = [server.DROP]

    with pytest.raises(ConnectionFailed):
        client.create_webhook("https://example.com/hooks")

    assert len(server.asked) == 1


def test_deleting_what_a_lost_try_deleted_is_done(server, client):
    server.script = [server.DROP, problem(404), problem(404)]

    assert client.delete("drawing-1") is None
    with pytest.raises(NotFound):
        client.delete("drawing-1")


def test_tries_are_bounded(server):
    server.script = [BUSY] * 9

    with Client(KEY, base_url=server.url, retries=2) as client, pytest.raises(ServerError):
        client.styles()

    assert len(server.asked) == 3


@pytest.mark.parametrize("after", ["3600", "Wed, 21 Nov 2046 09:00:00 GMT"])
def test_a_long_pause_is_told_and_not_made(server, client, after):
    server.script = [problem(429, "MONTHLY_QUOTA_EXCEEDED", **{"Retry-After": after})]

    with pytest.raises(RateLimited) as refused:
        client.credits()

    assert refused.value.retry_after >= 3600
    assert (refused.value.code, len(server.asked)) == ("MONTHLY_QUOTA_EXCEEDED", 1)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "", InvalidRequest),
        (401, "API_KEY_INVALID", AuthenticationError),
        (402, "INSUFFICIENT_CREDITS", InsufficientCredits),
        (403, "SCOPE_MISSING", PermissionDenied),
        (404, "", NotFound),
        (409, "", Conflict),
        (422, "IDEMPOTENCY_CONFLICT", Conflict),
        (422, "EXPORT_TOO_DEAR", InvalidRequest),
        (500, "", ServerError),
    ],
)
def test_problems_are_typed(server, client, status, code, kind):
    server.script = [problem(status, code)]

    with pytest.raises(kind) as refused:
        client.generate("a red fox asleep")

    error = refused.value
    assert (type(error), error.status, error.code) == (kind, status, code)
    assert (error.message, error.request_id) == ("No.", "r-1")


def test_an_answer_of_somebody_else_is_an_error(server, client):
    server.script = [(400, {}, b"<html>proxy</html>"), (302, {"Location": "http://[::1]:9/"}, b"")]

    with pytest.raises(InvalidRequest, match="answered 400"):
        client.styles()
    with pytest.raises(ServerError, match="answered 302"):  # and the key was sent nowhere else
        client.styles()


def test_the_key_is_shown_nowhere(server):
    server.script = [problem(401), server.DROP]
    secret = KEY.removeprefix("sk_test_")
    with Client(KEY, base_url=server.url, retries=0) as client:
        told = [repr(client)]
        for _ in range(2):
            with pytest.raises(ChatSVGError) as failed:
                client.credits()
            told += traceback.format_exception(failed.value)
    with pytest.raises(AuthenticationError) as malformed:
        Client(f"{KEY}\r\nX-Other: 1")

    assert secret not in "".join(told) + repr(malformed.value)
    assert "sk_test_…" in told[0]


@pytest.mark.parametrize("name", ["../credits", "a/b?c=d", "é"])
def test_ids_are_parts_of_an_address_and_nothing_else(server, client, name):
    server.script = [problem(404)]

    with pytest.raises(NotFound):
        client.drawing(name)

    assert server.asked[0].path.startswith("/v1/svg/drawings/")
    assert server.asked[0].path.count("/") == 4


# --- Waiting ---


def event(number, **fields):
    told = {"type": "job.updated", "id": number, "jobId": "job-1", "status": "RUNNING"}
    told |= {"stage": "drawing", "progress": 0, **fields}
    return f"id: {number}\nevent: job.updated\ndata: {json.dumps(told)}\n\n"


def stream(*events):
    return 200, {"Content-Type": "text/event-stream"}, "".join(events).encode()


def test_progress_never_goes_back_and_a_broken_stream_is_resumed(server, client):
    first = stream("retry: 2000\n\n: hello\n\n", event(5, progress=40), event(6, progress=25))
    second = stream(event(7, progress=75), event(8, status="SUCCEEDED", stage="done"))
    running, done = (200, {}, job("RUNNING")), (200, {}, job("SUCCEEDED", svg="<svg/>"))
    server.script = [first, running, second, running, done]
    shown = []

    ended = client.wait("job-1", timeout=30, on_progress=lambda one: shown.append(one.progress))

    assert (ended.svg, shown) == ("<svg/>", [40, 75, 100])
    assert server.asked[2].headers["last-event-id"] == "6"


def test_events_of_other_jobs_are_passed_over(server, client):
    other = event(5, jobId="job-2", progress=90)
    server.script = [stream(other, event(6, progress=5)), (200, {}, job("RUNNING"))]
    server.script += [problem(403, "SCOPE_MISSING"), (200, {}, job("SUCCEEDED"))]
    shown = []

    client.wait("job-1", on_progress=lambda one: shown.append(one.progress))

    assert shown == [5, 100]


def test_where_there_is_no_stream_the_job_is_asked_for(server, client):
    held = {"Preference-Applied": "wait=20"}
    server.script = [problem(404), (200, held, job("QUEUED"))]
    server.script += [(200, NOW, job("RUNNING")), (200, {}, job("SUCCEEDED"))]

    client.wait("job-1", on_progress=lambda one: None)

    assert [asked.path for asked in server.asked] == ["/v1/events"] + 3 * ["/v1/svg/job/job-1"]
    assert server.asked[1].headers["prefer"] == "wait=20"


# --- Webhooks ---

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = b'{"type":"generation.succeeded","timestamp":"2026-11-21T09:00:00Z","data":{"id":"job-1"}}'


def signed(at, body=BODY, secret=SECRET):
    signature = Standard(secret).sign("msg_1", datetime.fromtimestamp(at, UTC), body.decode())
    headers = {"Webhook-Id": "msg_1", "webhook-timestamp": str(int(at))}
    return headers | {"webhook-signature": f"v1a,AAAA v1,!! {signature}"}


def test_a_signed_webhook_is_read():
    seen = verify_webhook(BODY, signed(time.time()), SECRET)

    assert (seen.id, seen.type, seen.data) == ("msg_1", "generation.succeeded", {"id": "job-1"})


@pytest.mark.parametrize(
    ("body", "headers", "secret"),
    [
        (BODY + b" ", signed(time.time()), SECRET),
        (BODY, signed(time.time() - 301), SECRET),
        (BODY, signed(time.time()), SECRET.replace("A", "B")),
        (BODY, {}, SECRET),
        (BODY, signed(time.time()), "whsk_AAAA"),
    ],
)
def test_other_webhooks_are_not(body, headers, secret):
    with pytest.raises(InvalidSignature):
        verify_webhook(body, headers, secret)
