"""`/v1/svg/…` (CONTRACT §4.1): for programs, with API keys and nothing else."""

import json
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.keys import asked, usage
from accounts.keys import services as keys
from accounts.models import ApiKey, KeyUse
from chatsvg.embedded.home import PROJECT
from credits import plans
from credits import services as credits
from credits.models import Plan, Wallet
from generations import pipeline, services
from generations.audit import findings
from generations.models import Generation, Job
from tests import factories
from tests.contract.hostile import VALUES

FACES = ("/v1", "/api/v1")
BODY = {"prompt": "a red fox asleep", "style": "flat", "model": "studio"}
NOTHING = "01900000-0000-7000-8000-000000000000"


class Program:
    """Talks to `/v1` with a key."""

    def __init__(self, key: str = "", base: str = "/v1", **headers) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.base = base
        self.headers = {**({"X-API-Key": key} if key else {}), **headers}

    def ask(self, method, path, body=None, **extra):
        data = b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method,
            f"{self.base}{path}",
            data,
            content_type="application/json",
            headers=self.headers,
            **extra,
        )

    def draw(self, **fields):
        return self.ask("POST", "/svg/generate", {**BODY, **fields})

    def job(self, job_id, **extra):
        return self.ask("GET", f"/svg/job/{job_id}", **extra)


def make(user, **fields) -> keys.Made:
    return keys.create(user, asked.key({"name": "Key of the test", **fields}))


def person_on(plan, **fields):
    user = factories.person(**fields)
    credits.set_plan(user.pk, plan, reason="test")
    user.wallet.refresh_from_db()
    return user


@pytest.fixture
def supporter(db):
    return person_on(Plan.SUPPORTER)


@pytest.fixture
def program(supporter):
    return Program(make(supporter).raw)


@pytest.fixture
def tester(supporter):
    return Program(make(supporter, environment="test").raw)


def faults():
    return [fault for finding in findings() for fault in finding.faults]


def balances(user):
    wallet = Wallet.objects.get(pk=user.pk)
    return wallet.balance, wallet.held


def totals(user):
    return usage.summary(user, asked.Period())


# --- Drawing --------------------------------------------------------------------------------------


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
        "creditsCharged",
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


# --- Test keys ------------------------------------------------------------------------------------


def test_test_key_draws_with_studio_for_nothing_on_every_plan(db, endpoint):
    user = factories.person(credits_left=0)
    tester = Program(make(user, environment="test").raw)

    made = tester.draw(model="gpt-4o", privacy=False).json()

    assert (made["creditsCharged"], made["test"]) == (False, True)
    pipeline.run(made["jobId"])
    job = tester.job(made["jobId"]).json()["job"]
    assert (job["status"], job["creditsCharged"], job["test"]) == ("SUCCEEDED", False, True)
    assert job["model"] == "gpt-4o"
    drawing = Generation.objects.get()
    assert (drawing.provider, drawing.credits_used, drawing.is_private) == ("studio", 0, True)
    assert endpoint.log == []
    assert balances(user) == (0, 0)
    assert not user.wallet.entries.filter(reference__startswith="job:").exclude(amount=0).exists()
    assert faults() == []
    assert totals(user).credits == 0


@pytest.mark.parametrize("claimed", [False, True])
def test_test_job_that_fails_or_is_canceled_moves_no_credit(tester, supporter, claimed):
    failed, canceled = (tester.draw().json()["jobId"] for _ in range(2))
    if claimed:
        pipeline.give_up(pipeline.claim(failed), pipeline.Fault("CONTENT_REJECTED"))
        pipeline.claim(canceled)
    services.cancel(supporter, canceled)

    assert Job.objects.get(pk=canceled).charge == "FREE"
    assert tester.job(canceled).json()["job"]["status"] == "FAILED"
    assert balances(supporter) == (10, 0)
    assert faults() == []


