"""An export whose worker is asked to end (accounts.profile.exports)."""

import pytest
from celery.signals import worker_shutting_down
from django.utils import timezone

from accounts.models import Export
from accounts.profile import exports
from accounts.signals import data_wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
Status = Export.Status


@pytest.fixture
def asked_to_end():
    """The first worker is asked while it puts an export together."""

    asking = [worker_shutting_down]

    def asked(sender, user, **kwargs):
        yield "first.txt", ["something"]
        if asking:
            asking.pop().send(None)
        yield "second.txt", ["more"]

    data_wanted.connect(asked)
    yield
    data_wanted.disconnect(asked)
    exports._leaving.clear()


def test_worker_that_ends_gives_its_try_back(person, files, asked_to_end):
    export = exports.ask(person)

    exports.build(export.pk)

    export.refresh_from_db()
    assert (export.status, export.tries) == (Status.QUEUED, 0)
    assert export.due_at <= timezone.now()
    assert list(files.rglob("*.zip")) == []
    exports.build_due()  # it begins nothing more
    assert Export.objects.get().tries == 0

    exports._leaving.clear()  # another worker, which nobody asks
    exports.build_due()
    export.refresh_from_db()
    assert (export.status, export.tries) == (Status.READY, 1)


def test_worker_that_was_overtaken_hands_nothing_back(person, asked_to_end):
    export = exports.ask(person)
    late = exports._claim(export.pk)
    Export.objects.update(due_at=timezone.now())
    exports._claim(export.pk)

    exports._hand_back(late)

    assert Export.objects.get().tries == 2
