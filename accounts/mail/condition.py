"""How mails do, for `/status`."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Avg, Count, F, Q
from django.db.models.functions import Extract
from django.utils import timezone

from accounts.models import Mail
from chatsvg.status import Part, Reading

LATE, STUCK = timedelta(minutes=2), timedelta(minutes=10)
LATELY = timedelta(hours=1)


def parts() -> Iterator[Part]:
    yield Part(
        "mail",
        "E-mail",
        "Links to verify and reset, and answers of our support.",
        outbox,
        outbox,
        measure="Handed over in",
        rank=70,
    )


def outbox() -> Reading:
    """Whether mails leave: nothing due waits, and what was tried was taken."""
    now = timezone.now()
    waiting = Mail.objects.filter(ended_at=None).aggregate(
        stuck=Count("pk", filter=Q(due_at__lt=now - STUCK)),
        late=Count("pk", filter=Q(due_at__lt=now - LATE)),
        refused=Count("pk", filter=Q(tries__gt=0) & ~Q(error="")),
    )
    sent = Mail.objects.filter(ended_at__gt=now - LATELY, sent_at__isnull=False).aggregate(
        count=Count("pk"), took=Avg(Extract(F("sent_at") - F("created_at"), "epoch"))
    )
    if waiting["stuck"] or (waiting["refused"] and not sent["count"]):
        return Reading("failed", "Mails wait: they do not leave at the moment. None gets lost.")
    if waiting["late"] or waiting["refused"]:
        return Reading("slow", "Some mails wait longer than they should. None gets lost.")
    ms = None if sent["took"] is None else sent["took"] * 1000
    return Reading("ok", "Mails leave." if sent["count"] else "No mail waits.", ms)
