"""The ceiling on the API, the order of checks, and the headers (CONTRACT §1.8, §1.9, §1.11)."""

import signal
import time
from dataclasses import replace
from statistics import median

import pytest
from django.test import Client

from accounts.models import Session
from chatsvg import ratelimits
from chatsvg.brief_redis import TIMEOUT_SECONDS
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.rules import Rate
from chatsvg.ratelimits.throttles import PerPerson
from tests import factories
from tests.conftest import Api

pytestmark = [pytest.mark.usefixtures("limited"), pytest.mark.django_db]
SENTENCE = {"error": "Too many requests. Please try again later."}
FRONTEND = "https://chatsvg.example"
LIMIT, REMAINING, RESET = "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"


@pytest.fixture
def low(monkeypatch):
    """Three requests from one address."""
    monkeypatch.setattr(rules, "API", replace(rules.API, rates=(Rate(3, 900),)))


def get(path="/api/csrf", address="203.0.113.1", **headers):
    return Client(REMOTE_ADDR=address).get(path, headers=headers)


def test_r1_six_hundred_requests_pass_and_the_next_is_refused():
    client = Client(REMOTE_ADDR="203.0.113.1")

    statuses = [client.get("/api/csrf").status_code for _ in range(601)]

    assert statuses == [200] * 600 + [429]


def test_refusal_is_json_with_the_time_to_wait(low):
    first = get()
    get(), get()
    began = time.time()

    refused = get(Accept="text/html")

    assert (refused.status_code, refused.json()) == (429, SENTENCE)
    assert refused["Content-Type"] == "application/json; charset=utf-8"
    assert (refused[LIMIT], refused[REMAINING], refused[RESET]) == ("3", "0", first[RESET])
    assert 890 < int(refused["Retry-After"]) <= 901
    assert 0 < began + int(refused["Retry-After"]) - int(refused[RESET]) / 1000 <= 2
    assert "x-request-id" in refused


def test_successes_and_failures_carry_the_headers(low):
    replies = [get("/api/csrf"), get("/api/auth/current-user"), get("/api/nowhere")]

    assert [reply.status_code for reply in replies] == [200, 401, 404]
    assert [(reply[LIMIT], reply[REMAINING]) for reply in replies] == [
        ("3", "2"),
        ("3", "1"),
        ("3", "0"),
    ]
    assert {int(reply[RESET]) for reply in replies} == {int(replies[0][RESET])}


@pytest.mark.parametrize("path", ["/api/health", "/api/ready"])
def test_health_and_ready_are_never_counted(low, path):
    replies = [get(path) for _ in range(5)]

    assert {reply.status_code for reply in replies} == {200}
    assert LIMIT not in replies[0]
    assert get()[REMAINING] == "2"


def test_pages_and_preflights_are_not_counted(low, settings):
    settings.CORS_ALLOWED_ORIGINS = [FRONTEND]
    for _ in range(4):
        assert LIMIT not in get("/signin", Accept="text/html")
        Client(REMOTE_ADDR="203.0.113.1").options(
            "/api/csrf", headers={"Origin": FRONTEND, "Access-Control-Request-Method": "GET"}
        )

    assert get()[REMAINING] == "2"


def test_refusal_can_be_read_by_the_client_of_another_origin(low, settings):
    settings.CORS_ALLOWED_ORIGINS = [FRONTEND]
    refused = [get(Origin=FRONTEND) for _ in range(4)][3]

    assert refused.status_code == 429
    assert refused["Access-Control-Allow-Origin"] == FRONTEND
    exposed = {name.strip() for name in refused["Access-Control-Expose-Headers"].split(",")}
    assert {"Retry-After", LIMIT, REMAINING, RESET} <= exposed


def test_ceiling_comes_before_csrf(low):
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.1")

    statuses = [client.post("/api/auth/logout").status_code for _ in range(4)]

    assert statuses == [403, 403, 403, 429]


def test_csrf_comes_before_the_route_limiter(monkeypatch):
    monkeypatch.setattr(rules, "AUTH", replace(rules.AUTH, rates=(Rate(0, 900),)))

    assert Client(enforce_csrf_checks=True).post("/api/auth/login").status_code == 403


def test_authentication_comes_before_the_limiters_of_a_person(signed_in):
    for _ in range(21):
        signed_in.get("/svg/x/download")

    assert signed_in.get("/svg/x/download").status_code == 429
    assert Api().get("/svg/x/download").status_code == 401
    assert Api().submit().status_code == 401


