"""The installation under load: one of our own, made for the run, or one that is running."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatsvg.bench.errors import BenchError
from chatsvg.bench.report import say
from chatsvg.bench.stack import free_port
from chatsvg.embedded.home import PROJECT, Home
from chatsvg.embedded.processes import end_child, spawn

READY_SECONDS = 120
STOP_SECONDS = 20
LOG_LINES = 60
MODEL_SERVER = PROJECT / "tests" / "model_server.py"
OF_ANOTHER = """
    DATABASE_URL REDIS_URL SECRET_KEY JWT_SECRET PORT PUBLIC_URL FRONTEND_URL ALLOWED_HOSTS
    COOKIE_SECURE COOKIE_SAMESITE SECURE_SSL_REDIRECT TRUSTED_PROXIES FILES_DIR S3_BUCKET
""".split()


@dataclass(frozen=True)
class Installation:
    """Where it answers, where its pid files lie, and the environment of its commands."""

    url: str
    run: Path
    env: dict[str, str]

    def manage(self, *words: str) -> None:
        """Run one of its `manage.py` commands. Raises BenchError with what it said."""
        ended = subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", *words],
            cwd=PROJECT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise BenchError(f"manage.py {words[0]}: {ended.stderr.strip()[-1000:]}")

    def say_logs(self) -> None:
        """Tell the end of what web and worker logged: our own log ends with its folder."""
        for name in ("web", "worker"):
            with suppress(FileNotFoundError):
                log = (self.run.with_name("log") / f"{name}.log").read_text(errors="replace")
                say("\n".join([f"--- {name} ---", *log.splitlines()[-LOG_LINES:]]))


def add_arguments(parser: ArgumentParser) -> None:
    """For scenarios that need an installation."""
    parser.add_argument(
        "--base-url",
        help="a running server, whose folder and environment this command has too; "
        "without it one is started for the run",
    )
    parser.add_argument(
        "--model", help="what draws (studio; with --instant-model the model server)"
    )
    parser.add_argument(
        "--instant-model",
        action="store_true",
        help="draw by a local model server that answers at once: the platform's own cost",
    )


def model_name(options: dict[str, Any]) -> str:
    """What the options say draws."""
    return options["model"] or ("gpt-4o" if options["instant_model"] else "studio")


@contextmanager
def installation(options: dict[str, Any]) -> Iterator[Installation]:
    """What the options ask for. One of our own ends and is deleted with the block."""
    if url := options["base_url"]:
        if options["instant_model"]:
            raise BenchError("--instant-model is for a server of our own, without --base-url.")
        yield Installation(url.rstrip("/"), Home.of_project().run, dict(os.environ))
        return
    instant = options["instant_model"]
    with temporary_home() as home, _model(home, instant=instant) as env, own(home, env) as place:
        yield place


@contextmanager
def temporary_home() -> Iterator[Home]:
    """A home that is deleted with the block."""
    folder = Path(tempfile.mkdtemp(prefix=f"chatsvg-bench-{os.getpid()}-", dir="/tmp"))
    folder.chmod(0o711)  # the database's user passes through
    home = Home(folder / "home")
    try:
        yield home
    finally:
        home.remove()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own(home: Home, model: dict[str, str]) -> Iterator[Installation]:
    env = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER}
    env |= {
        "CHATSVG_DIR": str(home.root),
        "DEBUG": "false",
        "RATELIMIT_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        **model,
    }
    argv = [sys.executable, "manage.py", "dev", "--like-production", "--port", str(free_port())]
    say("starting manage.py dev --like-production in a folder of its own")
    with _program(argv, home.root.with_name("dev.log"), "ready ", env) as line:
        yield Installation(line.removeprefix("ready "), home.run, env)


@contextmanager
def _model(home: Home, *, instant: bool) -> Iterator[dict[str, str]]:
    """What the environment says about the model server, where one is wanted."""
    if not instant:
        yield {}
        return
    with model_server(home) as url:
        yield {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "bench", "CHATSVG_MODELS": ""}


@contextmanager
def model_server(home: Home, *flags: str) -> Iterator[str]:
    """The tests' model server as a process beside that home; the value is its base URL."""
    if not MODEL_SERVER.exists():
        raise BenchError("The model server is one of the tests, which are not here.")
    argv = [sys.executable, str(MODEL_SERVER), *flags]
    log = home.root.with_name("model.log")
    with _program(argv, log, "http", dict(os.environ)) as url:
        yield url


@contextmanager
def _program(argv: list[str], log: Path, mark: str, env: dict[str, str]) -> Iterator[str]:
    """A program that runs inside; the value is the line with which it said that it is ready."""
    process = spawn(argv, log=log, cwd=PROJECT, env=env)
    try:
        yield _wait_for_line(process, argv[1:3], log, mark)
    finally:
        end_child(process, (signal.SIGTERM, STOP_SECONDS))


def _wait_for_line(process: subprocess.Popen, name: list[str], log: Path, mark: str) -> str:
    """The first line that begins with `mark`."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        ended = process.poll() is not None
        for line in log.read_text(errors="replace").splitlines():
            if line.startswith(mark):
                return line
        if ended:
            break
        time.sleep(0.05)
    said = log.read_text(errors="replace")[-2000:]
    raise BenchError(f"{' '.join(name)} did not become ready:\n{said}")
