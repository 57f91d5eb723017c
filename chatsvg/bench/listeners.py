"""Socket.IO clients that cost little beside the server: one polls, one has a WebSocket."""

import asyncio
import json
import struct
import time
from contextlib import suppress
from urllib.parse import urlsplit

from chatsvg.bench.client import Connection, Refused

UPDATE = '42["generation-job:update",'
READY = '42["server:ready",'
ENDED = ("SUCCEEDED", "FAILED")
SEPARATOR = "\x1e"
READY_SECONDS = 30
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Listener:
    """One connection of a person, and the jobs that it was told of."""

    def __init__(self, url: str, cookie: str):
        self.url, self.cookie = url, cookie
        self.jobs: set[str] = set()
        self.ends: dict[str, list[float]] = {}  # when each was told, in seconds since the epoch
        self.fault: BaseException | None = None
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connected, when this returns. Raises what went wrong."""
        self._task = asyncio.create_task(self._run())
        async with asyncio.timeout(READY_SECONDS):
            await self._ready.wait()
        if self.fault:
            raise self.fault

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def listen(self) -> None:
        """Say CONNECT and take packets until canceled."""
        raise NotImplementedError

    async def say(self, packet: str) -> None:
        raise NotImplementedError

    async def take(self, packet: str) -> None:
        """One packet of the server."""
        if packet == "2":
            await self.say("3")
        elif packet.startswith(READY):
            self._ready.set()
        elif packet.startswith(UPDATE):
            self._note(json.loads(packet[2:])[1])
        elif packet.startswith("44"):
            raise Refused(packet, status=401)

    async def _run(self) -> None:
        try:
            await self.listen()
        except (OSError, EOFError, TimeoutError, Refused) as fault:
            self.fault = fault
            self._ready.set()

    def _note(self, update: dict) -> None:
        self.jobs.add(update["jobId"])
        if update["status"] in ENDED:
            self.ends.setdefault(update["jobId"], []).append(time.time())


class Poller(Listener):
    """Engine.IO over HTTP alone."""

    async def listen(self) -> None:
        self._polls, self._posts = Connection(self.url), Connection(self.url)
        self._address = "/socket.io/?EIO=4&transport=polling"
        try:
            opened = json.loads((await self._poll())[0][1:])
            self._address += f"&sid={opened['sid']}"
            await self.say("40")
            while True:
                for packet in await self._poll():
                    await self.take(packet)
        finally:
            self._polls.close()
            self._posts.close()

    async def say(self, packet: str) -> None:
        headers = f"Cookie: {self.cookie}\r\n"
        reply = await self._posts.request("POST", self._address, headers, packet.encode())
        _must(reply.status == 200, reply.body)

    async def _poll(self) -> list[str]:
        reply = await self._polls.request("GET", self._address, f"Cookie: {self.cookie}\r\n")
        _must(reply.status == 200, reply.body)
        return reply.body.decode().split(SEPARATOR)


class WebSocketer(Listener):
    """Engine.IO over a WebSocket from the beginning (RFC 6455, as far as it is needed here)."""

    async def listen(self) -> None:
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        self._reader, self._writer = await asyncio.open_connection(
            parts.hostname, port, ssl=parts.scheme == "https" or None
        )
        try:
            await self._shake_hands(parts.netloc)
            await self.say("40")
            while True:
                opcode, payload = await self._frame()
                if opcode == TEXT:
                    await self.take(payload.decode())
                elif opcode == PING:
                    await self._send(PONG, payload)
                elif opcode == CLOSE:
                    raise EOFError("the server closed the WebSocket")
        finally:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()

    async def say(self, packet: str) -> None:
        await self._send(TEXT, packet.encode())

    async def _shake_hands(self, netloc: str) -> None:
        lines = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: {netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Version: 13",
            f"Cookie: {self.cookie}",
        )
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        _must(head.startswith(b"HTTP/1.1 101"), head)

    async def _frame(self) -> tuple[int, bytes]:
        first, length = await self._reader.readexactly(2)
        if length == 126:
            (length,) = struct.unpack("!H", await self._reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self._reader.readexactly(8))
        return first & 0x0F, await self._reader.readexactly(length)

    async def _send(self, opcode: int, payload: bytes) -> None:
        """A short frame, masked with zeros."""
        self._writer.write(bytes([0x80 | opcode, 0x80 | len(payload)]) + bytes(4) + payload)
        await self._writer.drain()


def _must(is_well: bool, said: bytes) -> None:
    if not is_well:
        raise Refused(said[:200].decode(errors="replace"), status=400)
