"""The installation's processes, by their pid files: what CPU they used, and holding them still."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from chatsvg.embedded.processes import read_pid

WEB = ("web", "live", "proxy")
WORKER = ("worker",)


@dataclass(frozen=True)
class Cpu:
    """CPU seconds, user and system; None where the processes are not on this machine."""

    web: float | None
    worker: float | None
    driver: float

    @classmethod
    def used(cls, run: Path) -> "Cpu":
        """Up to now, by those whose pid files lie in `run`, and by ourselves."""
        return cls(_seconds(run, WEB), _seconds(run, WORKER), time.process_time())

    def each_ms(self, before: "Cpu", count: int) -> dict[str, float | None]:
        """What one of `count` operations cost since `before`, in milliseconds."""
        return {
            "web_cpu_ms_each": _each_ms(self.web, before.web, count),
            "worker_cpu_ms_each": _each_ms(self.worker, before.worker, count),
            "driver_cpu_ms_each": _each_ms(self.driver, before.driver, count),
        }


@contextmanager
def frozen_worker(run: Path) -> Iterator[bool]:
    """The worker stands still inside; the value says whether one was found."""
    processes = _processes(run, WORKER)
    try:
        _signal(processes, signal.SIGSTOP)
        yield bool(processes)
    finally:
        _signal(processes, signal.SIGCONT)


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _processes(run: Path, names: tuple[str, ...]) -> list[psutil.Process]:
    """Each named process with all its children."""
    found = []
    for name in names:
        with suppress(psutil.NoSuchProcess):
            if pid := read_pid(run / f"{name}.pid"):
                top = psutil.Process(pid)
                found += [top, *top.children(recursive=True)]
    return found


def _seconds(run: Path, names: tuple[str, ...]) -> float | None:
    processes = _processes(run, names)
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total if processes else None


def _each_ms(after: float | None, before: float | None, count: int) -> float | None:
    if after is None or before is None or not count:
        return None
    return round((after - before) * 1000 / count, 3)
