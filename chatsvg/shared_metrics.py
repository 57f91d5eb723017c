"""Figures that live in one process and are shown by another's /metrics.

They go through files in METRICS_DIR, one for each process (prometheus_client's multiprocess mode:
settings.py switches it on before the library is first imported). The processes must be of one
machine, or see each other's process ids. Where there is no such folder the figures are counted all
the same, and shown by nobody.
"""

import logging
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import prometheus_client
from django.conf import settings
from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector

log = logging.getLogger(__name__)


class _Shared:
    """A metric that is made at its first use. Nothing fails because of it."""

    kind: type[Any]
    options: dict[str, str] = {}

    def __init__(self, name: str, text: str, labels: Sequence[str]):
        self._told = (name, text, labels)

    @cached_property
    def _metric(self) -> Any:
        return self.kind(*self._told, registry=None, **self.options) if _is_ready() else None

    def _of(self, labels: Sequence[str]) -> Any:
        return self._metric and self._metric.labels(*labels)


class Gauge(_Shared):
    """Added up over the processes that live."""

    kind, options = prometheus_client.Gauge, {"multiprocess_mode": "livesum"}

    def set(self, value: float, *labels: str) -> None:
        if one := self._of(labels):
            one.set(value)


class Counter(_Shared):
    """Added up over all processes since METRICS_DIR was emptied."""

    kind = prometheus_client.Counter

    def add(self, *labels: str) -> None:
        if one := self._of(labels):
            one.inc()


def read() -> Iterable[Metric]:
    """What every process has written."""
    folder = Path(settings.METRICS_DIR)
    if not settings.METRICS_DIR or not folder.is_dir():
        return ()
    _forget_the_dead(folder)
    return MultiProcessCollector(None, str(folder)).collect()


def empty() -> None:
    """Forget what earlier processes wrote. For whoever starts all of them."""
    if settings.METRICS_DIR:
        for file in Path(settings.METRICS_DIR).glob("*.db"):
            file.unlink(missing_ok=True)


def _is_ready() -> bool:
    if not settings.METRICS_DIR:
        return True
    try:
        Path(settings.METRICS_DIR).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.warning("metrics.not_shared folder=%s error=%s", settings.METRICS_DIR, error.strerror)
        return False
    return os.access(settings.METRICS_DIR, os.W_OK | os.X_OK)


def _forget_the_dead(folder: Path) -> None:
    """Gauges are of processes that live; counters stay."""
    for file in folder.glob("gauge_live*_*.db"):
        if not _is_alive(int(file.stem.rpartition("_")[2])):
            file.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
