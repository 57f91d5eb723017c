"""The command line of each kind of process (DESIGN §3), for whoever starts them."""

import os
import sys
from functools import cache
from pathlib import Path

DRAWINGS_UNDER_WAY = 100  # threads of a worker; they wait, they do not compute
UPKEEP_THREADS = 8
REQUESTS_AT_ONCE = 32  # of a web process; of those some may wait for their drawing
HEADER_BYTES = 32 * 1024  # of one request, at most; and the time in which they have to be there
HEADER_SECONDS = 10
LEAVE_SECONDS = 70  # in which a web process answers what it has begun
_CELERY = [sys.executable, "-m", "celery", "-A", "chatsvg", "--quiet"]  # no banner in the log


@cache
def mine() -> str:
    """What this process does, for its lines and figures: by CHATSVG_PROCESS, else by its command.

    One of web, live, worker, upkeep, beat and command.
    """
    told = os.environ.get("CHATSVG_PROCESS", "").strip()
    return told or of_command(sys.argv)


def of_command(argv: list[str]) -> str:
    """What a command line starts. Its queues tell a worker that draws from one that does not."""
    words = set(argv)
    if "beat" in words:
        return "beat"
    if "worker" in words:
        return "worker" if any("drawings" in word for word in argv) else "upkeep"
    servers = ("daphne", "granian", "uvicorn", "gunicorn")
    is_server = any(name in argv[0] for name in servers) if argv else False
    return "web" if is_server else "command"


def web(host: str, port: int) -> list[str]:
    daphne = [sys.executable, "-m", "daphne", "-b", host, "-p", str(port)]
    quiet = ["--server-name", "", "-v", "0"]  # no access log: it would hold signed addresses
    return [*daphne, *quiet, "chatsvg.asgi:application"]


def short(host: str, port: int) -> list[str]:
    """Short requests alone, by threads of one process: pages, files, the API."""
    where = ["--host", host, "--port", str(port), "--interface", "wsgi"]
    threads = ["--workers", "1", "--blocking-threads", str(REQUESTS_AT_ONCE)]
    quiet = ["--no-ws", "--no-access-log", "--log-level", "warning"]
    bounds = ["--http", "1", "--http1-buffer-size", str(HEADER_BYTES)]
    bounds += ["--http1-header-read-timeout", str(HEADER_SECONDS * 1000)]
    leave = ["--workers-kill-timeout", str(LEAVE_SECONDS)]
    target = "chatsvg.wsgi:application"
    return [sys.executable, "-m", "granian", *where, *threads, *quiet, *bounds, *leave, target]


def live(host: str, port: int) -> list[str]:
    """Long connections: WebSockets, event streams, Socket.IO, MCP. It can do all the rest too."""
    return [sys.executable, "-m", "chatsvg.live", host, str(port)]


def whole(host: str, port: int) -> list[str]:
    """Both at once, on one port: short requests by threads, long connections by its event loop."""
    return [sys.executable, "-m", "chatsvg.whole", host, str(port)]


def worker(name: str, threads: int = DRAWINGS_UNDER_WAY) -> list[str]:
    """Draws. `name` tells workers of one machine apart."""
    return _consumer(name, "drawings", threads)


def upkeep(name: str = "upkeep") -> list[str]:
    """Mail, exports, purges, reconciliation."""
    return _consumer(name, "upkeep,mail,exports", UPKEEP_THREADS)


def _consumer(name: str, queues: str, threads: int) -> list[str]:
    flags = ["-n", name, "-Q", queues, "-c", str(threads)]
    return [sys.executable, "-m", "chatsvg.working", "worker", *flags]


def beat(schedule: Path) -> list[str]:
    """The schedule, which it keeps in a file."""
    return [*_CELERY, "beat", "-s", str(schedule), "--pidfile="]
