"""Two who speak Socket.IO: the real npm client in Node.js, and raw polling by hand."""

import http.client
import json
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests import nodejs

UPDATE = "generation-job:update"
ENDED = ("SUCCEEDED", "FAILED")
SCRIPT = Path(__file__).with_name("listen.cjs")
SEPARATOR = "\x1e"
PATIENCE_SECONDS = 15  # less than the time between two pings


def jar(person) -> str:
    return "; ".join(f"{name}={value}" for name, value in person.cookies.items())


class Client:
    """`socket.io-client` in a process of its own, and all that happened to it."""

    def __init__(self, url: str, cookie: str = "", **options: Any):
        self.told: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        argv = [nodejs.node(), str(SCRIPT), str(nodejs.packages()), url, cookie]
        self._process = subprocess.Popen(
            [*argv, json.dumps(options)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout:
            with self._changed:
                self.told.append(json.loads(line))
                self._changed.notify_all()

    def wait_for(self, condition: Callable[["Client"], object], seconds: float = 30) -> bool:
        with self._changed:
            return bool(self._changed.wait_for(lambda: condition(self), seconds))

    def wait(self, what: str, seconds: float = 30) -> dict[str, Any]:
        """The first thing of that kind that happened."""
        assert self.wait_for(lambda one: one.all(what), seconds), (what, self.told)
        return self.all(what)[0]

    def wait_ready(self) -> "Client":
        """Connected, and told how jobs stand."""
        assert self.wait_for(lambda one: one.events("server:ready")), self.told
        return self

    def wait_upgraded(self) -> "Client":
        assert self.wait_for(lambda one: one.all("upgrade") or _connected_by(one, "websocket"))
        return self

    def all(self, what: str) -> list[dict[str, Any]]:
        return [one for one in self.told if one["what"] == what]

    def events(self, name: str = UPDATE) -> list[dict[str, Any]]:
        """The payloads of events of that name."""
        return [one["payload"] for one in self.all("event") if one["name"] == name]

    def of(self, job: str) -> list[dict[str, Any]]:
        return [payload for payload in self.events() if payload["jobId"] == job]

    def ends(self, job: str) -> list[dict[str, Any]]:
        return [payload for payload in self.of(job) if payload["status"] in ENDED]

    def arrivals(self, job: str) -> list[float]:
        """When the job's end was told, in seconds since the epoch."""
        payloads = self.ends(job)
        return [one["at"] for one in self.all("event") if one["payload"] in payloads]

    def wait_end(self, job: str, times: int = 1, seconds: float = 30) -> list[dict[str, Any]]:
        """The payloads that tell the end of a job, once there are so many."""
        assert self.wait_for(lambda one: len(one.ends(job)) >= times, seconds), self.told
        return self.ends(job)

    def order(self, word: str) -> None:
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _connected_by(client: Client, transport: str) -> bool:
    return any(one["transport"] == transport for one in client.all("connect"))


class Polling:
    """The raw sequence of CONTRACT §5.2; every request is a connection of its own."""

    def __init__(self, url: str, cookie: str = "", **headers: str):
        self.netloc = urlsplit(url).netloc
        self.headers = {"Cookie": cookie, **headers} if cookie else dict(headers)
        self.sid = ""
        self.waiting: list[str] = []  # packets that came with others

    def request(self, method: str, query: str, body: str | bytes | None = None, **headers: str):
        """Status, headers and body of `/socket.io/?query`."""
        connection = http.client.HTTPConnection(self.netloc, timeout=PATIENCE_SECONDS)
        try:
            given = {**self.headers, **headers, "Connection": "close"}
            connection.request(method, f"/socket.io/?{query}", body, given)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode()
        finally:
            connection.close()

    @property
    def address(self) -> str:
        return f"EIO=4&transport=polling&sid={self.sid}"

    def open(self) -> dict[str, Any]:
        """The open packet."""
        status, _, body = self.request("GET", "EIO=4&transport=polling")
        assert (status, body[:1]) == (200, "0"), (status, body)
        opened = json.loads(body[1:])
        self.sid = opened["sid"]
        return opened

    def connect(self) -> "Polling":
        self.open()
        assert self.say("40")[2] == "OK"
        return self

    def say(self, packets: str):
        return self.request("POST", self.address, packets)

    def hear(self) -> str:
        """The next packet but pings, which are answered. Raises TimeoutError."""
        while True:
            if not self.waiting:
                status, _, body = self.request("GET", self.address)
                assert status == 200, (status, body)
                self.waiting = body.split(SEPARATOR)
            packet = self.waiting.pop(0)
            if packet != "2":
                return packet
            self.say("3")

    def hear_end(self, job: str, seconds: float = 30) -> dict[str, Any]:
        """The payload of the next event that tells the end of a job."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            name, payload = json.loads(self.hear().removeprefix("42"))
            if name == UPDATE and payload["jobId"] == job and payload["status"] in ENDED:
                return payload
        raise AssertionError(f"nothing was told of the end of {job}")
