"""What may be asked for, what it costs, what is left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from credits.models import Plan
from generations import estimates, pipeline, providers
from generations.choices import STYLES
from generations.models import Job
from tests import factories
from tests.generations.v1.programs import BODY, Program, make, person_on, refused


def test_styles_and_models(program):
    styles, models = (program.get(path).json() for path in ("/styles", "/models"))

    assert {one["id"]: one["name"] for one in styles["styles"]} == STYLES
    assert styles["default"] == "outline"
    assert [one["id"] for one in models["models"]] == [one.name for one in providers.models()]
    assert models["default"] == providers.default_model().name
    assert {(one["price"], one["isAvailable"]) for one in models["models"]} == {(1, True)}


@pytest.mark.parametrize(
    ("codes", "is_available"),
    [
        (["TIMEOUT"] * 3, False),
        (["TIMEOUT", "OPENAI_PERMISSION", "OPENAI_RATE_LIMIT"], False),
        (["TIMEOUT"] * 2, True),
        (["TIMEOUT"] * 3 + [""], True),
        (["CONTENT_REJECTED"] * 3, True),
    ],
)
def test_model_is_not_available_while_all_of_it_fails(program, supporter, codes, is_available):
    for code in codes:
        job = factories.job(supporter)
        pipeline.run(job.pk) if not code else pipeline.give_up(
            pipeline.claim(job.pk), pipeline.Fault(code)
        )

    models = {one["id"]: one["isAvailable"] for one in program.get("/models").json()["models"]}

    assert models["studio"] is is_available
    assert models["gpt-4o"] is True
    long_ago = timezone.now() - timedelta(minutes=6)
    Job.objects.exclude(finished_at=None).update(finished_at=long_ago)
    assert estimates.failing() == set()


def test_estimate_prices_and_makes_nothing(program, supporter):
    told = program.ask("POST", "/estimate", {**BODY, "n": 4}).json()

    assert (told["price"], told["n"], told["style"], told["model"]) == (4, 4, "flat", "studio")
    assert told["credits"] == {"available": 10, "after": 6, "isEnough": True}
    assert told["queue"] == {
        "waiting": 0,
        "waitingSeconds": None,
        "drawingSeconds": None,
        "estimatedSeconds": None,
    }
    assert not Job.objects.exists()


def test_estimate_of_what_cannot_be_paid_and_of_tests(db):
    user = person_on(Plan.SUPPORTER, credits_left=1)
    program = Program(make(user).raw)
    tester = Program(make(user, environment="test").raw)

    short, test = (
        one.ask("POST", "/estimate", {**BODY, "n": 3}).json() for one in (program, tester)
    )

    assert short["credits"] == {"available": 1, "after": 0, "isEnough": False}
    assert (test["price"], test["credits"]["isEnough"]) == (0, True)


@pytest.mark.parametrize(
    "fields", [{"prompt": "x"}, {"style": "duotone"}, {"n": 9}, {"model": "x"}]
)
def test_estimate_refuses_what_generate_does(program, fields):
    assert refused(program.ask("POST", "/estimate", {**BODY, **fields}))[0] == 400


def test_estimate_knows_how_long_it_took_of_late(program, supporter):
    at = timezone.now()
    for seconds in (4, 6, 20):
        job = factories.job(supporter)
        pipeline.run(job.pk)
        Job.objects.filter(pk=job.pk).update(
            created_at=at,
            started_at=at + timedelta(seconds=2),
            finished_at=at + timedelta(seconds=2 + seconds),
        )
    quiet = estimates.estimate("studio")
    factories.job(supporter)
    factories.job(supporter)

    queue = program.ask("POST", "/estimate", BODY).json()["queue"]

    assert (quiet.waiting, quiet.waiting_seconds, quiet.drawing_seconds) == (0, 2, 6)
    assert queue == {
        "waiting": 2,
        "waitingSeconds": 12,
        "drawingSeconds": 6,
        "estimatedSeconds": 18,
    }


def test_credits_are_those_of_the_account(program, supporter):
    program.draw()

    told = program.get("/credits").json()

    assert told == {
        "credits": 9,
        "balance": 10,
        "held": 1,
        "plan": "SUPPORTER",
        "nextRefillAt": None,
    }
    free = factories.person()
    tester = Program(make(free, environment="test").raw)
    assert tester.get("/credits").json()["nextRefillAt"].endswith("Z")


def test_usage_counts_this_month_and_each_key(program, tester, supporter):
    old = factories.job(supporter)
    long_ago = timezone.now().replace(day=1) - timedelta(days=1)
    Job.objects.filter(pk=old.pk).update(created_at=long_ago)
    program.draw(n=2)
    tester.draw()

    told = program.get("/usage").json()

    assert told["drawings"] == {"month": 2, "today": 2}
    assert told["from"].endswith("-01T00:00:00.000Z")
    assert (told["total"]["requests"], told["total"]["creditsUsed"]) == (2, 2)
    by_environment = {key["environment"]: key for key in told["keys"]}
    assert by_environment["production"]["creditsUsed"] == 2
    assert by_environment["test"]["creditsUsed"] == 0
    assert told["limits"] == {
        "plan": "SUPPORTER",
        "drawingsPerMonth": 2000,
        "drawingsPerDay": 5000,
        "drawingsUnderWay": 20,
        "requestsPerMinute": 60,
        "requestsPerHour": 1000,
    }


SCOPES = {
    "svg:read": ["/svg/jobs", "/svg/drawings", "/styles", "/models"],
    "account:read": ["/credits", "/usage"],
}


@pytest.mark.parametrize("scope", [*SCOPES, "svg:generate", "webhooks"])
def test_scopes_open_what_they_say(supporter, scope):
    program = Program(make(supporter, scopes=[scope]).raw)

    for needed, paths in SCOPES.items():
        for path in paths:
            assert program.get(path).status_code == (200 if needed == scope else 403), path
    writes = [
        ("POST", "/estimate", 200),
        ("POST", f"/svg/job/{'x'}/cancel", 404),
        ("DELETE", "/svg/drawings/x", 404),
    ]
    for method, path, status in writes:
        expected = status if scope == "svg:generate" else 403
        assert program.ask(method, path, BODY).status_code == expected, path
