"""Who may call `/v1`: keys, and nothing else."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.keys import services as keys
from accounts.keys.authentication import present
from accounts.keys.errors import AddressRefused, KeyNotSent
from accounts.models import ApiKey, KeyUse
from chatsvg.embedded.home import PROJECT
from credits import services as credits
from credits.models import Plan
from generations.models import Job
from tests.generations.v1.programs import (
    BODY,
    FACES,
    NOTHING,
    Program,
    make,
    person_on,
    refused,
)


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


def test_key_in_both_headers_is_one_key_or_none(supporter):
    raw, other = make(supporter).raw, make(supporter).raw

    same = Program(raw, Authorization=f"Bearer {raw}").draw()
    different = Program(raw, Authorization=f"Bearer {other}").draw()
    beside = Program(raw, Authorization="Basic eDp5").draw()

    assert (same.status_code, beside.status_code) == (202, 202)
    assert refused(different) == (401, "API_KEY_AMBIGUOUS")


def test_key_is_presented_outside_of_views_too(supporter):
    key, raw = make(supporter, ipWhitelist=["203.0.113.0/24"])

    assert present({"X-API-Key": raw}, "203.0.113.7") == key
    with pytest.raises(AddressRefused):
        present({"Authorization": f"Bearer {raw}"}, "198.51.100.1")
    with pytest.raises(KeyNotSent):
        present({}, "203.0.113.7")
