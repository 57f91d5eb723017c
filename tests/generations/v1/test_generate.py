"""`/v1/svg/generate` and the job that comes of it (CONTRACT §4.1)."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client

from accounts.keys import usage
from credits.models import Plan
from generations import pipeline, services
from generations.models import Job
from tests import factories
from tests.generations.v1.programs import (
    BODY,
    FACES,
    NOTHING,
    Program,
    balances,
    faults,
    make,
    person_on,
    totals,
)


@pytest.mark.parametrize("base", FACES)
def test_program_draws_and_reads_its_drawing(program, supporter, base):
    program.base = base

    accepted = program.draw(prompt="  a red fox asleep ")

    assert accepted.status_code == 202
    made = accepted.json()
    assert made == {
        "jobId": made["jobId"],
        "status": "queued",
        "creditsCharged": True,
        "message": "SVG generation job created successfully",
        "estimatedCompletionTime": "30-60 seconds",
    }
    assert accepted["Location"] == f"/v1/svg/job/{made['jobId']}"
    assert accepted["Cache-Control"] == "private, no-store"
    waiting = program.job(made["jobId"])
    assert (waiting.status_code, waiting["Cache-Control"]) == (200, "private, no-store")
    shown = waiting.json()["job"]
    assert (shown["svg"], shown["url"], shown["finishedAt"]) == (None, None, None)
    pipeline.run(made["jobId"])

    job = program.job(made["jobId"]).json()["job"]

    assert set(job) == {
        *("id", "status", "prompt", "style", "model", "svg", "url", "createdAt", "finishedAt"),
        *("creditsCharged", "drawingId"),
    }
    assert (job["id"], job["status"], job["creditsCharged"]) == (made["jobId"], "SUCCEEDED", True)
    assert (job["prompt"], job["style"], job["model"]) == ("a red fox asleep", "flat", "studio")
    assert job["svg"].startswith("<svg")
    there = urlsplit(job["url"])
    assert there.scheme == "http"
    copy = Client().get(f"{there.path}?{there.query}")
    assert b"".join(copy.streaming_content) if copy.streaming else copy.content
    assert (copy.status_code, copy["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
    assert balances(supporter) == (9, 0)
    assert faults() == []


def test_style_and_model_have_defaults_and_a_drawing_is_private(program, supporter):
    program.ask("POST", "/svg/generate", {"prompt": BODY["prompt"]})
    program.draw(privacy=False)

    first, second = Job.objects.order_by("created_at")
    assert (first.style, first.is_private) == ("outline", True)
    assert first.model == services.read_recipe(BODY | {"model": None}).model
    assert second.is_private is False


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"prompt": ""}, "Prompt is required"),
        ({"prompt": None}, "Prompt is required"),
        ({"prompt": "short"}, "Prompt length must be between 10 and 500 characters"),
        ({"style": "duotone"}, "Invalid style. Must be one of: outline, filled, minimal"),
        ({"model": "x"}, "Invalid model. Must be one of: "),
        ({"idempotencyKey": 7}, "idempotencyKey must be text"),
        ({"idempotencyKey": "x" * 129}, "Idempotency key must be 128 characters or fewer"),
    ],
)
def test_bad_request_is_a_problem_whose_error_is_its_sentence(program, supporter, fields, error):
    reply = program.draw(**fields)

    assert reply.status_code == 400
    assert reply["Content-Type"] == "application/problem+json"
    told = reply.json()
    assert told["error"].startswith(error)
    assert told == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": told["error"],
        "error": told["error"],
        "errorCode": "BAD_REQUEST",
        "requestId": reply["x-request-id"],
    }
    assert not Job.objects.exists()
    assert totals(supporter) == usage.Totals(requests=1, latency_ms=totals(supporter).latency_ms)


def test_key_in_the_body_makes_a_request_safe_to_repeat(program, supporter):
    replies = [program.draw(idempotencyKey=" once ") for _ in range(3)]
    pipeline.run(replies[0].json()["jobId"])
    replies.append(program.draw(idempotencyKey="once"))
    other = program.draw(idempotencyKey="once", style="3d")

    assert [reply.status_code for reply in replies] == [202] * 4
    assert len({reply.json()["jobId"] for reply in replies}) == 1
    assert replies[-1].json()["status"] == "succeeded"
    assert other.status_code == 409
    assert other.json()["errorCode"] == "IDEMPOTENCY_CONFLICT"
    assert Job.objects.count() == 1
    assert totals(supporter).credits == 1
    assert balances(supporter) == (9, 0)


def test_requests_without_a_key_are_never_repeats(program):
    made = {program.draw(idempotencyKey=value).json()["jobId"] for value in (None, "", "  ")}

    assert len(made) == 3


def test_no_credits_is_402(supporter, program):
    factories.spend(supporter, 10)

    reply = program.draw()

    assert reply.status_code == 402
    assert reply.json()["errorCode"] == "INSUFFICIENT_CREDITS"
    assert reply.json()["error"].startswith("You do not have enough credits")
    assert not Job.objects.exists()
    assert (totals(supporter).failed, totals(supporter).credits) == (1, 0)


def test_one_credit_pays_for_one_of_many_requests_at_once(transactional_db):
    user = person_on(Plan.SUPPORTER, credits_left=1)
    raw = make(user).raw

    def one(number: int) -> int:
        try:
            return Program(raw).draw(idempotencyKey=f"{number}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(one, range(8)))

    assert statuses == [202] + [402] * 7
    assert balances(user) == (1, 1)
    assert totals(user).requests == 8
    assert totals(user).credits == 1


def test_failed_job_says_why_and_is_not_counted_as_spent(program, supporter):
    job_id = program.draw().json()["jobId"]
    assert totals(supporter).credits == 1
    job = pipeline.claim(job_id)
    pipeline.give_up(job, pipeline.Fault("CONTENT_REJECTED"))
    canceled = program.draw().json()["jobId"]
    services.cancel(supporter, canceled)

    told = program.job(job_id).json()["job"]

    assert (told["status"], told["creditsCharged"], told["svg"]) == ("FAILED", False, None)
    assert told["errorMessage"].startswith("The model declined to draw this.")
    assert program.job(canceled).json()["job"]["status"] == "FAILED"
    assert totals(supporter).credits == 0
    assert balances(supporter) == (10, 0)
    assert faults() == []


@pytest.mark.parametrize("job_id", [NOTHING, "x", "../job", "%00", f"{NOTHING[:-1]}1"])
def test_unknown_job_is_404(program, job_id):
    reply = program.job(job_id)

    assert reply.status_code == 404
    assert reply["Content-Type"] == "application/problem+json"


def test_job_of_somebody_else_is_as_missing_as_none(program):
    other = factories.job()

    theirs, none = program.job(other.pk), program.job(NOTHING)

    said = [{**one.json(), "requestId": ""} for one in (theirs, none)]
    assert said[0] == said[1]
    assert theirs.status_code == 404


def test_program_sees_what_its_person_drew_elsewhere(program, supporter):
    job = factories.job(supporter)

    assert program.job(job.pk).json()["job"]["id"] == str(job.pk)


@pytest.mark.parametrize("base", FACES)
def test_what_nothing_answers_is_a_problem(program, base):
    program.base = base
    wrong = [program.ask("POST", "/nowhere"), program.ask("GET", "/svg/generate")]
    huge = program.draw(prompt="x" * 110_000)
    broken = program.client.post(
        f"{base}/svg/generate", "{", content_type="application/json", headers=program.headers
    )

    assert [reply.status_code for reply in (*wrong, huge, broken)] == [404, 405, 413, 400]
    for reply in (*wrong, huge, broken):
        assert reply["Content-Type"] == "application/problem+json"
        assert reply.json()["error"] == reply.json()["detail"]
