"""Where deleted drawings stood, so that pages which ended there go on."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models.functions import Now

from chatsvg import retention
from generations.models import Gap, Generation

KEPT = timedelta(days=1)


def leave(drawings: Iterable[Generation]) -> None:
    """Note the places of drawings that go, in the caller's transaction. A place that was noted
    already, when its drawing left the gallery, stays as it was then."""
    Gap.objects.bulk_create(
        (
            Gap(
                pk=one.pk,
                user_id=one.user_id,
                is_private=one.is_private,
                created_at=one.created_at,
            )
            for one in drawings
        ),
        ignore_conflicts=True,
    )


def forget(user) -> None:
    """Leave nothing of whose they were; others may stand at a public one in the gallery."""
    Gap.objects.filter(user=user, is_private=True).delete()
    Gap.objects.filter(user=user).update(user=None)


def close() -> None:
    """Forget those of a day ago: nobody goes on from there."""
    retention.forget(Gap.objects.filter(deleted_at__lt=Now() - KEPT))
