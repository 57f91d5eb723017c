from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from credits.models import Wallet
from generations import pipeline
from generations.models import Job
from generations.tasks import audit_all
from tests import factories

pytestmark = pytest.mark.django_db


def figures(client, **headers):
    """Every sample, by its name and the values of its labels."""
    reply = client.get("/metrics", headers=headers)
    assert reply.status_code == 200
    families = text_string_to_metric_families(reply.content.decode())
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, *one.labels.values()): one.value for one in samples}


def test_nightly_audit_feeds_the_metric_of_drift(client):
    person = factories.person()
    assert ("chatsvg_audit_faults",) not in figures(client)

    audit_all.apply()
    clean = figures(client)
    Wallet.objects.filter(pk=person.pk).update(balance=7)
    audit_all.apply()
    drifted = figures(client)

    assert clean[("chatsvg_audit_faults",)] == 0
    assert drifted[("chatsvg_audit_faults",)] == 2  # the sum of entries, and the last of them
    told = drifted[("chatsvg_audit_timestamp_seconds",)]
    assert abs(told - timezone.now().timestamp()) < 60


def test_jobs_are_counted_while_they_are_under_way(client):
    user = factories.person()
    assert figures(client)[("chatsvg_queue_age_seconds",)] == 0
    pipeline.claim(factories.job(user).pk)
    for _ in range(2):
        factories.job(user)
    waiting = Job.objects.filter(status="QUEUED")
    waiting.update(available_at=timezone.now() - timedelta(seconds=30))

    told = figures(client)

    assert (told[("chatsvg_jobs", "queued")], told[("chatsvg_jobs", "running")]) == (2, 1)
    assert 30 <= told[("chatsvg_queue_age_seconds",)] < 60


def test_metrics_are_open_in_development_only(client, settings):
    settings.PRODUCTION = True
    assert client.get("/metrics").status_code == 404

    settings.METRICS_TOKEN = "t" * 32
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer t"}).status_code == 404
    assert figures(client, Authorization=f"Bearer {'t' * 32}")

    settings.PRODUCTION = False
    assert client.get("/metrics").status_code == 404
