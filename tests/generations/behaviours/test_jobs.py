"""Every named behaviour of a model server, met by a whole job: its end, its price, its rows.

One server and one database see all of them together, each as a model of its own.
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from credits.models import Wallet
from generations import pipeline
from generations.audit import findings
from generations.models import Generation, Job
from generations.providers import refusals
from tests import factories
from tests.model_behaviours import BEHAVIOURS

pytestmark = pytest.mark.django_db(transaction=True)

COST, TOLD_COST = Decimal("0.002550"), Decimal("0.0042")
CREDITS = 40
LONGEST = 60  # seconds for all of them: they take six, and hang for ninety
TRIES = 3
UNSAFE = ("script", "onload", "javascript:", "foreignobject", "evil.example", "nan", "entity")


def drawn(*, calls=1, repairs=0, tokens=240, cost=COST):
    rows = [("answered", "", repair, tokens, cost) for repair in range(repairs + 1)]
    return ("SUCCEEDED", "", "CAPTURED", 1, rows, calls)


def failed(code, *, tries=1, tokens=None):
    cost = COST if tokens else None
    rows = [("failed", code, 0, tokens, cost)] * tries
    return ("FAILED", code, "REFUNDED", tries, rows, tries)


def made_good(end):
    """The same with a model to turn to: one failed call, kept with its cost, and one that draws."""
    _, code, _, _, rows, _ = end
    status, none, charge, tries, answered, _ = drawn()
    return (
        end if code == "CONTENT_REJECTED" else (status, none, charge, tries, rows[:1] + answered, 1)
    )


def unusable():
    """Three answers without a drawing that may be shown: the draft, and two repairs of it."""
    return ("FAILED", "VALIDATION_ERROR", "REFUNDED", 1, drawn(repairs=2)[4], 3)


def each(names, end):
    return dict.fromkeys(names.split(), end)


ENDS = {
    **each("well whole crlf comments-first lingers usage-every-chunk usage-unasked", drawn()),
    **each("thoughts-first no-reason fenced prose unclosed wrong-namespace", drawn()),
    **each("keyless no-v1 azure", drawn()),
    **each("no-usage usage-nonsense", drawn(tokens=None, cost=None)),
    "usage-with-cost": drawn(cost=TOLD_COST),
    **each("nan scripts", drawn(calls=3, repairs=2)),
    **each("entity-bomb no-drawing", unusable()),
    "no-vision": drawn(calls=4, repairs=2),  # one more call for the picture, and never again
    **each("refuses-schema refuses-stream refuses-limit", drawn(calls=2)),
    "refuses-format": drawn(calls=3),
    "refuses-usage": drawn(calls=2, tokens=None, cost=None),
    "refuses-all": drawn(calls=7),
    **each("dribble silent comments-only stall", failed("TIMEOUT", tries=TRIES)),
    **each(
        "cut cut-in-event server-error overloaded bad-gateway huge-error error-in-stream"
        " error-in-200 gzip-garbage no-json nothing",
        failed("GENERATION_FAILED", tries=TRIES),
    ),
    **each(
        "ends-early empty thoughts-only tool-call",
        failed("GENERATION_FAILED", tries=TRIES, tokens=240),
    ),
    **each("endless endless-line", failed("GENERATION_FAILED")),
    "length": failed("GENERATION_FAILED", tokens=240),
    **each(
        "rate-limit rate-limit-after rate-limit-after-ms rate-limit-reset rate-limit-in-stream",
        failed("OPENAI_RATE_LIMIT", tries=TRIES),
    ),
    "no-quota": failed("OPENAI_RATE_LIMIT"),
    "bad-request": failed("VALIDATION_ERROR"),
    "bad-key": failed("OPENAI_PERMISSION"),
    **each("unknown-model redirect page", failed("OPENAI_MODEL_NOT_FOUND")),
    **each("refused filtered", failed("CONTENT_REJECTED", tokens=240)),
    "filtered-before": failed("CONTENT_REJECTED"),
}
FAILING = [name for name, end in ENDS.items() if end[4][0][0] == "failed"]
DELAYS = {"rate-limit-after": 1, "rate-limit-after-ms": 0.25, "rate-limit-reset": 1.5}


def entry(name, url):
    """The behaviour as a model of CHATSVG_MODELS."""
    behaviour, host = BEHAVIOURS[name], url.removesuffix("/v1")
    made = {"name": name, "baseUrl": url, "apiKey": "key", "priceIn": 1.25, "priceOut": 10}
    if behaviour.refuses:
        made |= {"abilities": {"vision": True, "json": True}, "limits": {"maxOutputTokens": 9000}}
    if behaviour.azure:
        path = f"{host}/openai/deployments/{name}"
        made |= {"baseUrl": path, "apiVersion": "2024-10-21", "auth": "api-key"}
    if behaviour.keyless:
        del made["apiKey"]
    own = {"dribble": {"limits": {"seconds": 0.5}}, "no-v1": {"baseUrl": host}}
    return made | own.get(name, {})


@pytest.fixture
def models(endpoint, settings, tmp_path):
    """Each behaviour is a model, and those that fail once more with one to stand in for them."""
    refusals.forget()
    entries = [entry(name, endpoint.url) for name in BEHAVIOURS]
    backed = [
        {**one, "name": f"{one['name']}, backed", "upstream": one["name"], "fallback": ["well"]}
        for one in entries
        if one["name"] in FAILING
    ]
    path = tmp_path / "models.json"
    path.write_text(json.dumps({"models": [*entries, *backed]}))
    settings.CHATSVG_MODELS = str(path)
    settings.MODEL_FIRST_BYTE_SECONDS = settings.MODEL_STALL_SECONDS = 1.5
    settings.JOB_DEADLINE_SECONDS = 110
    for name, behaviour in BEHAVIOURS.items():
        endpoint.script(behaviour, model=name)


def work(job):
    """Every try of a job, without the waits between them. Gives back the first of these."""
    wait = None
    for _ in range(TRIES + 1):
        pipeline.run(job.pk)
        queued = Job.objects.filter(pk=job.pk, status="QUEUED")
        if wait is None and (again := queued.first()):
            wait = (again.available_at - again.attempts.get().finished_at).total_seconds()
        queued.update(available_at=timezone.now())
    connection.close()
    return wait


def asked(names):
    """Jobs of two people for the models of these names."""
    people = [factories.person(credits_left=CREDITS) for _ in range(2)]
    return {
        name: factories.job(people[number % 2], model=name) for number, name in enumerate(names)
    }


def all_worked(jobs):
    with ThreadPoolExecutor(8) as workers:
        return dict(zip(jobs, workers.map(work, jobs.values()), strict=True))


def assert_paid(drawings):
    left = sum(Wallet.objects.values_list(F("balance") - F("held"), flat=True))
    assert left == 2 * CREDITS - drawings
    assert [fault for finding in findings() for fault in finding.faults] == []


def seen(name, job, server):
    job = Job.objects.get(pk=job.pk)
    calls = sum(call.model == name for call in server.log)
    rows = job.attempts.values_list(
        "outcome", "error_code", "repair", "completion_tokens", "cost_usd"
    )
    return (job.status, job.error_code, job.charge, job.attempt, list(rows), calls)


def test_every_behaviour_ends_as_designed(models, endpoint):
    jobs = asked(BEHAVIOURS)
    began = time.monotonic()

    waits = all_worked(jobs)

    assert {name: seen(name, job, endpoint) for name, job in jobs.items()} == ENDS
    assert time.monotonic() - began < LONGEST
    for name, seconds in DELAYS.items():
        assert seconds <= waits[name] < seconds + 1.5
    assert_paid(sum(end[0] == "SUCCEEDED" for end in ENDS.values()))
    assert endpoint.wait_for(lambda server: not server.open_calls, 1)
    for drawing in Generation.objects.values_list("svg", flat=True):
        assert [word for word in UNSAFE if word in drawing.lower()] == []


def test_every_failure_but_a_refusal_is_made_good_by_the_next_model(models, endpoint):
    jobs = asked(f"{name}, backed" for name in FAILING)

    all_worked(jobs)

    ends = {name: made_good(ENDS[name]) for name in FAILING}
    assert {name: seen(name, jobs[f"{name}, backed"], endpoint) for name in FAILING} == ends
    assert_paid(sum(end[0] == "SUCCEEDED" for end in ends.values()))
