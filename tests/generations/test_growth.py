"""What is asked of large tables has an index that serves it, wherever most rows are others."""

import pytest
from django.db import connection

from accounts.models import User
from credits.models import Entry
from generations.models import Attempt, Job
from generations.models.jobs import SAID
from realtime.models import Notification

ASKED = {
    "job_under_way": lambda: Job.objects.under_way().values("pk"),
    "job_without_drawing": lambda: Job.objects.filter(status="FAILED").order_by("-pk")[:51],
    "job_not_paid": lambda: Job.objects.filter(charge="RELEASED").order_by("-pk")[:51],
    "job_with_error": lambda: Job.objects.filter(error_code="TIMEOUT").order_by("-pk")[:51],
    "attempt_said": lambda: Attempt.objects.filter(SAID, pk__gt=7).order_by("pk")[:51],
    "entry_not_capture": lambda: Entry.objects.filter(kind="refund").order_by("-pk")[:51],
    "notification_of_type": lambda: Notification.objects.filter(type="LOW_CREDITS").order_by("-pk"),
    "user_staff": lambda: User.objects.filter(is_staff=True).order_by("-pk")[:51],
    "user_not_active": lambda: User.objects.filter(is_active=False).order_by("-pk")[:51],
}


@pytest.mark.parametrize("index", ASKED)
def test_index_serves(db, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")

        assert index in ASKED[index]().explain()