def test_test_job_is_tried_again_as_others_are(tester, supporter):
    job_id = tester.draw().json()["jobId"]
    job = pipeline.claim(job_id)
    pipeline.give_up(job, pipeline.Fault("TIMEOUT", is_retryable=True, retry_after=0))
    assert Job.objects.get(pk=job_id).status == "QUEUED"

    pipeline.run(job_id)

    assert Job.objects.get(pk=job_id).status == "SUCCEEDED"
    assert balances(supporter) == (10, 0)
    assert faults() == []


def test_tests_and_the_real_thing_do_not_meet(program, tester):
    real = program.draw(idempotencyKey="same").json()["jobId"]
    test = tester.draw(idempotencyKey="same").json()["jobId"]

    assert real != test
    assert [program.job(test).status_code, tester.job(real).status_code] == [404, 404]
    assert [program.job(real).status_code, tester.job(test).status_code] == [200, 200]


def test_tests_have_a_daily_cap_of_their_own(supporter, program, tester, monkeypatch):
    allowed = plans.ALLOWANCES[Plan.SUPPORTER]
    few = {Plan.SUPPORTER: plans.Allowance(**{**vars(allowed), "drawings_per_day": 1})}
    monkeypatch.setattr("generations.limits.ALLOWANCES", few)

    statuses = [one.draw().status_code for one in (tester, program, tester, program)]

    assert statuses == [202, 202, 429, 429]


# --- Keys -----------------------------------------------------------------------------------------


def refused(reply):
    told = reply.json()
    assert reply["Content-Type"] == "application/problem+json"
    assert told["error"] == told["detail"]
    return reply.status_code, told["errorCode"]


@pytest.mark.parametrize("path", ["/svg/generate", f"/svg/job/{NOTHING}"])
@pytest.mark.parametrize("base", FACES)
def test_without_a_good_key_nothing_is_answered(db, base, path):
    method = "POST" if path == "/svg/generate" else "GET"
    unknown = f"sk_live_{'A' * 40}"

    for headers, code in [
        ({}, "API_KEY_MISSING"),
        ({"Authorization": "Basic eDp5"}, "API_KEY_MISSING"),
        ({"Authorization": "Bearer "}, "API_KEY_MISSING"),
        ({"X-API-Key": unknown}, "API_KEY_INVALID"),
        ({"X-API-Key": "ключ\x00"}, "API_KEY_INVALID"),
        ({"Authorization": f"Bearer {unknown}"}, "API_KEY_INVALID"),
    ]:
        reply = Program(base=base, **headers).ask(method, path, BODY)
        assert refused(reply) == (401, code), headers
        assert reply["WWW-Authenticate"].startswith("Bearer ")
    assert not KeyUse.objects.exists()


def test_bearer_is_as_good_and_its_word_in_any_case(supporter):
    raw = make(supporter).raw

    for word in ("Bearer", "bearer"):
        program = Program(Authorization=f"{word} {raw}")
        assert program.draw().status_code == 202


def test_cookies_open_nothing_and_are_left_alone(signed_in, program):
    signed_in.client.cookies["csrf-token"] = signed_in.token
    reply = signed_in.client.post(
        "/api/v1/svg/generate",
        json.dumps(BODY),
        content_type="application/json",
        headers={"X-CSRF-Token": signed_in.token},
    )
    assert refused(reply) == (401, "API_KEY_MISSING")
    assert not reply.cookies

    program.client.cookies = signed_in.client.cookies
    reply = program.draw()

    assert reply.status_code == 202
    assert not reply.cookies
    assert Job.objects.get().user_id != signed_in.get("/auth/current-user").json()["id"]


def test_page_of_another_origin_gets_no_leave_to_read(program, settings):
    program.headers["Origin"] = settings.CORS_ALLOWED_ORIGINS[0]

    for base in FACES:
        program.base = base
        assert "Access-Control-Allow-Origin" not in program.draw()


