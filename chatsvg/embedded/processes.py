"""Child processes that end with us, and pid files that say which are ours."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psutil  # 1 MB: for who looks after processes, not for all that read settings

PR_SET_PDEATHSIG = 1  # prctl(2)
LONGEST_LOG = 10 * 1024 * 1024  # bytes; a longer one makes room at the next start
FIRST_PAUSE = 0.25  # seconds between tries to start what keeps dying; it doubles
LONGEST_PAUSE = 4.0
STEADY_SECONDS = 30  # up for that long, the pauses begin anew
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def spawn(
    argv: Sequence[str | os.PathLike],
    *,
    log: Path,
    cwd: Path,
    env: dict[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
    ended_by: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen:
    """Start a process in a session of its own that writes to `log`.

    On Linux it gets `ended_by` when the thread that started it ends, however that comes about.
    """
    identity: dict[str, Any] = {}
    if user:
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
    with open(log, "ab") as output:
        return subprocess.Popen(
            [os.fspath(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
            preexec_fn=_dies_with(os.getpid(), ended_by),
            **identity,
        )


def _dies_with(parent: int, ended_by: signal.Signals) -> Callable[[], None]:
    def ask_kernel() -> None:
        if _prctl:
            _prctl(PR_SET_PDEATHSIG, int(ended_by), 0, 0, 0)
        if os.getppid() != parent:  # it ended before the kernel knew
            os._exit(1)

    return ask_kernel


def write_pid(path: Path, pid: int) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(f"{pid}\n")
    draft.rename(path)


def read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None


def find_process(pid: int | None, *words: str, cwd: Path | None = None) -> "psutil.Process | None":
    """The living process of that pid if its command line carries all the words.

    A pid that now belongs to some other program is never returned.
    """
    if not pid:
        return None
    import psutil

    with suppress(psutil.Error):
        process = psutil.Process(pid)
        argv = process.cmdline()
        if process.status() != psutil.STATUS_ZOMBIE and all(word in argv for word in words):
            return process
    return None


def end_group(pid: int, *, steps: Sequence[tuple[signal.Signals, float]], wait: Callable) -> None:
    """Send each signal in turn, giving `seconds` for each, until `wait(seconds)` is content.

    The last resort is SIGKILL for the whole process group.
    """
    for number, seconds in steps:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait(seconds):
            break
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    wait(2)


def end_child(process: subprocess.Popen, *steps: tuple[signal.Signals, float]) -> None:
    """End a process that `spawn` started, and what it left in its group."""

    def ended(seconds: float) -> bool:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    end_group(process.pid, steps=steps, wait=ended)


def _is_alive(process: "psutil.Process") -> bool:
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end_orphan(process: "psutil.Process", *steps: tuple[signal.Signals, float]) -> None:
    """End a process that an earlier start of ours left behind."""

    def ended(seconds: float) -> bool:
        return wait_until(lambda: not _is_alive(process), seconds)

    end_group(process.pid, steps=steps, wait=ended)


class Pauses:
    """How long to wait before something that died is started again: not at all the first time."""

    def __init__(self) -> None:
        self._next = 0.0
        self._started = time.monotonic()
        self._due: float | None = None

    def is_due(self) -> bool:
        """To be asked while it is dead: whether its pause is over."""
        now = time.monotonic()
        if self._due is None:
            pause = 0.0 if now - self._started > STEADY_SECONDS else self._next
            self._next = min(LONGEST_PAUSE, pause * 2 or FIRST_PAUSE)
            self._due = now + pause
        if now < self._due:
            return False
        self._due, self._started = None, now
        return True


class SignalAlarm:
    """Lets `select` wake up for signals, those of ended children included."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self._ours.setblocking(False)
        theirs.setblocking(False)
        signal.set_wakeup_fd(theirs.detach())
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def fileno(self) -> int:
        return self._ours.fileno()

    def clear(self) -> None:
        with suppress(BlockingIOError):
            self._ours.recv(4096)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
