"""What /metrics says of the processes that take up work."""

from collections import Counter
from collections.abc import Iterator

from django.db.models.functions import Now
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from chatsvg.status.beats import FRESH
from chatsvg.status.models import ProcessBeat

QUEUES = ("drawings", "upkeep", "mail", "exports")


def read() -> Iterator[Metric]:
    """By their beats in the database: of all machines."""
    living = ProcessBeat.objects.filter(seen_at__gt=Now() - FRESH)
    takers = Counter(
        queue for queues in living.values_list("queues", flat=True) for queue in queues
    )
    family = GaugeMetricFamily(
        "chatsvg_workers", "Processes that take work from a queue.", labels=["queue"]
    )
    for queue in QUEUES:
        family.add_metric([queue], takers[queue])
    yield family
