"""The growing drawing on its way to the viewer: a hint, for its owner alone."""

import asyncio
import json
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from factory.django import mute_signals

from chatsvg.database import give_back
from generations import frames, pipeline, services
from generations.models import Job
from generations.signals import job_sketched
from realtime import allowance, publish
from realtime.layer import group_layer
from tests import factories
from tests.generations.svg import judge
from tests.model_server import ANSWER, Behaviour
from tests.realtime.test_consumers import close, messages, opened, signed_in, socket, stream

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
)
DRIBBLE = Behaviour(answer=ANSWER, piece=50, piece_delay=0.08)

make_job = database_sync_to_async(factories.job)
run = database_sync_to_async(pipeline.run)
claim = database_sync_to_async(pipeline.claim)


def run_here(job_id):
    """In a thread of its own, so that others may do something meanwhile."""
    try:
        pipeline.run(job_id)
    finally:
        give_back()


def tell_sketch(job, *, elements=1, progress=30, svg=DRAWING):
    job_sketched.send_robust(
        Job, job_id=job.pk, user_id=job.user_id, elements=elements, progress=progress, svg=svg
    )


sketch = database_sync_to_async(tell_sketch)


async def until(holds):
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)


async def heard_until_end(one):
    """Everything that a viewer hears, up to the end of the job."""
    found = []
    while not found or found[-1].get("stage") != "done":
        found.append(await one.receive_json_from(timeout=15))
    return found


async def sse_message(one):
    """The next message of a stream, and whether it carries an id."""
    while True:
        text = (await one.receive_output(timeout=15))["body"].decode()
        fields = dict(line.split(": ", 1) for line in text.strip().splitlines() if ": " in line)
        if "data" in fields:
            return fields["event"], json.loads(fields["data"]), "id" in fields


async def test_owner_sees_the_drawing_grow_and_nobody_else_does(endpoint):
    endpoint.script(DRIBBLE)
    user, _, token = await signed_in()
    _, _, strange = await signed_in()
    mine, other = socket(token), socket(strange)
    await mine.connect()
    await other.connect()

    job = await make_job(user, model="gpt-4o")
    await run(job.pk)
    heard = await heard_until_end(mine)

    grown = [message for message in heard if message["type"] == "job.sketched"]
    assert len(grown) >= 2
    assert "id" not in grown[0] and "seq" not in grown[0]
    assert {message["jobId"] for message in grown} == {str(job.pk)}
    assert [judge.faults(message["svg"]) for message in grown] == [[]] * len(grown)
    counts = [message["elements"] for message in grown]
    assert counts == sorted(set(counts))
    bar = [message["progress"] for message in heard]
    assert bar == sorted(bar)
    assert await other.receive_nothing(timeout=0.2)
    await mine.disconnect()
    await other.disconnect()


async def test_stream_carries_frames_without_an_id():
    user, _, token = await signed_in()
    mine = stream(token)
    await opened(mine)
    job = await make_job(user)
    assert (await sse_message(mine))[0] == "job.updated"

    await sketch(job, elements=3)

    event, message, has_id = await sse_message(mine)
    assert (event, has_id) == ("job.sketched", False)
    assert message == {
        "type": "job.sketched",
        "jobId": str(job.pk),
        "status": "RUNNING",
        "stage": "drawing",
        "progress": 30,
        "elements": 3,
        "svg": DRAWING,
    }
    await close(mine)


async def test_losing_every_frame_loses_nothing(endpoint):
    endpoint.script(Behaviour(answer=ANSWER, piece=50, piece_delay=0.03))
    user, _, token = await signed_in()
    mine = socket(token)
    await mine.connect()

    with mute_signals(job_sketched):
        job = await make_job(user, model="gpt-4o")
        await run(job.pk)

    assert [message["status"] for message in await messages(mine, 4)][-1] == "SUCCEEDED"
    await mine.disconnect()


async def test_frame_of_a_job_that_has_ended_or_is_unknown_is_dropped():
    user, _, token = await signed_in()
    mine = socket(token)
    await mine.connect()
    job = await make_job(user)
    await database_sync_to_async(services.cancel)(user, job.pk)
    await messages(mine, 2)

    await sketch(job)
    await sketch(Job(pk=uuid4(), user_id=user.pk))

    assert await mine.receive_nothing(timeout=0.3)
    await mine.disconnect()


async def test_viewer_that_comes_late_sees_what_is_under_way_grow():
    user, _, token = await signed_in()
    job = await make_job(user)
    await claim(job.pk)
    late = socket(token)
    await late.connect()

    await sketch(job, progress=2)

    message = await late.receive_json_from(timeout=15)
    assert (message["type"], message["progress"]) == ("job.sketched", 5)  # as the job's row says
    await late.disconnect()


async def test_viewer_is_sent_no_more_frames_than_it_can_take(monkeypatch):
    """What a slow reader has not read yet would stand before the job's end."""
    monkeypatch.setattr(allowance, "MOST_BYTES", 3 * len(DRAWING))
    monkeypatch.setattr(allowance, "BYTES_A_SECOND", 0)
    user, _, token = await signed_in()
    mine = socket(token)
    await mine.connect()
    job = await make_job(user)

    for elements in range(9):
        await sketch(job, elements=elements)
    await database_sync_to_async(services.cancel)(user, job.pk)

    heard = [await mine.receive_json_from(timeout=15) for _ in range(5)]
    assert [message["type"] for message in heard] == [
        "job.updated",
        *["job.sketched"] * 3,
        "job.updated",
    ]
    await mine.disconnect()


async def test_what_a_viewer_can_take_comes_back_with_time(monkeypatch):
    monkeypatch.setattr(allowance, "MOST_BYTES", 10)
    monkeypatch.setattr(allowance, "BYTES_A_SECOND", 1000)
    one = allowance.Allowance()

    assert [one.take(8), one.take(8)] == [True, False]
    await asyncio.sleep(0.02)
    assert [one.take(8), one.take(11)] == [True, False]


async def test_frames_do_not_queue_up_before_events_where_redis_is_slow(settings):
    async def say_nothing(reader, writer):
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        layer = {**settings.CHANNEL_LAYERS["default"]}
        layer["CONFIG"] = {**layer["CONFIG"], "hosts": [{"address": f"redis://{host}:{port}"}]}
        settings.CHANNEL_LAYERS = {"default": layer}
        job = Job(user_id=uuid4())
        speaker = group_layer()._speaker

        told = [asyncio.create_task(asyncio.to_thread(tell_sketch, job)) for _ in range(50)]
        await until(lambda: speaker.left)  # somebody waits for the server
        assert speaker.left <= 2 * publish.MOST_HINTS  # threads look before they leave one

        await asyncio.gather(*told)
        assert not speaker.left


async def test_frames_end_with_the_call(endpoint):
    """A canceled drawing grows no more, though its model goes on."""
    endpoint.script(Behaviour(answer=ANSWER, piece=40, piece_delay=0.08))
    user, _, token = await signed_in()
    mine = socket(token)
    await mine.connect()
    job = await make_job(user, model="gpt-4o")
    drawing = asyncio.ensure_future(asyncio.to_thread(run_here, job.pk))
    while (await mine.receive_json_from(timeout=15))["type"] != "job.sketched":
        pass

    await database_sync_to_async(services.cancel)(user, job.pk)
    assert (await messages(mine, 1))[0]["status"] == "CANCELED"
    await drawing

    frames.offer(job, ANSWER)
    assert await mine.receive_nothing(timeout=0.5)
    await mine.disconnect()
