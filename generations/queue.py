"""How much waits to be drawn."""

from django.db.models import Count, Q
from django.db.models.functions import Now

from generations.models import Job


def depth() -> dict[str, int]:
    """Jobs by what they wait for, in the contract's words (CONTRACT §3.4)."""
    queued = Q(status=Job.Status.QUEUED)
    figures = Job.objects.under_way().aggregate(
        waiting=Count("pk", filter=queued & Q(available_at__lte=Now())),
        delayed=Count("pk", filter=queued & Q(available_at__gt=Now())),
        active=Count("pk", filter=Q(status=Job.Status.RUNNING)),
    )
    return {**figures, "paused": 0}
