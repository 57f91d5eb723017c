"""Proxies in front of an object storage that does not always answer, or not in full."""

import asyncio

from tests.faults.proxy import PIECE, Proxy

SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Ask less often</Message></Error>"
BUSY = b"HTTP/1.1 503 Slow Down\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (
    len(SLOW_DOWN),
    SLOW_DOWN,
)
SECONDS = 10  # that a client has to go once it was answered


class Grudging(Proxy):
    """Answers the next `times` requests itself: by `answer`, or by cutting the connection."""

    times = 0
    answer = BUSY

    async def _serve(self, reader, writer):
        if not self.times:
            return await super()._serve(reader, writer)
        self.times -= 1
        await reader.readuntil(b"\r\n\r\n")
        if self.answer:
            writer.write(self.answer)
            writer.write_eof()
            await asyncio.wait_for(reader.read(), SECONDS)
        writer.transport.abort()


class Meagre(Proxy):
    """Carries so many bytes, of both ways together; then it hangs, or cuts."""

    left = 0
    cuts = False

    async def _pump(self, reader, writer):
        while data := await reader.read(PIECE):
            self.left -= len(data)
            if self.left < 0:
                await asyncio.sleep(0 if self.cuts else 3600)
                return
            writer.write(data)
            await writer.drain()
