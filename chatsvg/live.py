"""The process of long connections: daphne, which takes its leave before it ends.

Daphne alone cuts everything off at SIGTERM, requests in the middle included. This one stops
listening, tells every WebSocket 1012 (service restart), ends event streams and long polls, so that
their clients come back to another process, and waits until the requests under way are answered.

    python -m chatsvg.live HOST PORT
"""

import logging
import os
import signal
import sys
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsvg.settings")
os.environ.setdefault("CHATSVG_PROCESS", "live")

from daphne.server import Server  # it chooses Twisted's reactor  # isort: skip
from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor as _reactor

from chatsvg import cores, wire
from chatsvg.roles import LEAVE_SECONDS

reactor: Any = _reactor
logger = logging.getLogger(__name__)
SERVICE_RESTART = 1012
LOOK_SECONDS = 0.1
_EVENT_STREAM = b"text/event-stream"
_POLLS = b"/socket.io/"


class Live(Server):
    """A server that SIGTERM and SIGINT ask to leave."""

    def run(self) -> None:
        self._ports: list[Any] = []
        reactor.callWhenRunning(self._heed)
        super().run()

    def listen_success(self, port: Any) -> None:
        self._ports.append(port)
        super().listen_success(port)

    def _heed(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: reactor.callFromThread(self.leave))

    def leave(self) -> None:
        """Take nobody in, see everybody off, then end. Asked again it ends at once."""
        if not self._ports:
            return self.stop()
        logger.info("live.leaving connections=%d", len(self._under_way()))
        while self._ports:
            self._ports.pop().stopListening()
        for protocol in self._under_way():
            _see_off(protocol)
        self._end_when_idle(time.monotonic() + LEAVE_SECONDS)

    def _end_when_idle(self, latest: float) -> None:
        if not self._under_way() or time.monotonic() > latest:
            return self.stop()
        reactor.callLater(LOOK_SECONDS, self._end_when_idle, latest)

    def _under_way(self) -> list[Any]:
        return [one for one, known in self.connections.items() if "disconnected" not in known]


def _see_off(protocol: Any) -> None:
    """End what would not end by itself; a request is left to be answered."""
    if isinstance(protocol, WebSocketProtocol):
        if protocol.state == protocol.STATE_OPEN:
            protocol.sendCloseFrame(code=SERVICE_RESTART)
        elif protocol.state == protocol.STATE_CONNECTING:
            protocol.serverReject()
    elif isinstance(protocol, WebRequest):
        if _is_event_stream(protocol):
            protocol.finish()
        elif _is_poll(protocol):
            protocol.basic_error(503, b"Service Unavailable", "Come again.")


def _is_event_stream(request: Any) -> bool:
    """Of somebody who listens. What answers a POST by one has something to say yet (`/mcp`)."""
    kinds = request.responseHeaders.getRawHeaders(b"content-type", [])
    is_stream = any(kind.startswith(_EVENT_STREAM) for kind in kinds)
    return request.method == b"GET" and request._response_started and is_stream


def _is_poll(request: Any) -> bool:
    return request.method == b"GET" and request.path.startswith(_POLLS)


def main(host: str, port: int) -> None:
    cores.keep_to_mine()
    from chatsvg.asgi import application

    wire.bind()
    where = build_endpoint_description_strings(host=host, port=port)
    Live(application, endpoints=where, verbosity=0, server_name="").run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
