"""Local servers that keep what they are sent: traces (OTLP over HTTP), faults (for Sentry)."""

import gzip
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli

from chatsvg.embedded import processes

UNPACK = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@dataclass(frozen=True)
class Seen:
    """One span, as it came over the wire."""

    name: str
    kind: int
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    process: str
    failed: bool


class Collector:
    """Listens on a free port of this machine while the block lasts."""

    def __enter__(self):
        self.raw: list[bytes] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def take(self, path: str, body: bytes) -> None:
        raise NotImplementedError

    def _handler(self):
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                body = UNPACK[self.headers.get("Content-Encoding", "")](body)
                collector.raw.append(body)
                collector.take(self.path, body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *told):
                """Tests ask for what they want to know."""

        return Handler


class Traces(Collector):
    """A collector of OpenTelemetry."""

    def __enter__(self):
        self.spans: list[Seen] = []
        return super().__enter__()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def take(self, path, body):
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
            ExportTraceServiceRequest,
        )

        assert path == "/v1/traces"
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            process = _values(resource.resource.attributes)["chatsvg.process"]
            for scope in resource.scope_spans:
                self.spans += [_seen(span, process) for span in scope.spans]

    def named(self, name: str) -> list[Seen]:
        return [span for span in self.spans if span.name == name]

    def wait_for(
        self, name: str, is_meant: Callable[[Seen], bool], seconds: float = 10
    ) -> list[Seen]:
        def found() -> list[Seen]:
            return [span for span in self.named(name) if is_meant(span)]

        processes.wait_until(lambda: bool(found()), seconds)
        return found()


class Faults(Collector):
    """A project of Sentry."""

    def __enter__(self):
        self.events: list[dict] = []
        return super().__enter__()

    @property
    def dsn(self) -> str:
        return f"http://public@127.0.0.1:{self.port}/1"

    def take(self, path, body):
        _, *items = body.split(b"\n")
        for kind, item in zip(items[::2], items[1::2], strict=False):
            if json.loads(kind)["type"] == "event":
                self.events.append(json.loads(item))


def _seen(span, process) -> Seen:
    return Seen(
        span.name,
        span.kind,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        _values(span.attributes),
        process,
        span.status.code == 2,
    )


def _values(attributes) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
