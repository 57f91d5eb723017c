"""A Chromium for the browser tests: the one that is there, else one that we get."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
APT_SECONDS = 600
LOCATE = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


class NoBrowser(Exception):
    """There is no Chromium and none could be had; the text says what to do."""


@cache
def executable() -> Path:
    """The path of a Chromium that runs. Where there is none, it is installed first."""
    with open(Path(tempfile.gettempdir(), f"chatsvg-browser-{os.geteuid()}.lock"), "w") as lock:
        flock(lock, LOCK_EX)
        found = find() or install()
    if found is None:
        raise NoBrowser(
            "There is no browser for the browser tests. Install chromium with your package manager,"
            " or run `python -m playwright install --with-deps chromium`, which needs root."
        )
    return found


def launch_options() -> dict:
    """What playwright's `chromium.launch` takes here. Chromium's sandbox refuses root."""
    flags = ["--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    return {"executable_path": str(executable()), "args": flags}


def find() -> Path | None:
    candidates = [
        os.environ.get("CHROMIUM"),
        *map(shutil.which, NAMES),
        of_playwright(),
    ]
    return next((Path(path) for path in candidates if path and runs(path)), None)


def of_playwright() -> str | None:
    """Where playwright keeps its own; it may not be installed there."""
    answer = subprocess.run(
        [sys.executable, "-c", LOCATE], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def runs(path: str) -> bool:
    """Whether it is a browser, and not a stand-in that asks for a snap."""
    with suppress(OSError, subprocess.TimeoutExpired):
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
        return answer.returncode == 0
    return False


def install() -> Path | None:
    """On Debian as root by apt, elsewhere (and where that fails) by playwright."""
    for way in (by_apt, by_playwright):
        if way() and (found := find()):
            return found
    return None


def by_apt() -> bool:
    if not (is_debian() and os.geteuid() == 0 and shutil.which("apt-get")):
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["--no-install-recommends", "chromium", "fonts-liberation"]
    return tell_and_run(["apt-get", "-q", "update"], env) and tell_and_run(
        ["apt-get", "-q", "install", "-y", *packages], env
    )


def by_playwright() -> bool:
    with_libraries = ["--with-deps"] if os.geteuid() == 0 and shutil.which("apt-get") else []
    return tell_and_run(
        [sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"],
        None,
    )


def is_debian() -> bool:
    """Debian itself: Ubuntu's package of that name asks for a snap."""
    with suppress(OSError):
        return platform.freedesktop_os_release().get("ID") == "debian"
    return False


def tell_and_run(argv: list[str], env: dict[str, str] | None) -> bool:
    """Run it, with its output on stderr only where it fails."""
    print("Getting a browser for the tests:", *argv, file=sys.stderr, flush=True)
    try:
        answer = subprocess.run(
            argv,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=APT_SECONDS,
            text=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        return False
    if answer.returncode:
        print(answer.stdout[-2000:], file=sys.stderr)
    return answer.returncode == 0
