"""The figures of the installation (CONTRACT §3.10): every one counted from rows."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.utils import timezone

from accounts.models import User
from generations import pipeline
from generations.models import Attempt, Generation, Job
from generations.overview import figures
from tests import factories
from tests.conftest import Api

pytestmark = pytest.mark.django_db
NOTHING = {
    "ai": {
        "totalJobs": 0,
        "avgPromptTokens": 0,
        "avgCompletionTokens": 0,
        "totalTokens": 0,
        "avgLatencyMs": 0,
        "p95LatencyMs": 0,
        "repairRate": "0.0%",
        "totalCostUSD": "$0.00",
        "avgCostPerJobUSD": "$0.0000",
    },
    "jobs": {
        "total": 0,
        "succeeded": 0,
        "failed": 0,
        "queued": 0,
        "running": 0,
        "queueDepth": 0,
        "successRate": "0.0%",
        "avgDurationMs": 0,
    },
    "users": {"activeUsers30d": 0, "totalGenerations30d": 0, "topGenerators": []},
}
NOW = timezone.now()
ENDS = {"SUCCEEDED": "CAPTURED", "FAILED": "REFUNDED", "CANCELED": "RELEASED"}


def job(status="SUCCEEDED", *, user=None, took=2.0, at=NOW, available_at=NOW) -> Job:
    """A row as the pipeline leaves it."""
    made = factories.job(user)
    ended = status in ENDS
    Job.objects.filter(pk=made.pk).update(
        status=status,
        charge=ENDS.get(status, "CAPTURED" if status == "RUNNING" else "HELD"),
        progress=100 if status == "SUCCEEDED" else 0,
        created_at=at,
        available_at=available_at,
        started_at=None if status == "QUEUED" else at,
        finished_at=at + timedelta(seconds=took) if ended else None,
        lease_expires_at=at if status == "RUNNING" else None,
    )
    return made


def call(of: Job, *, seconds=1.0, tokens=(100, 1000), cost="0.01", outcome="answered") -> Attempt:
    return Attempt.objects.create(
        job=of,
        number=1,
        outcome=outcome,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=seconds) if outcome != "under way" else None,
        prompt_tokens=tokens[0],
        completion_tokens=tokens[1],
        cost_usd=None if cost is None else Decimal(cost),
    )


def numbers(value) -> list:
    """Every figure that the client formats."""
    if isinstance(value, dict):
        return [number for one in value.values() for number in numbers(one)]
    return [] if isinstance(value, str | list) else [value]


def test_every_number_is_a_number_where_there_is_nothing():
    found = figures.read()

    assert found == NOTHING
    assert {type(number) for number in numbers(found)} <= {int, float}


def test_every_number_is_a_number_after_one_call_that_said_nothing():
    call(job(), tokens=(None, None), cost=None)

    found = figures.read()

    assert {type(number) for number in numbers(found)} <= {int, float}
    assert found["ai"]["totalJobs"] == 1
    assert (found["ai"]["totalTokens"], found["ai"]["avgPromptTokens"]) == (0, 0)


def test_tokens_and_latencies_are_those_of_answers():
    one, other = job(), job()
    call(one, seconds=1, tokens=(100, 1000))
    call(other, seconds=3, tokens=(200, 500))
    call(other, seconds=60, tokens=(None, None), outcome="failed")
    call(job("RUNNING"), tokens=(None, None), cost=None, outcome="under way")

    ai = figures.read()["ai"]

    assert ai["totalJobs"] == 2
    assert (ai["avgPromptTokens"], ai["avgCompletionTokens"]) == (150, 750)
    assert ai["totalTokens"] == 1800
    assert (ai["avgLatencyMs"], ai["p95LatencyMs"]) == (2000, 2900)


def test_unknown_tokens_are_in_no_average():
    call(job(), tokens=(100, 1000))
    call(job(), tokens=(None, None))

    assert figures.read()["ai"]["avgPromptTokens"] == 100


def test_percentile_is_that_of_the_values_in_order():
    seconds = list(range(1, 102))
    Random(7).shuffle(seconds)
    of = job()
    for second in seconds:
        call(of, seconds=second)

    assert figures.read()["ai"]["p95LatencyMs"] == 96_000


def test_repair_rate_counts_jobs_that_were_asked_for_again():
    mended, plain = job(), job()
    call(mended)
    call(mended)
    call(plain)
    call(plain, outcome="failed")
    call(job())

    assert figures.read()["ai"]["repairRate"] == "33.3%"


def test_costs_are_of_all_calls_and_per_job():
    one = job()
    call(one, cost="1.20")
    call(one, cost="0.034", outcome="failed")
    call(job(), cost="0.000200")

    ai = figures.read()["ai"]

    assert (ai["totalCostUSD"], ai["avgCostPerJobUSD"]) == ("$1.23", "$0.6171")


def test_unknown_cost_is_not_nothing():
    call(job(), cost="1.20")
    half = job()
    call(half, cost="5")
    call(half, cost=None)

    ai = figures.read()["ai"]
    assert (ai["totalCostUSD"], ai["avgCostPerJobUSD"]) == ("$6.20+", "$1.2000")

    Attempt.objects.update(cost_usd=None)
    ai = figures.read()["ai"]
    assert (ai["totalCostUSD"], ai["avgCostPerJobUSD"]) == ("unknown", "unknown")


def test_drawings_that_cost_nothing_cost_nothing():
    call(job(), cost="0")

    ai = figures.read()["ai"]
    assert (ai["totalCostUSD"], ai["avgCostPerJobUSD"]) == ("$0.00", "$0.0000")


def test_jobs_are_counted_by_what_became_of_them():
    for status, count in (("SUCCEEDED", 3), ("FAILED", 1), ("CANCELED", 2), ("RUNNING", 1)):
        for number in range(count):
            job(status, took=number + 1)
    job("QUEUED")
    job("QUEUED", available_at=NOW + timedelta(hours=1))  # waits for another try

    assert figures.read()["jobs"] == {
        "total": 9,
        "succeeded": 3,
        "failed": 1,
        "queued": 2,
        "running": 1,
        "queueDepth": 1,
        "successRate": "75.0%",
        "avgDurationMs": 2000,
    }


def test_users_are_those_of_the_last_thirty_days():
    busy, idle, lazy = (factories.person() for _ in range(3))
    for _ in range(3):
        job(user=busy)
    job("FAILED", user=lazy)
    job(user=idle, at=NOW - timedelta(days=31))

    assert figures.read()["users"] == {
        "activeUsers30d": 2,
        "totalGenerations30d": 3,
        "topGenerators": [
            {"userId": str(busy.pk), "jobCount": 3},
            {"userId": str(lazy.pk), "jobCount": 1},
        ],
    }


def test_ten_people_are_named_at_most():
    for _ in range(12):
        job()

    users = figures.read()["users"]
    assert (users["activeUsers30d"], len(users["topGenerators"])) == (12, 10)


@pytest.mark.django_db(transaction=True)
def test_figures_are_of_what_the_pipeline_did(api):
    boss = factories.person()
    User.objects.filter(pk=boss.pk).update(is_staff=True, is_superuser=True)
    made = factories.job()
    pipeline.run(made.pk)
    Generation.objects.all().delete()  # a drawing that was deleted was drawn all the same

    reply = api.sign_in(boss).get("/admin/metrics")

    assert reply.status_code == 200
    assert reply["Cache-Control"] == "private, no-store"
    found = reply.json()
    assert (found["jobs"]["succeeded"], found["jobs"]["successRate"]) == (1, "100.0%")
    assert found["jobs"]["avgDurationMs"] > 0
    assert (found["ai"]["totalJobs"], found["ai"]["totalCostUSD"]) == (1, "$0.00")
    assert found["ai"]["avgLatencyMs"] == found["ai"]["p95LatencyMs"] > 0
    assert found["users"]["topGenerators"] == [{"userId": str(made.user_id), "jobCount": 1}]


def test_figures_cost_few_queries(django_assert_num_queries):
    for _ in range(3):
        call(job())

    with django_assert_num_queries(6):
        figures.read()


def test_figures_name_nobody(person):
    factories.job(person, prompt="a secret whale")

    assert "secret" not in str(figures.read())
    assert person.email not in str(figures.read())
    assert Api().get("/admin/metrics").status_code == 401