def test_key_ends_at_its_time(supporter):
    key, raw = make(supporter, expiresAt=(timezone.now() + timedelta(hours=1)).isoformat())
    assert Program(raw).draw().status_code == 202

    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())

    assert refused(Program(raw).draw()) == (401, "API_KEY_EXPIRED")


def test_revoked_key_is_refused_at_once(supporter):
    key, raw = make(supporter)
    program = Program(raw)
    job = program.draw().json()["jobId"]

    keys.revoke(key)

    assert refused(program.draw()) == (401, "API_KEY_REVOKED")
    assert refused(program.job(job)) == (401, "API_KEY_REVOKED")


@pytest.mark.django_db(transaction=True)
def test_key_revoked_in_another_process_is_refused_at_once():
    user = person_on(Plan.SUPPORTER)
    key, raw = make(user)
    program = Program(raw)
    assert program.job(NOTHING).status_code == 404
    there = connection.settings_dict
    database = f"postgresql://{there['USER']}@/{there['NAME']}?host={there['HOST']}"
    code = (
        "import django; django.setup(); from accounts.models import ApiKey; "
        "from accounts.keys import services; "
        f"print(services.revoke(ApiKey.objects.get(pk='{key.pk}')))"
    )
    env = {**os.environ, "DATABASE_URL": database, "PRODUCTION": "false"}

    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=env, capture_output=True)

    assert done.stdout.split() == [b"True"], done.stderr
    assert refused(program.job(NOTHING)) == (401, "API_KEY_REVOKED")


def test_plan_that_ends_suspends_live_keys_and_comes_back_with_them(supporter, program, tester):
    credits.set_plan(supporter.pk, Plan.FREE, reason="test")
    assert refused(program.draw()) == (403, "PLAN_WITHOUT_API_ACCESS")
    assert tester.draw().status_code == 202

    credits.set_plan(supporter.pk, Plan.SUPPORTER, reason="test")

    assert program.draw().status_code == 202


@pytest.mark.parametrize(
    ("scope", "draws", "reads"), [("svg:generate", 202, 403), ("svg:read", 403, 404)]
)
def test_key_does_what_its_scopes_say(supporter, scope, draws, reads):
    program = Program(make(supporter, scopes=[scope]).raw)

    drawn, read = program.draw(), program.job(NOTHING)

    assert (drawn.status_code, read.status_code) == (draws, reads)
    refusal = drawn if draws == 403 else read
    assert refused(refusal) == (403, "SCOPE_MISSING")


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        (["203.0.113.0/24"], "203.0.113.7", 404),
        (["203.0.113.0/24"], "203.0.114.7", 403),
        (["203.0.113.0/24"], "::ffff:203.0.113.7", 404),
        (["::ffff:203.0.113.0/120"], "203.0.113.7", 404),
        (["2001:db8::/32"], "2001:db8::7", 404),
        (["2001:db8::/32"], "2001:db9::7", 403),
        (["203.0.113.7", "2001:db8::7"], "2001:db8::7", 404),
        (["0.0.0.0/0", "::/0"], "", 403),
        ([], "", 404),
    ],
)
def test_key_may_be_used_from_its_networks(supporter, networks, address, status):
    program = Program(make(supporter, ipWhitelist=networks).raw)

    reply = program.job(NOTHING, REMOTE_ADDR=address)

    assert reply.status_code == status
    if status == 403:
        assert refused(reply) == (403, "IP_NOT_ALLOWED")


def test_address_behind_proxies_is_the_one_they_saw(supporter, settings):
    settings.TRUSTED_PROXIES = 1
    program = Program(make(supporter, ipWhitelist=["203.0.113.7"]).raw)

    program.headers["X-Forwarded-For"] = "198.51.100.1, 203.0.113.7"
    assert program.job(NOTHING).status_code == 404
    program.headers["X-Forwarded-For"] = "203.0.113.7, 198.51.100.1"
    assert program.job(NOTHING).status_code == 403


# --- Limits ---------------------------------------------------------------------------------------


