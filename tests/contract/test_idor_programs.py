"""What is yours is yours (P6), for programs: their keys open `/v1` and nothing else does."""

import pytest

from accounts.keys import asked
from accounts.keys import services as keys
from credits import services as credits
from credits.models import Plan
from tests import factories
from tests.contract import belongings
from tests.contract.asking import METHODS, PLAIN, Asker, difference, essence, is_turned_away
from tests.contract.crawl import crawling
from tests.contract.rules import of_kind, places

pytestmark = pytest.mark.django_db(transaction=True)
MISSING = {"error": "Generation job not found"}
JOBS = ("/v1/svg/job", "/api/v1/svg/job")


def program(name: str, user, environment: str = "production") -> Asker:
    """Somebody's program, on a plan that has keys."""
    credits.set_plan(user.pk, Plan.SUPPORTER, reason="test")
    key = keys.create(user, asked.key({"name": "Key of a program", "environment": environment}))
    return Asker(name, user, headers={"X-API-Key": key.raw})


@pytest.fixture
def stranger(mine):
    return program("program of a stranger", factories.person(name="Bob Stranger"))


@pytest.fixture
def own(mine):
    return program("program of the owner", mine.user)


def test_nothing_of_somebody_else_is_seen_or_touched_with_a_key(mine, stranger):
    with crawling(mine, stranger) as crawl:
        for route, rule in of_kind("program"):
            if not route.address.startswith("/api/"):
                crawl.route(route, rule)


def test_both_faces_have_the_very_same_views():
    views = {route.address: route.view for route, _ in of_kind("program")}
    plain = {address: view for address, view in views.items() if address.startswith("/v1/")}

    assert {f"/api{address}": view for address, view in plain.items()} | plain == views


def test_cookies_open_nothing_for_programs(mine):
    """Whoever is signed in is a visitor there, and is told what a visitor is told."""
    askers = Asker("owner", mine.user, belongings.PASSWORD), Asker("visitor")
    for route, _ in of_kind("program"):
        for one in mine.ids["job"]:
            for method in METHODS:
                path = route.path(**dict.fromkeys(route.names, one))
                signed_in, visitor = (asker.ask(method, path, PLAIN) for asker in askers)
                told = essence(signed_in, [one]), essence(visitor, [one])
                assert signed_in.status_code == 401, (method, path)
                assert told[0] == told[1], (method, path, difference(*told))
                assert not signed_in.cookies, (method, path)


def test_access_token_is_no_key(mine):
    token = Asker("owner", mine.user, belongings.PASSWORD).client.cookies["token"].value
    bearer = Asker("bearer", headers={"Authorization": f"Bearer {token}"})

    assert bearer.ask("GET", "/api/user/me").status_code == 200
    for route, rule in of_kind("program"):
        for values in places(route, rule):
            assert bearer.ask("POST", route.path(**values), PLAIN).status_code == 401


def test_key_opens_nothing_of_what_cookies_open(mine, own):
    raw = own.headers["X-API-Key"]
    for headers in ({"X-API-Key": raw}, {"Authorization": f"Bearer {raw}"}):
        key = Asker("key", headers=headers)
        for route, rule in of_kind("own", "owned", "staff"):
            for values in places(route, rule):
                for method in ("GET", "POST"):
                    reply = key.ask(method, route.path(**values), PLAIN)
                    assert is_turned_away(reply), (method, route.address, reply.status_code)


@pytest.mark.parametrize("base", JOBS)
def test_job_is_found_with_a_key_of_its_owner_alone(mine, own, stranger, base):
    """The crawl would find nothing if its ids led nowhere. A test key sees no real drawings."""
    tester = program("test program of the owner", mine.user, "test")
    for one in mine.ids["job"]:
        path = f"{base}/{one}"
        assert own.ask("GET", path).json()["job"]["id"] == one
        for other in (stranger, tester):
            reply = other.ask("GET", path)
            assert reply.status_code == 404
            assert reply.json().items() >= MISSING.items(), other.name


def test_crawl_draws(mine, stranger):
    """What the crawl sends is not refused as a whole: a stranger's own drawing is begun by it."""
    reply = stranger.ask(
        "POST", "/v1/svg/generate", {**PLAIN, "idempotencyKey": mine.ids["repeat"][0]}
    )

    assert reply.status_code == 202
    assert reply.json()["jobId"] not in mine.ids["job"]
