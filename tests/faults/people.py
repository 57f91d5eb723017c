"""People who talk to a running server from outside: over HTTP, and over a WebSocket."""

import asyncio
import http.client
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from http.cookies import SimpleCookie
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp

T = TypeVar("T")
PASSWORD = "Password123!"
MODEL = "gpt-4o"  # one of those that go to OPENAI_BASE_URL


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/json")


class Person:
    """Somebody with a cookie jar. Every request is a connection of its own."""

    def __init__(self, url: str, email: str = ""):
        self.url = url
        self.email = email or f"{secrets.token_hex(8)}@example.com"
        self.cookies: dict[str, str] = {}
        self.token = ""

    def register(self) -> "Person":
        self._fetch_token()
        asked = {"email": self.email, "password": PASSWORD, "name": "Test", "agreedToTerms": True}
        self._must(self.post("/auth/register", asked), 201)
        return self

    def sign_in(self) -> "Person":
        self._fetch_token()
        self._must(self.post("/auth/login", {"email": self.email, "password": PASSWORD}), 200)
        return self

    def sign_out(self) -> None:
        self._must(self.post("/auth/logout"), 200)

    def elsewhere(self) -> "Person":
        """The same person in another browser."""
        return Person(self.url, self.email).sign_in()

    def submit(self, key: str = "", **fields: object) -> Reply:
        body = {"prompt": "a red fox asleep", "style": "flat", "model": MODEL, **fields}
        key = key or secrets.token_hex(8)
        return self.post("/svg/generate-svg", body, **{"x-idempotency-key": key})

    def ask(self, **fields: object) -> str:
        """The id of a job that was accepted."""
        return self._must(self.submit(**fields), 202).json["job"]["id"]

    def job(self, job_id: str) -> Reply:
        return self.get(f"/svg/generation-jobs/{job_id}")

    def cancel(self, job_id: str) -> Reply:
        return self.post(f"/svg/generation-jobs/{job_id}/cancel")

    def credits(self) -> int:
        return self._must(self.get("/auth/current-user"), 200).json["credits"]

    def get(self, path: str, **headers: str) -> Reply:
        return self._send("GET", f"/api{path}", None, headers)

    def post(self, path: str, body: object = None, **headers: str) -> Reply:
        return self._send("POST", f"/api{path}", body, {"X-CSRF-Token": self.token, **headers})

    def fetch(self, url: str) -> Reply:
        """Any address of the server, as it stands in an answer."""
        return self._send("GET", url.removeprefix(self.url), None, {})

    def socket(self, after: int | None = None, **headers: str) -> "Socket":
        """Watch one's own events."""
        query = "" if after is None else f"?after={after}"
        return Socket(f"{self.url}/ws/events/{query}", {"Cookie": self._jar(), **headers})

    def stream(self, after: int | None = None) -> "Stream":
        """The same by Server-Sent Events."""
        resumed = {} if after is None else {"Last-Event-ID": str(after)}
        return Stream(f"{self.url}/events/", {"Cookie": self._jar(), **resumed})

    def _fetch_token(self) -> None:
        self.token = self._must(self.get("/csrf"), 200).json["csrfToken"]

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Reply:
        data = None if body is None else json.dumps(body)
        given = {"Content-Type": "application/json"} if data else {}
        given |= {"Cookie": self._jar(), "Connection": "close", **headers}
        began = time.monotonic()
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request(method, path, data, given)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        self._keep(response.headers.get_all("Set-Cookie") or ())
        named = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, named, content, time.monotonic() - began)

    def _keep(self, told: Iterable[str]) -> None:
        for line in told:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value

    def _jar(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @staticmethod
    def _must(reply: Reply, status: int) -> Reply:
        assert reply.status == status, (reply.status, reply.body[:500])
        return reply


class Socket:
    """A WebSocket of `/ws/events/` and all that it said. Open until closed by either side."""

    def __init__(self, url: str, headers: dict[str, str]):
        self.messages: list[dict[str, Any]] = []
        self.arrived: list[float] = []  # when each message came, in seconds since the epoch
        self.close_code: int | None = None
        self.refused: int | None = None  # the HTTP status of a refused handshake
        self._changed = threading.Condition()
        self._opened = threading.Event()
        self._run: Future = asyncio.run_coroutine_threadsafe(
            self._listen(url, headers), event_loop()
        )
        if not self._opened.wait(10):
            raise AssertionError(f"no answer to the handshake: {url}")

    @property
    def events(self) -> list[dict[str, Any]]:
        """The changes; hints left out."""
        return [message for message in self.messages if "id" in message]

    @property
    def ids(self) -> list[int]:
        return [event["id"] for event in self.events]

    def of(self, job_id: str) -> list[dict[str, Any]]:
        """Everything it said about one job, hints included."""
        return [message for message in self.messages if message.get("jobId") == job_id]

    def wait_for(self, condition: Callable[["Socket"], object], seconds: float = 30) -> bool:
        with self._changed:
            return bool(self._changed.wait_for(lambda: condition(self), seconds))

    def wait_closed(self, seconds: float = 20) -> int | None:
        self.wait_for(lambda one: one.close_code is not None, seconds)
        return self.close_code

    def wait_end(self, job_id: str, seconds: float = 30) -> bool:
        ended = ("SUCCEEDED", "FAILED", "CANCELED")
        return self.wait_for(lambda one: any(e["status"] in ended for e in one.of(job_id)), seconds)

    def close(self) -> None:
        self._run.cancel()

    def __enter__(self) -> "Socket":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _listen(self, url: str, headers: dict[str, str]) -> None:
        async with aiohttp.ClientSession(headers=headers) as session:
            try:
                async with session.ws_connect(url) as connection:
                    self._opened.set()
                    async for message in connection:
                        self._take(message.json())
                    with self._changed:
                        self.close_code = connection.close_code
                        self._changed.notify_all()
            except aiohttp.WSServerHandshakeError as error:
                self.refused = error.status
            finally:
                self._opened.set()

    def _take(self, message: dict[str, Any]) -> None:
        with self._changed:
            self.messages.append(message)
            self.arrived.append(time.time())
            self._changed.notify_all()


class Stream(Socket):
    """`/events/` and all that it said."""

    async def _listen(self, url: str, headers: dict[str, str]) -> None:
        patience = aiohttp.ClientTimeout(total=None)
        try:
            async with (
                aiohttp.ClientSession(headers=headers, timeout=patience) as session,
                session.get(url) as answer,
            ):
                if answer.status != 200:
                    self.refused = answer.status
                    return
                self._opened.set()
                async for line in answer.content:
                    if line.startswith(b"data:"):
                        self._take(json.loads(line[5:]))
        finally:
            self._opened.set()


@cache
def event_loop() -> asyncio.AbstractEventLoop:
    """The sockets' event loop, in a thread of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="sockets", daemon=True).start()
    return loop


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make all calls in parallel; they begin together."""
    gate = threading.Barrier(len(calls))

    def go(call: Callable[[], T]) -> T:
        gate.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(go, calls))


def p99(seconds: Iterable[float]) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