def test_plan_limits_all_keys_of_a_person_together(supporter, limited):
    first, second = (Program(make(supporter).raw) for _ in range(2))

    replies = [one.job(NOTHING) for _ in range(30) for one in (first, second)]
    over = first.job(NOTHING)

    assert {reply.status_code for reply in replies} == {404}
    assert replies[0]["X-RateLimit-Limit"] == "60"
    assert [replies[0]["X-RateLimit-Remaining"], replies[-1]["X-RateLimit-Remaining"]] == [
        "59",
        "0",
    ]
    assert refused(over) == (429, "TOO_MANY_REQUESTS")
    assert 0 < int(over["Retry-After"]) <= 61
    assert totals(supporter).requests == 61
    other = Program(make(person_on(Plan.SUPPORTER)).raw)
    assert other.job(NOTHING).status_code == 404


def test_key_may_have_a_lower_limit_of_its_own(supporter, limited):
    slow, other = make(supporter, customRateLimit=2), make(supporter)

    replies = [Program(slow.raw).job(NOTHING) for _ in range(5)]

    assert [reply.status_code for reply in replies] == [404, 404, 429, 429, 429]
    assert replies[0]["X-RateLimit-Limit"] == "2"
    rest = Program(other.raw).job(NOTHING)  # what the key refused took no place of the plan's
    assert (rest.status_code, rest["X-RateLimit-Remaining"]) == (404, "57")


def test_bad_keys_are_counted_by_address_and_good_ones_still_pass(supporter, limited):
    good = Program(make(supporter).raw)
    bad = Program(f"sk_live_{'A' * 40}")

    statuses = [bad.job(NOTHING).status_code for _ in range(62)]

    assert statuses == [401] * 60 + [429] * 2
    assert "Retry-After" in bad.job(NOTHING)
    assert good.job(NOTHING).status_code == 404
    assert bad.job(NOTHING, REMOTE_ADDR="203.0.113.9").status_code == 401


def test_ceiling_of_the_api_is_not_for_programs(supporter, limited, monkeypatch):
    from chatsvg.ratelimits import rules

    monkeypatch.setattr(rules, "API", rules.Rule("rl:api", (rules.Rate(1, 900),), "x"))
    program = Program(make(supporter).raw, base="/api/v1")

    assert [program.job(NOTHING).status_code for _ in range(3)] == [404] * 3


def test_monthly_quota(supporter, program, tester, signed_in, monkeypatch):
    allowed = plans.ALLOWANCES[Plan.SUPPORTER]
    assert (allowed.drawings_per_month, plans.ALLOWANCES[Plan.FREE].drawings_per_month) == (
        2_000,
        None,
    )
    few = {Plan.SUPPORTER: plans.Allowance(**{**vars(allowed), "drawings_per_month": 2})}
    monkeypatch.setattr("generations.limits.ALLOWANCES", few)
    old = factories.job(supporter)
    month_ago = timezone.now().replace(day=1) - timedelta(days=1)
    Job.objects.filter(pk=old.pk).update(created_at=month_ago)
    assert tester.draw().status_code == 202
    factories.job(supporter)  # one pool for all faces
    first = program.draw(idempotencyKey="second").status_code

    over = program.draw()

    assert (first, refused(over)) == (202, (429, "MONTHLY_QUOTA_EXCEEDED"))
    assert (over.json()["limit"], over.json()["used"]) == (2, 2)
    assert 0 < int(over["Retry-After"]) <= 31 * 86400 + 1
    assert program.draw(idempotencyKey="second").status_code == 202  # a repeat meets no limit
    assert tester.draw().status_code == 202
    assert faults() == []


def test_last_of_the_month_goes_to_one_of_many_requests_at_once(transactional_db, monkeypatch):
    allowed = plans.ALLOWANCES[Plan.SUPPORTER]
    few = {Plan.SUPPORTER: plans.Allowance(**{**vars(allowed), "drawings_per_month": 1})}
    monkeypatch.setattr("generations.limits.ALLOWANCES", few)
    raw = make(person_on(Plan.SUPPORTER)).raw

    def one(number: int) -> int:
        try:
            return Program(raw).draw().status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(one, range(6)))

    assert statuses == [202] + [429] * 5


