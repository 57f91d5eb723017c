"""A TCP proxy in front of one server, to part a process from it without ending either."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

PIECE = 64 * 1024  # bytes
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Proxy:
    """Carries bytes both ways, until told otherwise. `port` is on the loopback."""

    def __init__(self, connect: Callable[[], Awaitable[Streams]]):
        self.port = 0
        self.delay = 0.0  # seconds before each piece
        self._connect = connect
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._passing = asyncio.Event()
        self._refusing = False
        self._writers: set[asyncio.StreamWriter] = set()

    @classmethod
    def to_socket(cls, path: Path) -> "Proxy":
        return cls(lambda: asyncio.open_unix_connection(path))

    @classmethod
    def to_port(cls, port: int) -> "Proxy":
        return cls(lambda: asyncio.open_connection("127.0.0.1", port))

    def part(self) -> None:
        """Nothing passes any more, and no side is told: what is sent waits."""
        self._loop.call_soon_threadsafe(self._passing.clear)

    def cut(self) -> None:
        """Reset every connection; what had not passed is lost. New ones are closed at once."""
        self._do(self._cut())

    def mend(self) -> None:
        """Let everything pass again, what waits first."""
        self._do(self._mend())

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, work: Coroutine) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(5)

    async def _listen(self) -> None:
        self._passing.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        await self._cut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _cut(self) -> None:
        self._refusing = True
        for writer in self._writers:
            writer.transport.abort()

    async def _mend(self) -> None:
        self._refusing = False
        self._passing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers = {writer}
        self._writers.add(writer)
        try:
            await self._passing.wait()
            if self._refusing:
                return
            far_reader, far_writer = await self._connect()
            writers.add(far_writer)
            self._writers.add(far_writer)
            pumps = self._pump(reader, far_writer), self._pump(far_reader, writer)
            tasks = [asyncio.ensure_future(pump) for pump in pumps]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        except OSError:
            pass  # nobody there: the client is told by the end of its connection
        finally:
            self._writers -= writers
            for one in writers:
                one.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(PIECE):
            await self._passing.wait()
            await asyncio.sleep(self.delay)
            writer.write(data)
            await writer.drain()
