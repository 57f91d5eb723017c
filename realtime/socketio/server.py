"""The Socket.IO server of this process: who may connect, and when connections are cut."""

import asyncio
import logging

import socketio
from socketio.exceptions import ConnectionRefusedError

from accounts.models import Session
from chatsvg.database import AWAY
from chatsvg.errors import SignedOut
from realtime.consumers import session_of
from realtime.socketio.connection import Connection
from realtime.socketio.requests import environ

logger = logging.getLogger(__name__)
NAMESPACE = "/"
PING_SECONDS, PONG_SECONDS = 25, 20
PAYLOAD_BYTES = 1_000_000
HANDSHAKE_SECONDS = 10  # from the first packet to a person
PARTING_SECONDS = 3  # for which a client that was told to go may take the news
PATIENCE_SECONDS = 5  # with a database that is away; the client waits for 8
PAUSE_SECONDS = 0.5

_connections: dict[str, Connection] = {}


class Server(socketio.AsyncServer):
    """Cuts what never says, or no longer says, who it is."""

    async def _handle_eio_connect(self, eio_sid, environ):
        await super()._handle_eio_connect(eio_sid, environ)
        self.expect_somebody(eio_sid, HANDSHAKE_SECONDS)

    def expect_somebody(self, eio_sid: str, seconds: float) -> None:
        """Cut a connection that is nobody's after `seconds`."""
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, lambda: loop.create_task(self._cut_nobodys(eio_sid)))

    def is_open(self, eio_sid: str | None) -> bool:
        transport = self.eio.sockets.get(eio_sid)
        return transport is not None and not transport.closed

    async def _cut_nobodys(self, eio_sid: str) -> None:
        sid = self.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        if self.is_open(eio_sid) and not self.manager.is_connected(sid, NAMESPACE):
            await self._cut(eio_sid)

    async def _cut(self, eio_sid: str) -> None:
        transport = self.eio.sockets[eio_sid]
        await transport.close(wait=False)
        await transport.queue.put(None)  # ends what waits to send: a poll, or a WebSocket's writer
        self.eio.sockets.pop(eio_sid, None)


def _only_failures(record: logging.LogRecord) -> bool:
    """The library's other lines name origins and connections; the latter are as good as keys."""
    return record.exc_info is not None


_library = logging.getLogger(f"{__name__}.library")
_library.addFilter(_only_failures)
server = Server(
    async_mode="asgi",
    ping_interval=PING_SECONDS,
    ping_timeout=PONG_SECONDS,
    max_http_buffer_size=PAYLOAD_BYTES,
    http_compression=False,
    cors_allowed_origins=[],  # the door sees to that
    logger=_library,
    engineio_logger=_library,
)
server.eio._async = {**server.eio._async, "translate_request": environ}


@server.event
async def connect(sid, request, auth):
    """The session check of HTTP; refused with CONTRACT §5.2's word."""
    session = await _session(request["asgi.scope"])
    eio_sid = server.manager.eio_sid_from_sid(sid, NAMESPACE)
    if not server.is_open(eio_sid):  # gone meanwhile; nobody would tell us later
        raise ConnectionRefusedError("Gone")
    server.environ[eio_sid] = {"asgi.scope": request["asgi.scope"]}
    connection = _connections[sid] = Connection(server, sid)
    connection.start(session)  # a task: it sends after the answer to CONNECT


@server.event
async def disconnect(sid, reason):
    if connection := _connections.pop(sid, None):
        await connection.end()
    if eio_sid := server.manager.eio_sid_from_sid(sid, NAMESPACE):
        server.expect_somebody(eio_sid, PARTING_SECONDS)


async def _session(scope: dict) -> Session:
    """Whose cookie it is. A database that restarts is waited for a little."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    return await session_of(scope)
                except AWAY:
                    await asyncio.sleep(PAUSE_SECONDS)
    except SignedOut:
        raise ConnectionRefusedError("Unauthorized") from None
    except TimeoutError:
        logger.warning("socketio.refused error=DatabaseAway")
        raise ConnectionRefusedError("Service unavailable") from None
