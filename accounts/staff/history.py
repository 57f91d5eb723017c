"""The admin's own history: it names rows by what they say of themselves, and tells why they were
changed."""

from collections.abc import Iterable

from django.contrib.admin.models import LogEntry
from django.db.models import F


def erase(model_name: str, ids: Iterable[object]) -> None:
    """Leave of these rows that something was done to them: their ids, and nothing in words."""
    about = LogEntry.objects.filter(
        content_type__model=model_name, object_id__in=[str(one) for one in ids]
    )
    about.update(object_repr=F("object_id"), change_message="")
