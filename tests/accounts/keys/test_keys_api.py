"""`/api/keys` (CONTRACT §3.8), as the React client asks it."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.keys import services, usage
from accounts.models import ApiKey, Mail
from credits import services as credits
from credits.models import Plan
from realtime.models import Notification
from realtime.notifications import lines
from tests.conftest import Api

NOTHING = "01900000-0000-7000-8000-000000000000"
ZERO = {
    "totalRequests": 0,
    "successfulRequests": 0,
    "failedRequests": 0,
    "totalCreditsUsed": 0,
    "successRate": 0,
}


@pytest.fixture
def client(api, supporter):
    return api.sign_in(supporter)


def delete(client, path):
    headers = {"X-CSRF-Token": client.token}
    return client.client.delete(f"/api{path}", headers=headers)


def test_new_key_is_shown_once(client, supporter):
    reply = client.post("/keys", {"name": "  Website  "})

    assert reply.status_code == 201
    made = reply.json()
    assert set(made) == {"id", "name", "keyPrefix", "key", "createdAt", "warning"}
    assert re.fullmatch(r"sk_live_[A-Za-z0-9_-]{40}", made["key"])
    assert made["key"].startswith(made["keyPrefix"])
    assert made["name"] == "Website"
    assert reply["Cache-Control"] == "private, no-store"
    [listed] = client.get("/keys").json()["keys"]
    assert made["key"] not in json.dumps(listed)
    assert listed == {
        "id": made["id"],
        "name": "Website",
        "keyPrefix": made["keyPrefix"],
        "environment": "production",
        "createdAt": made["createdAt"],
        "lastUsedAt": None,
        "expiresAt": None,
        "usageCount": 0,
        "customRateLimit": None,
        "ipWhitelist": [],
        "scopes": ["svg:generate", "svg:read", "account:read", "webhooks"],
    }


def test_key_keeps_what_was_asked_for(client):
    wish = {
        "name": "CI",
        "description": " nightly ",
        "environment": "test",
        "ipWhitelist": ["203.0.113.7", "2001:db8::/32", "203.0.113.7/32"],
        "expiresAt": "2999-01-31T12:00:00Z",
        "scopes": ["svg:read"],
        "customRateLimit": 5,
    }

    made = client.post("/keys", wish).json()

    assert made["key"].startswith("sk_test_")
    [listed] = client.get("/keys").json()["keys"]
    assert listed["description"] == "nightly"
    assert listed["environment"] == "test"
    assert listed["ipWhitelist"] == ["203.0.113.7", "2001:db8::/32"]
    assert listed["expiresAt"] == "2999-01-31T12:00:00.000Z"
    assert (listed["scopes"], listed["customRateLimit"]) == (["svg:read"], 5)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", "", "Name is required"),
        ("name", "   ", "Name is required"),
        ("name", None, "Name is required"),
        ("name", 7, "Name must be text"),
        ("name", "x" * 101, "Name is too long (max 100 characters)"),
        ("description", ["x"], "Description must be text"),
        ("description", "x" * 501, "Description is too long (max 500 characters)"),
        ("environment", "staging", "Invalid environment. Must be one of: production, test"),
        ("environment", {}, "Invalid environment. Must be one of: production, test"),
        ("ipWhitelist", "10.0.0.1", "ipWhitelist must be a list of IP addresses and CIDR ranges"),
        ("ipWhitelist", [7], "ipWhitelist must be a list of IP addresses and CIDR ranges"),
        ("ipWhitelist", ["10.0.0.1", "x"], "Invalid IP address or CIDR range: x"),
        ("ipWhitelist", ["10.0.0.0/33"], "Invalid IP address or CIDR range: 10.0.0.0/33"),
        (
            "ipWhitelist",
            [f"10.0.0.{n}" for n in range(51)],
            "ipWhitelist is too long (max 50 entries)",
        ),
        ("expiresAt", "2020-01-01T00:00:00Z", "expiresAt must be in the future"),
        ("expiresAt", "soon", None),
        ("expiresAt", "2999-02-31T00:00:00Z", None),
        ("expiresAt", "9999-12-31T23:59:59-14:00", None),
        ("expiresAt", 99999999999, None),
        (
            "scopes",
            [],
            "Invalid scopes. Must be some of: svg:generate, svg:read, account:read, webhooks",
        ),
        (
            "scopes",
            ["admin"],
            "Invalid scopes. Must be some of: svg:generate, svg:read, account:read, webhooks",
        ),
        ("customRateLimit", 0, "customRateLimit must be a whole number from 1 to 100000"),
        ("customRateLimit", True, "customRateLimit must be a whole number from 1 to 100000"),
    ],
)
def test_bad_field_is_refused_in_clear_words(client, field, value, error):
    reply = client.post("/keys", {"name": "Key", field: value})

    assert reply.status_code == 400
    dates = "expiresAt must be a date or time such as 2027-01-31T12:00:00Z"
    assert reply.json() == {"error": error or dates}
    assert not ApiKey.objects.exists()


def test_plan_without_api_access_has_test_keys_alone(signed_in):
    live = signed_in.post("/keys", {"name": "Key"})
    test = signed_in.post("/keys", {"name": "Key", "environment": "test"})

    assert (live.status_code, test.status_code) == (403, 201)
    assert "API access" in live.json()["error"]


def test_limit_counts_what_was_not_revoked(client):
    made = [client.post("/keys", {"name": f"{n}"}) for n in range(6)]

    assert [reply.status_code for reply in made] == [201] * 5 + [403]
    assert "limit" in made[-1].json()["error"]
    assert client.post("/keys", {"name": "x", "environment": "test"}).status_code == 201
    assert delete(client, f"/keys/{made[0].json()['id']}").status_code == 200
    assert client.post("/keys", {"name": "x"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_five_get_a_key(supporter, make):
    def one(number: int) -> bool:
        try:
            make(supporter, name=f"{number}")
        except services.TooManyKeys:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(12) as pool:
        done = list(pool.map(one, range(12)))

    assert sum(done) == supporter.api_keys.live().count() == 5


def test_revoked_key_is_gone_and_its_figures_stay_in_the_summary(client, supporter, make):
    key = make(supporter).key
    usage.record(key, status=202, latency_ms=30, credits=1)

    replies = [delete(client, f"/keys/{key.pk}") for _ in range(2)]

    assert [reply.status_code for reply in replies] == [200, 404]
    assert replies[0].json() == {"success": True}
    assert replies[1].json() == {"error": "API key not found"}
    assert client.get("/keys").json() == {"keys": []}
    assert client.get(f"/keys/{key.pk}/stats").status_code == 404
    assert client.get("/keys/usage/summary").json()["summary"]["totalRequests"] == 1


@pytest.mark.parametrize("path", ["/keys/{}", "/keys/{}/stats"])
def test_key_of_somebody_else_is_missing(signed_in, supporter, make, path):
    other = make(supporter).key

    for one in (other.pk, NOTHING, "usage", "x"):
        ask = delete if path == "/keys/{}" else (lambda client, at: client.get(at))
        reply = ask(signed_in, path.format(one))
        assert (reply.status_code, reply.json()) == (404, {"error": "API key not found"})
    assert ApiKey.objects.live().count() == 1


def test_shapes_are_whole_without_any_traffic(client, supporter, make):
    key = make(supporter).key

    assert client.get(f"/keys/{key.pk}/stats").json() == {"stats": ZERO}
    assert client.get("/keys/usage/summary").json() == {"summary": {**ZERO, "averageLatencyMs": 0}}
    usage.record(key, status=200, latency_ms=10, credits=0)
    for query in ("startDate=2999-01-01", "endDate=2020-01-01"):
        asked = client.get(f"/keys/usage/summary?{query}").json()["summary"]
        assert asked == {**ZERO, "averageLatencyMs": 0}


def test_success_rate_is_a_percentage(client, supporter, make):
    first, second = make(supporter).key, make(supporter).key
    for status, latency in ((202, 10), (200, 20), (402, 45)):
        usage.record(first, status=status, latency_ms=latency, credits=int(status == 202))
    usage.record(second, status=200, latency_ms=26, credits=0)

    stats = client.get(f"/keys/{first.pk}/stats").json()["stats"]
    summary = client.get("/keys/usage/summary").json()["summary"]
    counts = {one["id"]: one["usageCount"] for one in client.get("/keys").json()["keys"]}

    assert stats == {
        "totalRequests": 3,
        "successfulRequests": 2,
        "failedRequests": 1,
        "totalCreditsUsed": 1,
        "successRate": 66.7,
    }
    assert (summary["totalRequests"], summary["successRate"]) == (4, 75)
    assert summary["averageLatencyMs"] == 25
    assert isinstance(summary["averageLatencyMs"], int)
    assert counts == {str(first.pk): 3, str(second.pk): 1}


@pytest.mark.parametrize(
    "query",
    ["startDate=x", "endDate=2026-02-31", "startDate=2026-01-02&endDate=2026-01-01", "endDate=%00"],
)
def test_bad_period_is_refused(client, query):
    reply = client.get(f"/keys/usage/summary?{query}")

    assert reply.status_code == 400
    assert "Date" in reply.json()["error"]


def test_list_costs_the_same_for_one_key_and_five(
    client, supporter, make, django_assert_num_queries
):
    def ask():
        with django_assert_num_queries(3):
            return client.get("/keys").json()["keys"]

    make(supporter)
    assert len(ask()) == 1
    for _ in range(4):
        make(supporter)
    assert len(ask()) == 5


def test_owner_is_told_of_new_and_revoked_keys(client, supporter):
    made = client.post("/keys", {"name": "<b>Key</b>"}).json()
    delete(client, f"/keys/{made['id']}")

    told = Notification.objects.filter(user=supporter, type="ACCOUNT_SECURITY")
    assert [made["keyPrefix"] in one.message for one in told] == [True, True]
    assert [line.href for line in lines.of(told)] == ["/api-keys", "/api-keys"]
    mails = Mail.objects.filter(user=supporter, kind="security")
    assert mails.count() == 2
    assert not any(made["key"] in str(mail.context) for mail in mails)


def test_making_and_revoking_keys_on_end_is_refused(client, supporter, limited):
    """Each of them is told of by mail."""
    statuses = []
    for _ in range(21):
        reply = client.post("/keys", {"name": "Again"})
        statuses.append(reply.status_code)
        if "id" in reply.json():
            delete(client, f"/keys/{reply.json()['id']}")

    assert statuses == [201] * 20 + [429]
    assert Mail.objects.filter(user=supporter, kind="security").count() == 40


def test_unproved_mailbox_gets_no_key(api, person, settings):
    settings.REQUIRE_VERIFIED_EMAIL = True
    client = api.sign_in(person)

    before = client.post("/keys", {"name": "Key", "environment": "test"})
    person.email_verified_at = timezone.now()
    person.save()
    after = client.post("/keys", {"name": "Key", "environment": "test"})

    assert (before.status_code, after.status_code) == (403, 201)
    assert "verify your e-mail" in before.json()["error"]


def test_visitor_is_asked_to_sign_in_and_writes_need_a_token(db, supporter):
    visitor = Api()

    assert visitor.get("/keys").status_code == 401
    assert visitor.get("/keys/usage/summary").status_code == 401
    assert visitor.post("/keys", {"name": "Key"}).status_code == 401
    assert visitor.client.post("/api/keys").status_code == 403


def test_downgrade_leaves_keys_to_be_seen_and_revoked(client, supporter, make):
    key = make(supporter).key
    credits.set_plan(supporter.pk, Plan.FREE, reason="test")

    assert [one["id"] for one in client.get("/keys").json()["keys"]] == [str(key.pk)]
    assert client.post("/keys", {"name": "Key"}).status_code == 403
    assert delete(client, f"/keys/{key.pk}").status_code == 200


def test_expiry_may_be_a_day(client):
    day = (timezone.now() + timedelta(days=30)).date()

    client.post("/keys", {"name": "Key", "expiresAt": day.isoformat()})

    assert client.get("/keys").json()["keys"][0]["expiresAt"] == f"{day}T00:00:00.000Z"
