"""A whole Swift on the loopback, on one device: what it takes for S3, and says in its log.

Four processes, as Swift comes; their data are gone afterwards.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import boto3

from chatsvg.bench.stack import free_port
from chatsvg.embedded import processes
from tests.servers import make_folder
from tests.swift.installed import KEPT, programs

REGION = "eu-central-1"
KEY, SECRET = "chatsvg:storage", "sesame-of-the-test-bucket"
OTHER_KEY, OTHER_SECRET = "stranger:storage", "sesame-of-another"
DOMAIN = "s3.test"  # below which a bucket is a host name
READY_SECONDS = 60
PIPELINE = "catch_errors proxy-logging s3api tempauth copy slo dlo proxy-server"
COMMON = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {root}
devices = {root}/devices
user = {user}
mount_check = false
disable_fallocate = true
log_level = INFO
"""
STORAGE = """
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
PROXY = f"""
[pipeline:main]
pipeline = {PIPELINE}
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:proxy-logging]
use = egg:swift#proxy_logging
log_msg_template = asked {{method}} {{status_int}} {{path}}
[filter:s3api]
use = egg:swift#s3api
location = {REGION}
storage_domain = {DOMAIN}
[filter:tempauth]
use = egg:swift#tempauth
user_{KEY.replace(":", "_")} = {SECRET} .admin
user_{OTHER_KEY.replace(":", "_")} = {OTHER_SECRET} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""
INSIDE = "/v1/"  # what Swift asks of itself
ASKED = re.compile(r"asked (?P<method>[A-Z]+) (?P<status>\d+) (?P<path>\S+)")


class SwiftError(Exception):
    """It did not start; the text has the end of its logs."""


class Asked(NamedTuple):
    """A request that came to an end."""

    method: str
    status: int
    path: str


class Swift:
    """`port` speaks S3."""

    def __init__(self, folder: Path, programs: Path):
        self.root = folder
        self.programs = programs
        self.ports = {kind: free_port() for kind in ("proxy", "account", "container", "object")}
        self._running: dict[str, subprocess.Popen] = {}

    @property
    def port(self) -> int:
        return self.ports["proxy"]

    def asked(self, of: str) -> list[Asked]:
        """What was asked of it by S3 whose path or query holds `of`, in the order of the ends."""
        found = [
            Asked(line["method"], int(line["status"]), unquote(line["path"]))
            for line in ASKED.finditer(self._log("proxy").read_text(errors="replace"))
        ]
        return [one for one in found if of in one.path and not one.path.startswith(INSIDE)]

    def environment(self, *, port: int = 0, **others: str) -> dict[str, str]:
        """Of a process whose storage this is, reached by a port of the loopback."""
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{port or self.port}",
            "S3_REGION": REGION,
            "S3_ADDRESSING_STYLE": "path",
            **others,
        }

    def client(self):
        """Somebody who looks into it beside ChatSVG."""
        return boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name=REGION,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )

    def start(self) -> None:
        """Raises SwiftError."""
        (self.root / "devices" / "disk").mkdir(parents=True)
        (self.root / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = test\n")
        for kind in ("account", "container", "object"):
            self._make_ring(kind)
        for kind, port in self.ports.items():
            self._configure(kind, port)
            argv = [self.programs / f"swift-{kind}-server", self.root / f"{kind}.conf", "-v"]
            self._running[kind] = processes.spawn(
                argv, log=self._log(kind), cwd=self.root, ended_by=signal.SIGKILL
            )
        if not processes.wait_until(self._is_settled, READY_SECONDS) or self._dead():
            logs = "\n".join(self._log(kind).read_text(errors="replace") for kind in self.ports)
            raise SwiftError(f"Swift did not start:\n{logs[-3000:]}")

    def stop(self) -> None:
        for process in self._running.values():
            processes.end_child(process)

    def _make_ring(self, kind: str) -> None:
        builder = self.root / f"{kind}.builder"
        for words in (
            ("create", "4", "1", "0"),
            ("add", f"r1z1-127.0.0.1:{self.ports[kind]}/disk", "1"),
            ("rebalance",),
        ):
            argv = [self.programs / "swift-ring-builder", builder, *words]
            ended = subprocess.run(argv, capture_output=True, text=True, check=False)
            if ended.returncode:
                raise SwiftError(f"{' '.join(words)}: {ended.stdout}{ended.stderr}")

    def _configure(self, kind: str, port: int) -> None:
        user = pwd.getpwuid(os.geteuid()).pw_name
        text = COMMON.format(port=port, root=self.root, user=user)
        text += PROXY if kind == "proxy" else STORAGE.format(kind=kind)
        (self.root / f"{kind}.conf").write_text(text)

    def _is_settled(self) -> bool:
        return bool(self._dead()) or all(map(_answers, self.ports.values()))

    def _dead(self) -> list[str]:
        return [kind for kind, process in self._running.items() if process.poll() is not None]

    def _log(self, kind: str) -> Path:
        return self.root / f"{kind}.log"


@contextmanager
def running_swift() -> Iterator[Swift]:
    """An empty one. Raises NotInstalled or SwiftError."""
    found = programs()
    folder = make_folder_for_data()
    swift = Swift(folder, found)
    try:
        swift.start()
        yield swift
    finally:
        swift.stop()
        shutil.rmtree(folder, ignore_errors=True)


def make_folder_for_data() -> Path:
    """A folder on a file system that keeps attributes of files: Swift's metadata are those."""
    folder = make_folder()
    try:
        if hasattr(os, "setxattr"):  # of Linux; macOS has such attributes everywhere
            os.setxattr(folder, "user.swift", b"kept")
    except OSError:
        folder.rmdir()
        return Path(tempfile.mkdtemp(prefix="data-", dir=KEPT))
    return folder


def _answers(port: int) -> bool:
    asked = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        asked.request("GET", "/healthcheck")
        return asked.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()
