"""Figures that live in one process and may be shown by another's /metrics.

With METRICS_DIR they go through files in that folder, one for each process (prometheus_client's
multiprocess mode: settings.py switches it on before the library is first imported). The processes
must be of one machine and see each other's process ids: a container has a folder of its own.
Without it every process shows its own figures alone, which is right where it is the only one of
its container.
"""

import logging
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import prometheus_client
from django.conf import settings
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.multiprocess import MultiProcessCollector

log = logging.getLogger(__name__)
_own = CollectorRegistry(auto_describe=False)
_declared: dict[str, "_Shared"] = {}
_making = threading.Lock()


class _Shared:
    """A metric that is made at its first use. Nothing fails because of it."""

    kind: type[Any]
    shown_as: ClassVar[str]
    options: ClassVar[dict[str, Any]] = {}

    def __init__(self, name: str, text: str, labels: Sequence[str] = (), **options: Any):
        self.name, self.text, self.labels = name, text, tuple(labels)
        self._options = {**self.options, **options}
        _declared[name] = self

    @cached_property
    def _metric(self) -> Any:
        with _making:
            if made := self.__dict__.get("_metric"):
                return made
            if not _is_ready():
                return None
            told = (self.name, self.text, self.labels)
            return self.kind(*told, registry=_registry(), **self._options)

    def _of(self, labels: Sequence[str]) -> Any:
        one = self._metric
        return one.labels(*labels) if one and labels else one


class Gauge(_Shared):
    """Added up over the processes that live."""

    kind, shown_as = prometheus_client.Gauge, "gauge"
    options = {"multiprocess_mode": "livesum"}

    def set(self, value: float, *labels: str) -> None:
        if one := self._of(labels):
            one.set(value)


class Latest(Gauge):
    """The highest that any process has told: for times."""

    options = {"multiprocess_mode": "max"}


class Counter(_Shared):
    """Added up over all processes since METRICS_DIR was emptied."""

    kind, shown_as = prometheus_client.Counter, "counter"

    def add(self, *labels: str, by: float = 1) -> None:
        if one := self._of(labels):
            one.inc(by)


class Histogram(_Shared):
    """Added up like a counter. `buckets` are in the unit that the name ends with."""

    kind, shown_as = prometheus_client.Histogram, "histogram"

    def observe(self, value: float, *labels: str) -> None:
        if one := self._of(labels):
            one.observe(value)


def declared() -> Iterable[_Shared]:
    """Every metric of this kind that there is in the modules that were imported."""
    return _declared.values()


def read() -> Iterator[Metric]:
    """What every process has written; of what nobody has, the name alone."""
    seen = set()
    for metric in _written():
        seen.add(metric.name)
        yield metric
    for one in list(_declared.values()):
        if one.name not in seen:
            yield Metric(one.name, one.text, one.shown_as)


def empty() -> None:
    """Forget what earlier processes wrote. For whoever starts all of them."""
    if settings.METRICS_DIR:
        for file in Path(settings.METRICS_DIR).glob("*.db"):
            file.unlink(missing_ok=True)


def _written() -> Iterable[Metric]:
    if not settings.METRICS_DIR:
        return _own.collect()
    folder = Path(settings.METRICS_DIR)
    if not folder.is_dir():
        return ()
    _forget_the_dead(folder)
    return MultiProcessCollector(None, str(folder)).collect()


def _registry() -> CollectorRegistry | None:
    return None if settings.METRICS_DIR else _own


class _Here:
    """Whether this process has made its place in the folder."""

    pid = 0


def _is_ready() -> bool:
    if not settings.METRICS_DIR or _Here.pid == os.getpid():
        return True
    folder = Path(settings.METRICS_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.warning("metrics.not_shared folder=%s error=%s", folder, error.strerror)
        return False
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    if not _Here.pid:  # who had our number before is dead: in a container it is always the same
        for file in folder.glob(f"gauge_live*_{os.getpid()}.db"):
            file.unlink(missing_ok=True)
    _Here.pid = os.getpid()
    return True


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
