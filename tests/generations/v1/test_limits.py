"""How often, and how much (CONTRACT §1.9, §4.1)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from credits import plans
from credits.models import Plan
from generations.models import Job
from tests import factories
from tests.generations.v1.programs import NOTHING, Program, faults, make, person_on, refused, totals


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


# --- RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers) ---


def policies(header):
    """{name: {parameter: number}} of a list of items in quotes."""
    found = {}
    for item in header.split(", "):
        name, *parameters = item.split(";")
        assert name[0] == name[-1] == '"'
        found[name.strip('"')] = {
            key: int(value) for key, value in (p.split("=") for p in parameters)
        }
    return found


def test_policies_of_plan_and_key_stand_beside_what_is_left(supporter, limited):
    reply = Program(make(supporter, customRateLimit=7).raw).job(NOTHING)

    assert policies(reply["RateLimit-Policy"]) == {
        "v1-key-minute": {"q": 7, "w": 60},
        "v1-minute": {"q": 60, "w": 60},
        "v1-hour": {"q": 1000, "w": 3600},
        "v1-day": {"q": 5000, "w": 86400},
    }
    left = policies(reply["RateLimit"])
    assert {name: one["r"] for name, one in left.items()} == {
        "v1-key-minute": 6,
        "v1-minute": 59,
        "v1-hour": 999,
        "v1-day": 4999,
    }
    assert next(iter(left)) == "v1-key-minute"
    assert reply["X-RateLimit-Remaining"] == "6"
    assert 0 < left["v1-key-minute"]["t"] <= 60


@pytest.mark.parametrize(
    ("fields", "policy", "quota"),
    [
        ({"drawings_per_day": 1}, "drawings-day", {"q": 1, "w": 86400}),
        ({"drawings_per_month": 1}, "drawings-month", {"q": 1}),
        ({"drawings_under_way": 1}, "drawings-under-way", {"q": 1}),
        ({"rates": (plans.Rate(1, 60),)}, "svg-minute", {"q": 1, "w": 60}),
    ],
)
def test_policy_that_refuses_agrees_with_retry_after(
    supporter, program, limited, monkeypatch, fields, policy, quota
):
    allowed = plans.ALLOWANCES[Plan.SUPPORTER]
    few = {Plan.SUPPORTER: plans.Allowance(**{**vars(allowed), **fields})}
    monkeypatch.setattr("generations.limits.ALLOWANCES", few)
    program.draw()

    over = program.draw()

    assert over.status_code == 429
    assert policies(over["RateLimit-Policy"])[policy].items() >= quota.items()
    state = policies(over["RateLimit"])[policy]
    assert state == {"r": 0, "t": int(over["Retry-After"])}
    assert (over["X-RateLimit-Limit"], over["X-RateLimit-Remaining"]) == ("1", "0")


def test_key_that_is_over_its_rate_says_when_to_come_back(supporter, limited):
    program = Program(make(supporter, customRateLimit=1).raw)
    program.job(NOTHING)

    over = program.job(NOTHING)

    assert policies(over["RateLimit"]) == {"v1-key-minute": {"r": 0, "t": int(over["Retry-After"])}}