# --- What is noted, and what is not ---------------------------------------------------------------


def test_every_request_leaves_a_row(program, supporter):
    program.draw()
    program.draw(style="duotone")
    program.job(NOTHING)
    program.ask("DELETE", "/svg/generate")

    rows = list(KeyUse.objects.order_by("id").values_list("status", "credits"))
    assert rows == [(202, 1), (400, 0), (404, 0), (405, 0)]
    assert all(0 <= one.latency_ms < 5000 for one in KeyUse.objects.all())
    assert ApiKey.objects.get().last_used_at


def test_answer_does_not_depend_on_its_note(program, monkeypatch):
    def away(**fields):
        raise OperationalError("away")

    monkeypatch.setattr(KeyUse.objects, "create", away)

    assert program.draw().status_code == 202


def test_fault_is_a_problem_and_leaves_a_row(program, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(services, "submit", broken)

    reply = program.draw()

    assert refused(reply) == (500, "INTERNAL_SERVER_ERROR")
    assert reply.json()["requestId"] == reply["x-request-id"]
    assert "broken" not in reply.content.decode()
    assert KeyUse.objects.get().status == 500


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.getMessage()} {record.exc_info}")


def test_no_line_of_the_log_has_a_key(signed_in, person, monkeypatch):
    credits.set_plan(person.pk, Plan.SUPPORTER, reason="test")
    root, lines = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        raw = signed_in.post("/keys", {"name": "Key of Zephyrine"}).json()["key"]
        Program(raw).draw(prompt="a whale that nobody may know of")
        Program(raw + "x").draw()
        Program(Authorization=f"Bearer {raw}").job("nowhere")
        monkeypatch.setattr(services, "submit", lambda *args, **kwargs: 1 / 0)
        assert Program(raw).draw().status_code == 500
    finally:
        root.removeHandler(lines)
        root.setLevel(level)

    secrets = (raw[16:], ApiKey.objects.get().key_hash, "Zephyrine", "whale")
    assert any("request.failed" in line for line in lines.said)
    assert [line for line in lines.said for secret in secrets if secret in line] == []


def test_a_request_costs_few_queries(program, django_assert_max_num_queries):
    program.job(NOTHING)

    with django_assert_max_num_queries(3):  # the key and its person, the job, the note
        program.job(NOTHING)


@pytest.mark.parametrize("field", ["prompt", "style", "model", "privacy", "idempotencyKey"])
def test_hostile_fields_are_the_senders_fault(program, field):
    for value in VALUES:
        for body in ({**BODY, field: value}, dict.fromkeys([*BODY, field], value)):
            reply = program.ask("POST", "/svg/generate", body)
            kind = reply["Content-Type"]
            good = reply.status_code == 202 and kind == "application/json; charset=utf-8"
            bad = reply.status_code in (400, 409, 413) and kind == "application/problem+json"
            assert good or bad, (field, value, reply.content)


def test_hostile_bodies_and_headers_are_the_senders_fault(program):
    for body in (b"", b"[]", b"null", b"\xff", b'"x"', b"{" * 9000, b'{"prompt": NaN}'):
        reply = program.client.post(
            "/v1/svg/generate", body, content_type="application/json", headers=program.headers
        )
        assert refused(reply)[0] == 400, body
    reply = program.client.post(
        "/v1/svg/generate", b"<x/>", content_type="text/xml", headers=program.headers
    )
    assert refused(reply)[0] == 415
    for key in ("", " ", "sk_live_", "\x00", "х" * 48, "sk_live_" + "A" * 9000, "a, b"):
        assert refused(Program(**{"X-API-Key": key}).job(NOTHING))[0] == 401
