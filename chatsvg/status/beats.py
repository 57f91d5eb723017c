"""Which worker processes live: they say so, and those that stopped saying it are forgotten."""

import os
import socket
from collections.abc import Collection
from datetime import timedelta

from django.db.models.functions import Now

from chatsvg.status.models import ProcessBeat

FRESH = timedelta(seconds=45)  # three beats
FORGOTTEN = timedelta(days=1)


def beat(queues: Collection[str]) -> None:
    """This process lives, and takes work from `queues`."""
    told = {"queues": sorted(queues), "seen_at": Now()}
    ProcessBeat.objects.update_or_create(name=_name(), defaults=told)


def fresh(queue: str) -> int:
    """How many processes take work from a queue."""
    return ProcessBeat.objects.filter(seen_at__gt=Now() - FRESH, queues__contains=[queue]).count()


def end() -> None:
    """This process stops: nobody waits for it."""
    ProcessBeat.objects.filter(name=_name()).delete()


def forget_the_dead() -> None:
    ProcessBeat.objects.filter(seen_at__lt=Now() - FORGOTTEN).delete()


def _name() -> str:
    return f"{socket.gethostname()[:100]}:{os.getpid()}"
