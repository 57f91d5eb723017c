"""Where the embedded servers of one project folder keep their data and sockets, and as whom."""

import hashlib
import os
import pwd
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
LONGEST_SOCKET = 103  # bytes; Linux takes 107, macOS 103
SOCKET_NAME = ".s.PGSQL.5432.lock"  # the longest name that is made beside the sockets
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")  # needs no quoting in any URL or server option


class HomeError(Exception):
    """The folder cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Home:
    """The data folder of one project folder.

    `root` is ours. What the servers own lies in it too, unless they run as another user who cannot
    get there; then it lies in `elsewhere`, a private folder named by the hash of `root`.
    """

    root: Path

    @classmethod
    def of_project(cls) -> "Home":
        return cls(Path(os.path.abspath(os.environ.get("CHATSVG_DIR") or PROJECT / ".chatsvg")))

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @cached_property
    def servant(self) -> pwd.struct_passwd | None:
        """Whom the servers run as where we are root (PostgreSQL refuses root), else None."""
        return unprivileged_user() if os.geteuid() == 0 else None

    @cached_property
    def elsewhere(self) -> Path:
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        if self.servant:
            return lasting_folder() / f"chatsvg-{digest}"
        return Path("/tmp") / f"chatsvg-{os.geteuid()}-{digest}"

    @cached_property
    def is_open(self) -> bool:
        """Whether the servers' user can get to `root`; `make_root` lets them pass through it."""
        return self.servant is None or reachable(self.root.parent, self.servant)

    @cached_property
    def data(self) -> Path:
        """The parent of the servers' data folders."""
        return self.root if self.is_open else self.elsewhere

    @cached_property
    def sockets(self) -> Path:
        inside = self.root / "sock"
        path = str(inside / SOCKET_NAME)
        fits = len(os.fsencode(path)) <= LONGEST_SOCKET and PLAIN_PATH.fullmatch(path)
        return inside if fits and self.is_open else self.elsewhere / "sock"

    def make_root(self) -> None:
        """Make `root`, open for passing through where the servers run as another user."""
        self.root.mkdir(parents=True, mode=0o700, exist_ok=True)
        if self.root.stat().st_uid != os.geteuid():
            raise HomeError(
                f"{self.root} belongs to {user_name(self.root.stat().st_uid)}: "
                "run this as that user, or remove the folder."
            )
        if self.servant:
            self.root.chmod(self.root.stat().st_mode | 0o011)

    def make(self) -> None:
        """Make every folder that the servers need."""
        self.make_root()
        if self.elsewhere in (self.data, self.sockets.parent):
            make_private(self.elsewhere, 0o711 if self.servant else 0o700)
        for folder in (self.run, self.log):
            folder.mkdir(mode=0o700, exist_ok=True)
        self.give(self.sockets)

    def give(self, folder: Path) -> None:
        """Make the folder and hand it to the servers' user, closed to everybody else."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.servant:
            os.chown(folder, self.servant.pw_uid, self.servant.pw_gid)

    def remove(self) -> None:
        """Delete everything. For homes that tests made."""
        for folder in (self.root, self.elsewhere):
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Be the only process inside; the kernel ends the lock with the process."""
        self.make()
        with open(self.run / f"{name}.lock", "w") as file:
            flock(file, LOCK_EX)
            yield


def unprivileged_user() -> pwd.struct_passwd:
    """`nobody`, else the first ordinary account."""
    with suppress(KeyError):
        return pwd.getpwnam("nobody")
    for account in pwd.getpwall():
        if account.pw_uid != 0:
            return account
    raise HomeError("PostgreSQL cannot run as root, and there is no other account on this machine.")


def user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def reachable(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether that user may pass through the folder and all above it."""
    return all(may_pass(step, user) for step in (folder, *folder.parents))


def may_pass(folder: Path, user: pwd.struct_passwd) -> bool:
    try:
        state = folder.stat()
    except OSError:
        return False
    if state.st_uid == user.pw_uid:
        return bool(state.st_mode & stat.S_IXUSR)
    if state.st_gid == user.pw_gid:
        return bool(state.st_mode & stat.S_IXGRP)
    return bool(state.st_mode & stat.S_IXOTH)


def lasting_folder() -> Path:
    """A folder open to all in which root's own folders outlive a reboot."""
    for folder in (Path("/var/lib"), Path("/var/tmp")):
        if folder.is_dir() and os.access(folder, os.W_OK):
            return folder
    return Path("/tmp")


def make_private(folder: Path, mode: int) -> None:
    """Make a folder where others can write too; one that is not ours is refused."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o022:
        raise HomeError(f"{folder} is needed here, but is not a private folder of ours: remove it.")
    folder.chmod(mode)
