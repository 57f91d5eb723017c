"""What is yours is yours (P6), on live connections: nobody hears of somebody else's drawings."""

import asyncio
import json
from urllib.parse import urlencode

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async

from accounts import jwt, tokens
from chatsvg.asgi import application
from generations import pipeline
from tests import factories
from tests.contract import belongings, routes
from tests.contract.asking import naming
from tests.contract.rules import LIVE, OWN, PROGRAM, Rule
from tests.contract.test_idor_programs import program

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 0.7  # for which is listened
REFUSALS = ("4401", "'status': 401", "Unauthorized")
WELCOMES = ("server:ready", "'status': 200", "websocket.accept")
SOCKET_IO = {"EIO": "4", "transport": "websocket"}


class Line:
    """A live connection of a browser with that access token, or of a program with that key."""

    opening = {"type": "http.request", "body": b"", "more_body": False}
    closing = {"type": "http.disconnect"}

    def __init__(self, live: routes.Live, token: str, query: dict) -> None:
        self.live, self.token, self.query = live, token, query

    async def open(self) -> None:
        self.one = self.connection("GET", self.query)
        await self.one.send_input(self.opening)

    async def said(self) -> str:
        """All that comes down in some seconds."""
        await asyncio.sleep(SECONDS)
        said = []
        while not self.one.output_queue.empty():
            said.append(str(await self.one.receive_output()))
        return "\n".join(said)

    async def close(self) -> None:
        await self.one.send_input(self.closing)

    def shown(self) -> dict[str, str]:
        """The headers that say who listens."""
        return {"cookie": f"token={self.token}"}

    def connection(self, method: str, query: dict) -> ApplicationCommunicator:
        headers = {"host": "localhost:8000", "origin": "http://localhost:8000"}
        if self.live.protocol == "websocket":
            headers |= {"connection": "Upgrade", "upgrade": "websocket"}
        if self.token:
            headers |= self.shown()
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": self.live.protocol,
            "method": method,
            "path": self.live.address,
            "query_string": urlencode(query).encode(),
            "headers": [*sent, (b"last-event-id", b"0")],
            "subprotocols": [],
        }
        return ApplicationCommunicator(application, scope)


class Keyed(Line):
    def shown(self) -> dict[str, str]:
        return {"x-api-key": self.token}


class WebSocket(Line):
    opening = {"type": "websocket.connect"}
    closing = {"type": "websocket.disconnect", "code": 1000}


class SocketIo(WebSocket):
    """Says CONNECT, and asks for what is not its own."""

    async def open(self) -> None:
        wish = json.dumps(["subscribe", self.query])
        self.query = {**self.query, **SOCKET_IO}
        await super().open()
        for packet in ("40", f"42{wish}"):
            await self.one.send_input({"type": "websocket.receive", "text": packet})


class Polling(Line):
    """Socket.IO without a WebSocket: every packet is a request of its own."""

    async def open(self) -> None:
        self.query = {**self.query, **SOCKET_IO, "transport": "polling"}
        opened = await self.request("GET")
        self.query["sid"] = json.loads(opened[1:])["sid"]
        assert await self.request("POST", b"40") == "OK"

    async def said(self) -> str:
        said = ""
        while True:
            try:
                said += await self.request("GET")
            except TimeoutError:
                return said

    async def close(self) -> None:
        await self.request("POST", b"1")

    async def request(self, method: str, body: bytes = b"") -> str:
        """The answer's body; a TimeoutError where there is none, or a refusal."""
        one = self.connection(method, self.query)
        await one.send_input({**self.opening, "body": body})
        started = await one.receive_output(SECONDS)
        answer = await one.receive_output(SECONDS)
        if started["status"] != 200:
            raise TimeoutError(started["status"])
        return answer["body"].decode()


LINES = {
    ("http", "/events/"): Line,
    ("websocket", "/ws/events/"): WebSocket,
    ("websocket", "/socket.io/"): SocketIo,
    ("http", "/socket.io/"): Polling,
    ("http", "/v1/events"): Keyed,
    ("http", "/api/v1/events"): Keyed,
}

# these answer what they are asked, by header alone: tests/generations/mcp
ASKED = {("http", "/mcp"), ("http", "/mcp/"), ("http", "/mcp/health")}


def listened() -> list[routes.Live]:
    return [live for live in routes.live() if (live.protocol, live.address) not in ASKED]


def test_every_live_route_is_listened_to():
    assert set(LINES) | ASKED == {(live.protocol, live.address) for live in routes.live()}


@database_sync_to_async
def prepared(name: str, rule: Rule) -> tuple[belongings.Owner, str]:
    """The owner, and the access token of who listens, or a key of theirs."""
    mine = belongings.owner()
    if name == "visitor":
        return mine, ""
    issued = mine.issued if name == "owner" else tokens.issue(factories.person())
    if rule is PROGRAM:
        return mine, program(name, issued.session.user).headers["X-API-Key"]
    return mine, jwt.sign(issued.session)


@database_sync_to_async
def something_happens(mine: belongings.Owner) -> None:
    job = factories.job(mine.user, prompt="a secret whale live", is_private=True)
    pipeline.run(job.pk)
    mine.secrets["new job"] = str(job.pk)


@pytest.mark.asyncio
@pytest.mark.parametrize("live", listened(), ids=lambda live: f"{live.protocol}:{live.address}")
@pytest.mark.parametrize("name", ["owner", "stranger", "visitor"])
async def test_live_connection_says_nothing_of_somebody_else(live, name):
    mine, token = await prepared(name, LIVE[live.address])
    line = LINES[live.protocol, live.address](live, token, {**naming(mine.ids), "after": "0"})
    await line.open()

    await something_happens(mine)
    said = await line.said()
    await line.close()

    told = [what for what, secret in mine.secrets.items() if secret in said]
    assert ("new job" in told) == (name == "owner")
    assert name == "owner" or told == []
    assert any(word in said for word in REFUSALS) == (name == "visitor")
    assert name == "visitor" or any(word in said for word in WELCOMES)


@pytest.mark.asyncio
async def test_cookies_open_no_live_connection_of_programs():
    _, token = await prepared("owner", OWN)
    for live in [live for live in listened() if LIVE[live.address] is PROGRAM]:
        line = Line(live, token, {})
        await line.open()
        said = await line.said()
        assert any(word in said for word in REFUSALS), live.address
        assert not any(word in said for word in WELCOMES), live.address
        await line.close()
