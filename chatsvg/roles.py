"""The command line of each kind of process (DESIGN §3), for whoever starts them."""

import sys
from pathlib import Path

DRAWINGS_UNDER_WAY = 100  # threads of a worker; they wait, they do not compute
UPKEEP_THREADS = 8
_CELERY = [sys.executable, "-m", "celery", "-A", "chatsvg"]


def web(host: str, port: int) -> list[str]:
    daphne = [sys.executable, "-m", "daphne", "-b", host, "-p", str(port)]
    quiet = ["--server-name", "", "-v", "0"]  # no access log: it would hold signed addresses
    return [*daphne, *quiet, "chatsvg.asgi:application"]


def worker(name: str, threads: int = DRAWINGS_UNDER_WAY) -> list[str]:
    """Draws. `name` tells workers of one machine apart."""
    return _consumer(name, "drawings", threads)


def upkeep(name: str = "upkeep") -> list[str]:
    """Mail, exports, purges, reconciliation."""
    return _consumer(name, "upkeep,mail,exports", UPKEEP_THREADS)


def _consumer(name: str, queues: str, threads: int) -> list[str]:
    flags = ["-Q", queues, "-P", "threads", "-c", str(threads), "-n", f"{name}@%h"]
    flags += ["--without-gossip", "--without-mingle", "-l", "INFO", "-I", "chatsvg.ready"]
    return [*_CELERY, "worker", *flags]


def beat(schedule: Path) -> list[str]:
    """The schedule, which it keeps in a file."""
    return [*_CELERY, "beat", "-s", str(schedule), "--pidfile="]
