"""OpenStack Swift in a virtual environment of its own, made once and kept under `.chatsvg/`."""

import hashlib
import platform
import shutil
import subprocess
import sys
from fcntl import LOCK_EX, flock
from pathlib import Path

from chatsvg.embedded.home import PROJECT

PINNED = Path(__file__).with_name("requirements.txt")
KEPT = PROJECT / ".chatsvg" / "swift"
SECONDS = 600  # for the index and the wheels


class NotInstalled(Exception):
    """Swift could not be installed; the text says why."""


def programs() -> Path:
    """The folder of Swift's commands. Raises NotInstalled."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with open(KEPT / "lock", "w") as file:
        flock(file, LOCK_EX)
        place = KEPT / _version()
        if not (place / "made").exists():
            _make(place)
    return place / "bin"


def _version() -> str:
    """Of what is installed, for which Python and where: its scripts name both."""
    about = f"{platform.python_version()} {sys.base_prefix} {KEPT}"
    return hashlib.sha256(about.encode() + PINNED.read_bytes()).hexdigest()[:16]


def _make(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(place))
    _run(str(place / "bin" / "pip"), "install", "-q", "--require-hashes", "-r", str(PINNED))
    (place / "made").touch()


def _run(*argv: str) -> None:
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS, check=False)
    if ended.returncode:
        said = (ended.stderr or ended.stdout).strip()[-1500:]
        raise NotInstalled(
            "These tests need OpenStack Swift from the package index, and it could not be "
            f"installed (tests/swift/requirements.txt):\n{' '.join(argv[:4])}\n{said}"
        )
