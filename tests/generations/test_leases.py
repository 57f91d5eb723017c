import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from generations import pipeline
from generations.leases import Renewer
from generations.models import Job
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
PAST = timezone.now() - timedelta(seconds=1)


@pytest.fixture
def stranger():
    """Another connection to the test's database."""
    parts = connection.get_connection_params()
    names = ("dbname", "host", "port", "user", "password")
    with psycopg.connect(make_conninfo(**{x: parts[x] for x in names if x in parts})) as one:
        yield one


def test_locked_job_holds_up_no_renewal_and_is_not_given_up(stranger):
    user, renewer = factories.person(), Renewer()
    locked, free = (pipeline.claim(factories.job(user).pk) for _ in range(2))
    Job.objects.update(lease_expires_at=PAST)
    stranger.execute("SELECT FROM generations_job WHERE id = %s FOR UPDATE", [locked.pk])

    with renewer.hold(locked) as first, renewer.hold(free) as second:
        began = time.monotonic()
        renewed_all = renewer.renew()
        seconds = time.monotonic() - began

    assert renewed_all is False
    assert seconds < 4.5  # less than lock_timeout
    assert not first.lost.is_set()
    assert not second.lost.is_set()
    leases = dict(Job.objects.values_list("pk", "lease_expires_at"))
    assert leases[locked.pk] == PAST
    assert leases[free.pk] > timezone.now()


def test_job_that_was_taken_over_is_not_renewed():
    user, renewer = factories.person(), Renewer()
    ours = pipeline.claim(factories.job(user).pk)
    Job.objects.update(attempt=2, lease_expires_at=PAST)

    with renewer.hold(ours) as lease:
        assert renewer.renew() is True

    assert lease.lost.is_set()
    assert Job.objects.get().lease_expires_at == PAST
