"""What /metrics says of webhooks."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from realtime.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

WINDOW = timedelta(minutes=10)


def read() -> Iterator[Metric]:
    now = timezone.now()
    waiting = WebhookDelivery.objects.pending().filter(endpoint__disabled_at=None)
    found = waiting.aggregate(rows=Count("id"), first=Min("due_at"))
    late = max((now - (found["first"] or now)).total_seconds(), 0.0)
    yield _gauge("pending", "Deliveries that have not ended.", found["rows"])
    yield _gauge("age_seconds", "How long the one that is due longest has waited.", late)
    yield _attempts(now - WINDOW)
    disabled = WebhookEndpoint.objects.filter(disabled_at__gt=now - timedelta(days=1))
    family = GaugeMetricFamily(
        "chatsvg_webhook_disabled", "Endpoints disabled in the last day.", labels=["because"]
    )
    for because, count in _counted(disabled, "disabled_because"):
        family.add_metric([because], count)
    yield family


def _attempts(since) -> Metric:
    family = GaugeMetricFamily(
        "chatsvg_webhook_attempts",
        "Requests of the last ten minutes, by what came of them.",
        labels=["error"],
    )
    for error, count in _counted(WebhookAttempt.objects.filter(at__gt=since), "error"):
        family.add_metric([error or "none"], count)
    return family


def _counted(rows, field):
    return rows.order_by().values_list(field).annotate(Count("pk"))


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"chatsvg_webhook_{name}", text, value=value)
