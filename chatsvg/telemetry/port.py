"""A port for Prometheus in processes that serve nothing else: workers and the schedule.

Prometheus comes for figures, nobody pushes them: so a process that died has none, and nothing has
to be running besides. Where processes share METRICS_DIR one port shows the figures of all of them,
and the others, which find it taken, need none.
"""

import logging
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.registry import Collector

from chatsvg import shared_metrics
from chatsvg.telemetry import own

logger = logging.getLogger(__name__)
LOOPBACK = ("127.0.0.1", "::1", "localhost")
PATIENCE_SECONDS = 5


class _Written(Collector):
    def collect(self) -> Iterable[Metric]:
        return shared_metrics.read()


_registry = CollectorRegistry(auto_describe=False)
_registry.register(_Written())


def start() -> ThreadingHTTPServer | None:
    """Answer on METRICS_PORT from now on; None where there is none, or where it cannot be had."""
    if not settings.METRICS_PORT:
        return None
    if settings.METRICS_HOST not in LOOPBACK and not settings.METRICS_TOKEN:
        logger.error("metrics.refused host=%s without=METRICS_TOKEN", settings.METRICS_HOST)
        return None
    try:
        server = _Server((settings.METRICS_HOST, settings.METRICS_PORT), _Handler)
    except OSError as error:
        logger.warning("metrics.no_port port=%s error=%s", settings.METRICS_PORT, error.strerror)
        return None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    server_version, sys_version = "chatsvg", ""
    timeout = PATIENCE_SECONDS

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/metrics" or not self._may_see():
            return self._answer(404, "text/plain", b"Not found\n")
        own.note()
        return self._answer(200, CONTENT_TYPE_LATEST, generate_latest(_registry))

    def log_message(self, format: str, *args: object) -> None:
        """Prometheus comes every few seconds."""

    def _may_see(self) -> bool:
        presented = self.headers.get("Authorization", "")
        token = settings.METRICS_TOKEN
        return not token or constant_time_compare(presented, f"Bearer {token}")

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
