"""What /metrics says of mails."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from accounts.models import Mail


def read() -> Iterator[Metric]:
    now = timezone.now()
    found = Mail.objects.filter(ended_at=None).aggregate(rows=Count("pk"), first=Min("due_at"))
    late = max((now - (found["first"] or now)).total_seconds(), 0.0)
    yield GaugeMetricFamily("chatsvg_mail_pending", "Mails that have not ended.", found["rows"])
    yield GaugeMetricFamily(
        "chatsvg_mail_age_seconds", "How long the one that is due longest has waited.", late
    )
