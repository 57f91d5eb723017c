import os
import sys
from datetime import timedelta
from subprocess import DEVNULL, PIPE, Popen

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from chatsvg import shared_metrics
from chatsvg.embedded.home import PROJECT
from credits.models import Wallet
from generations import pipeline
from generations.models import Attempt, Job
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


def test_calls_of_models_are_counted_from_their_rows(client):
    job, now = factories.job(factories.person()), timezone.now()
    told = {"job": job, "number": 1, "model": "gpt-4o", "upstream": "gpt-4o-up"}
    took = {"started_at": now - timedelta(seconds=9), "finished_at": now - timedelta(seconds=1)}
    for _ in range(2):
        Attempt.objects.create(
            **told,
            **took,
            outcome="answered",
            prompt_tokens=100,
            completion_tokens=50,
            cost_usd="0.25",
            first_byte_seconds=1.5,
        )
    Attempt.objects.create(**told, **took, outcome="failed", error_code="TIMEOUT")
    Attempt.objects.create(**told)  # under way
    Attempt.objects.create(**told, finished_at=now - timedelta(minutes=11))

    seen = figures(client)

    answered = ("answered", "gpt-4o", "gpt-4o-up")
    assert {name: seen[(f"chatsvg_model_{name}", *answered)] for name in COLUMNS} == COLUMNS
    failed = ("TIMEOUT", "gpt-4o", "gpt-4o-up")
    assert seen[("chatsvg_model_calls", *failed)] == 1
    assert ("chatsvg_model_cost_usd", *failed) not in seen  # unknown is not nothing


COLUMNS = {
    "calls": 2,
    "seconds": 8,
    "first_byte_seconds": 1.5,
    "prompt_tokens": 200,
    "completion_tokens": 100,
    "cost_usd": 0.5,
}
WORKER = """
import django; django.setup()
from generations.providers import breakers
from generations.providers.base import Endpoint
from generations.providers.errors import Unavailable
breaker = breakers.of(Endpoint("openai", "far", "http://away.test/v1", "secret"))
for _ in range(5):
    breaker.enter(110).end(False, Unavailable())
print("open", flush=True)
input()
"""


def test_breakers_of_another_process_are_shown_while_it_lives(client):
    breaker = ("chatsvg_breakers", "far@away.test")
    with Popen(
        [sys.executable, "-c", WORKER],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "chatsvg.settings"},
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
    ) as worker:
        assert worker.stdout.readline() == b"open\n"
        alive = figures(client)
        worker.stdin.close()

    assert (alive[(*breaker, "open")], alive[(*breaker, "closed")]) == (1, 0)
    dead = figures(client)
    assert (*breaker, "open") not in dead
    assert dead[("chatsvg_breaker_openings_total", "far@away.test")] == 1


def test_without_a_folder_a_process_shows_its_own_figures_alone(client, settings):
    settings.METRICS_DIR = ""
    mine = shared_metrics.Gauge("chatsvg_of_this_test", "Nothing.", ("what",))

    mine.set(3, "x")

    told = figures(client)
    shared_metrics._declared.pop(mine.name)
    shared_metrics._own.unregister(mine._metric)
    assert told[("chatsvg_of_this_test", "x")] == 3
    assert ("chatsvg_breaker_openings_total", "far@away.test") not in told


def test_what_earlier_processes_wrote_is_forgotten_at_the_start(settings, tmp_path):
    settings.METRICS_DIR = str(tmp_path)
    (tmp_path / "counter_1.db").write_bytes(b"")

    shared_metrics.empty()

    assert list(tmp_path.iterdir()) == []