def test_s27_spoofed_addresses_do_not_evade_the_ceiling(low, settings):
    forwarded = [f"198.51.100.{number}" for number in range(4)]
    assert [get(**{"X-Forwarded-For": ip}).status_code for ip in forwarded][3] == 429

    settings.TRUSTED_PROXIES = 2
    behind = [f"{ip}, 203.0.113.50, 10.0.0.2" for ip in forwarded]
    assert [get(**{"X-Forwarded-For": hops}).status_code for hops in behind] == [200] * 3 + [429]
    assert get(**{"X-Forwarded-For": "203.0.113.51, 10.0.0.2"}).status_code == 200


def test_s27_sessions_keep_the_address_that_limits_count(person, settings):
    settings.TRUSTED_PROXIES = 1
    api = Api()
    api.client.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.9, 203.0.113.9"
    failed = api.post("/auth/login", {"email": person.email, "password": "not the password"})

    api.sign_in(person)

    assert failed.status_code == 401
    assert Session.objects.get(user=person).ip_address == "203.0.113.9"
    assert ratelimits.ask(rules.AUTH, "203.0.113.9", take=False).standing.remaining == 4


def test_a8_limits_of_a_person_are_not_those_of_their_address(signed_in):
    for _ in range(21):
        signed_in.get("/svg/x/download")
    signed_in.client.defaults["REMOTE_ADDR"] = "203.0.113.8"

    assert signed_in.get("/svg/x/download").status_code == 429
    other = Api().sign_in(factories.person())
    assert other.get("/svg/x/download").status_code == 404


def test_sixth_failed_login_can_be_read_by_the_client_of_another_origin(person, settings):
    settings.CORS_ALLOWED_ORIGINS, settings.FRONTEND_URL = [FRONTEND], FRONTEND
    api = Api()
    wrong = {"email": person.email, "password": "not the password"}

    replies = [api.post("/auth/login", wrong, Origin=FRONTEND) for _ in range(6)]

    assert [reply.status_code for reply in replies] == [401] * 5 + [429]
    assert replies[5]["Access-Control-Allow-Origin"] == FRONTEND
    assert "Retry-After" in replies[5]["Access-Control-Expose-Headers"]
    assert 890 < int(replies[5]["Retry-After"]) <= 901


def test_person_has_a_ceiling_over_all_addresses(person, monkeypatch):
    assert rules.API_PERSON.rates == (Rate(600, 900),)
    monkeypatch.setattr(PerPerson, "rule", replace(rules.API_PERSON, rates=(Rate(3, 900),)))
    api = Api().sign_in(person)
    replies = []
    for number in range(4):
        api.client.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        replies.append(api.get("/auth/current-user"))

    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert replies[3].json() == SENTENCE
    assert [reply[REMAINING] for reply in replies] == ["2", "1", "0", "0"]
    assert 0 < int(replies[3]["Retry-After"]) <= 901
    other = Api().sign_in(factories.person())
    assert other.get("/auth/current-user").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/auth/current-user", 200),
        ("/svg/generation-jobs/0198c0de-0000-7000-8000-000000000000", 404),
        ("/user/generations?cursor=x", 400),
    ],
)
def test_request_is_counted_once_whatever_comes_of_it(signed_in, path, status):
    known, reply = signed_in.get("/auth/current-user"), signed_in.get(path)

    left = [int(one["X-RateLimit-Remaining"]) for one in (known, reply)]
    assert reply.status_code == status
    assert left[0] - left[1] == 1


def test_innermost_limiter_is_the_one_that_is_told(signed_in):
    assert signed_in.get("/auth/current-user")[LIMIT] == "600"
    assert signed_in.get("/svg/x/download")[LIMIT] == "20"
    assert signed_in.submit()[LIMIT] == "10"


def test_all_limits_can_be_switched_off(low, settings):
    settings.RATELIMIT_ENABLED = False

    replies = [get() for _ in range(5)]

    assert {reply.status_code for reply in replies} == {200}
    assert LIMIT not in replies[0]


def test_frozen_redis_holds_one_request_up_a_little_and_the_others_not(valkey, settings, person):
    settings.REDIS_URL = valkey.url
    valkey.process.send_signal(signal.SIGSTOP)
    try:
        seconds = []
        for _ in range(10):
            began = time.monotonic()
            assert get()[LIMIT] == "600"
            seconds.append(time.monotonic() - began)
    finally:
        valkey.process.send_signal(signal.SIGCONT)

    assert seconds[0] >= TIMEOUT_SECONDS
    assert median(seconds[1:]) < TIMEOUT_SECONDS
