import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from accounts import jwt, tokens
from chatsvg.asgi import application
from generations import pipeline, services
from tests import factories

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
        message = await one.receive_json_from(timeout=5)
        if "id" in message:
            found.append(message)
    return found


async def closed_with(one):
    while True:
        output = await one.receive_output(timeout=5)
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
            assert (await mine.receive_json_from(timeout=5))["progress"] == progress

    assert await mine.receive_nothing(timeout=0.2)
    await mine.disconnect()
