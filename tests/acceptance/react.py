"""The React client, as CONTRACT §5.5 and §9 tell of it: what it asks, and in which order.

It runs on another origin than the server. Its Socket.IO is python-socketio's client, with both
transports; the npm one is used in tests/realtime/socketio.
"""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import socketio
import socketio.exceptions

from tests.faults.people import Person, Reply, event_loop

ORIGIN = "http://localhost:5173"
UPDATE = "generation-job:update"
ENDED = ("SUCCEEDED", "FAILED")
_NEVER_RENEWED = tuple(
    f"/auth/{name}"
    for name in "login register logout refresh forgot-password reset-password".split()
)


class React(Person):
    """A tab of the client: on 401 it renews its session once, and asks once more."""

    @classmethod
    def opened(cls, url: str, email: str = "") -> "React":
        """The start of the page: a CSRF token, then who is signed in."""
        tab = cls(url, email)
        tab.token = tab._must(tab.get("/csrf"), 200).json["csrfToken"]
        return tab

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Reply:
        sent = {"Origin": ORIGIN, **headers}
        reply = super()._send(method, path, body, sent)
        if reply.status != 401 or path.removeprefix("/api").startswith(_NEVER_RENEWED):
            return reply
        if super()._send("POST", "/api/auth/refresh", None, self._csrf()).status != 200:
            return reply
        return super()._send(method, path, body, sent)

    def _csrf(self) -> dict[str, str]:
        return {"Origin": ORIGIN, "X-CSRF-Token": self.token}

    def delete(self, path: str) -> Reply:
        return self._send("DELETE", f"/api{path}", None, {"X-CSRF-Token": self.token})

    def unread(self) -> int:
        return self._must(self.get("/notification/badge"), 200).json["unreadCount"]

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The notifications of a type."""
        latest = self._must(self.get("/notification/latest?limit=100"), 200).json
        return [one for one in latest["notifications"] if one["type"] == kind]

    def history(self, **query: str) -> list[dict[str, Any]]:
        """Every page, one after the other, as the history page loads them."""
        return self.pages("/user/generations", "generations", **query)

    def pages(self, path: str, name: str, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for _ in range(100):
            asked = "&".join(f"{key}={value}" for key, value in query.items())
            page = self._must(self.get(f"{path}?{asked}"), 200).json
            found += page[name]
            if page["nextCursor"] is None:
                return found
            query["cursor"] = page["nextCursor"]
        raise AssertionError(f"{path} has no end")

    def live(self) -> "Live":
        return Live(self.url, self._jar())

    def draw(self, **fields: object) -> dict[str, Any]:
        """A generation as the page makes one: post, socket, listen, and one look at the end."""
        job = self._must(self.submit(secrets.token_hex(16), **fields), 202).json["job"]
        with self.live() as live:
            assert live.wait_ended(job["id"], 30), live.of(job["id"])
        return self._must(self.job(job["id"]), 200).json


class Live:
    """A Socket.IO connection and all that it said, with the time at which it came."""

    def __init__(self, url: str, cookies: str, origin: str = ORIGIN):
        self.events: list[tuple[float, str, Any]] = []
        self.refusal: Any = None
        self.closed = False
        self._changed = threading.Condition()
        self._client = socketio.AsyncClient(reconnection=False)
        self._client.on("*", self._take)
        self._client.on("connect_error", self._refused)
        self._client.on("disconnect", self._ended)
        self._run(self._connect(url, {"Cookie": cookies, "Origin": origin})).result(15)

    async def _connect(self, url: str, headers: dict[str, str]) -> None:
        try:
            await self._client.connect(url, headers=headers, wait_timeout=8)
        except socketio.exceptions.ConnectionError as error:
            self.refusal = self.refusal or str(error)

    async def _take(self, event: str, data: Any = None) -> None:
        self._note(lambda: self.events.append((time.time(), event, data)))

    async def _refused(self, data: Any = None) -> None:
        self.refusal = data

    async def _ended(self, *_: object) -> None:
        self._note(lambda: setattr(self, "closed", True))

    def _note(self, change: Callable[[], object]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    def names(self) -> list[str]:
        return [name for _, name, _ in self.events]

    def of(self, job_id: str) -> list[dict[str, Any]]:
        return [said for _, name, said in self.events if name == UPDATE and said["jobId"] == job_id]

    def ended_at(self, job_id: str) -> float | None:
        """When the first terminal event came, in seconds since the epoch."""
        for at, name, said in self.events:
            if name == UPDATE and said["jobId"] == job_id and said["status"] in ENDED:
                return at
        return None

    def wait_for(self, condition: Callable[["Live"], object], seconds: float) -> bool:
        with self._changed:
            return bool(self._changed.wait_for(lambda: condition(self), seconds))

    def wait_ended(self, job_id: str, seconds: float) -> bool:
        return self.wait_for(lambda live: live.ended_at(job_id), seconds)

    def close(self) -> None:
        self._run(self._client.disconnect()).result(10)

    def __enter__(self) -> "Live":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @staticmethod
    def _run(work) -> Future:
        return asyncio.run_coroutine_threadsafe(work, event_loop())
