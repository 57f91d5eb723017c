"""GET /metrics, for Prometheus: figures that the apps read from the database when asked."""

from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.registry import Collector

from chatsvg import problems, shared_metrics
from chatsvg.telemetry import own

_registry = CollectorRegistry(auto_describe=False)  # nothing is read before somebody asks


class _Figures(Collector):
    def __init__(self, read: Callable[[], Iterable[Metric]]):
        self._read = read

    def collect(self) -> Iterable[Metric]:
        return self._read()


def register(read: Callable[[], Iterable[Metric]]) -> None:
    """Have `read` called at every scrape. For an app's `ready`."""
    _registry.register(_Figures(read))


register(shared_metrics.read)


def metrics(request: HttpRequest) -> HttpResponse:
    """Everything that is registered. In production only for who presents METRICS_TOKEN."""
    if not _may_see(request):
        return problems.answer(request, 404, "Not found")
    own.note()
    return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)


def _may_see(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return not settings.PRODUCTION
    presented = request.headers.get("Authorization", "")
    return constant_time_compare(presented, f"Bearer {settings.METRICS_TOKEN}")
