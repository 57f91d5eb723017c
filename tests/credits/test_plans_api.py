"""What the pricing page reads (CONTRACT §3.7)."""

import pytest
from django.test import Client

from chatsvg.ratelimits.rules import HOUR, MINUTE
from credits import plans
from credits.models import Plan
from tests.conftest import Api

FRONTEND = "https://chatsvg.example"
FREE = {
    "plan": "FREE",
    "name": "Free",
    "description": "For trying things out, and for a drawing now and then.",
    "price": 0,
    "limits": {
        "startingCredits": 10,
        "creditRefillAmount": 10,
        "creditRefillDays": 30,
        "generationsPerMonth": None,
        "apiAccess": False,
        "maxApiKeys": 0,
        "rateLimits": {"perMinute": 10, "perHour": 60, "perDay": 50},
        "supportLevel": "community",
    },
}
SUPPORTER = {
    "plan": "SUPPORTER",
    "name": "Supporter",
    "description": "For people who draw a lot, or from their own programs.",
    "price": 9,
    "limits": {
        "startingCredits": 200,
        "creditRefillAmount": 200,
        "creditRefillDays": 30,
        "generationsPerMonth": 2000,
        "apiAccess": True,
        "maxApiKeys": 5,
        "rateLimits": {"perMinute": 60, "perHour": 1000, "perDay": 5000},
        "supportLevel": "email",
        "supportChannel": "email",
    },
}


@pytest.fixture
def frontend(settings):
    settings.FRONTEND_URL = FRONTEND
    settings.CORS_ALLOWED_ORIGINS = [FRONTEND]
    settings.CORS_ALLOWED_ORIGIN_REGEXES = [r"https://[a-z0-9-]+\.preview\.example\Z"]


def test_plans_are_as_the_design_has_them():
    reply = Client().get("/api/plans")

    assert reply.json() == {"plans": {"FREE": FREE, "SUPPORTER": SUPPORTER}}
    assert list(reply.json()["plans"]) == ["FREE", "SUPPORTER"]


def test_plans_say_what_is_enforced():
    for key, plan in Client().get("/api/plans").json()["plans"].items():
        allowance, rates = plans.ALLOWANCES[Plan(key)], plan["limits"]["rateLimits"]
        assert (rates["perMinute"], MINUTE) in allowance.rates
        assert (rates["perHour"], HOUR) in allowance.rates
        assert rates["perDay"] == allowance.drawings_per_day


def test_plans_are_the_same_to_everybody_and_may_be_kept():
    """No cookie goes out, and no session is looked up (this test may not use the database)."""
    reply = Client(headers={"Cookie": "token=x; refreshToken=y"}).get("/api/plans")

    assert reply.status_code == 200
    assert reply.cookies == {}
    assert reply["Cache-Control"] == "public, max-age=300"
    assert "origin" in reply["Vary"].lower()


@pytest.mark.parametrize("origin", [FRONTEND, "https://pr-7.preview.example"])
def test_plans_are_read_from_another_origin(frontend, origin):
    reply = Client().get("/api/plans", headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"})

    assert reply["Access-Control-Allow-Origin"] == origin


def test_plans_are_told_to_somebody_who_is_signed_in(person):
    assert Api().sign_in(person).get("/plans").json()["plans"]["FREE"] == FREE


# --- What the client asks for when it starts (CONTRACT §9) ----------------------------------------


@pytest.mark.parametrize("origin", [FRONTEND, "https://pr-7.preview.example"])
def test_start_of_a_visitor_from_another_origin(db, frontend, origin):
    api = Api()
    api.client.defaults["HTTP_ORIGIN"] = origin
    replies = [api.get(path) for path in ("/csrf", "/auth/options", "/auth/current-user", "/plans")]

    assert [reply.status_code for reply in replies] == [200, 200, 401, 200]
    assert [list(reply.cookies) for reply in replies] == [["csrf-token"], [], [], []]
    for reply in replies:
        assert reply["Access-Control-Allow-Origin"] == origin
        assert reply["Access-Control-Allow-Credentials"] == "true"
        assert "x-request-id" in reply["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("path", ["/csrf", "/auth/options", "/auth/current-user", "/plans"])
def test_start_tells_other_origins_nothing(db, frontend, path):
    reply = Client().get(f"/api{path}", headers={"Origin": "https://evil.example"})

    assert not [name for name in reply.headers if name.lower().startswith("access-control")]
