"""`/api/webhooks…` for people and `/v1/webhooks…` for programs: the same services and shapes."""

import json

import pytest
from django.test import Client

from accounts.keys import asked as keys_asked
from accounts.keys import services as keys
from accounts.profile import belongings
from accounts.signals import user_deleted, user_suspended
from chatsvg import ratelimits
from chatsvg.ratelimits import rules
from credits import services as credits
from credits.models import Plan
from realtime.webhooks import asked, outbox, receivers, services
from realtime.webhooks.models import (
    CreditsAlarm,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
    WebhookSecret,
)
from tests import factories

pytestmark = pytest.mark.django_db
URL = "https://example.com/hooks"
NOTHING = "01900000-0000-7000-8000-000000000000"


class Face:
    """Asks as a program does, with a key."""

    def __init__(self, user, environment="production", scopes=None):
        credits.set_plan(user.pk, Plan.SUPPORTER, reason="test")
        wish = {"name": "Key", "environment": environment, "scopes": scopes}
        self.key = keys.create(user, keys_asked.key(wish)).raw

    def ask(self, method, path, body=None):
        return Client().generic(
            method,
            f"/v1{path}",
            json.dumps(body or {}),
            content_type="application/json",
            headers={"X-API-Key": self.key},
        )


class Person:
    """Asks as the React client does."""

    def __init__(self, api):
        self.api = api
        api.csrf()

    def ask(self, method, path, body=None):
        return self.api.client.generic(
            method,
            f"/api{path}",
            json.dumps(body or {}),
            content_type="application/json",
            headers={"X-CSRF-Token": self.api.token},
        )


@pytest.fixture(params=["person", "program"])
def face(request, signed_in, person):
    return Person(signed_in) if request.param == "person" else Face(person)


def test_life_of_a_webhook(face, receiver):
    made = face.ask("POST", "/webhooks", {"url": receiver.url, "description": " Mine "})
    body = made.json()
    there = f"/webhooks/{body['webhook']['id']}"

    assert made.status_code == 201
    assert made["Cache-Control"] == "private, no-store"
    assert body["secret"].startswith("whsec_")
    shown = body["webhook"]
    assert shown | {"id": 0, "createdAt": 0, "secrets": 0} == {
        "id": 0,
        "url": receiver.url,
        "description": "Mine",
        "events": list(asked.EVENTS),
        "test": False,
        "enabled": True,
        "disabledAt": None,
        "disabledBecause": None,
        "failingSince": None,
        "createdAt": 0,
        "secrets": 0,
    }
    assert face.ask("GET", "/webhooks").json() == {"webhooks": [shown]}
    assert face.ask("GET", there).json() == {"webhook": shown}

    rotated = face.ask("POST", f"{there}/rotate", {"signature": "ed25519"}).json()
    assert rotated["secret"].startswith("whpk_")
    kinds = [(one["signature"], one["publicKey"]) for one in rotated["webhook"]["secrets"]]
    assert kinds == [("ed25519", rotated["secret"]), ("hmac", None)]
    assert rotated["webhook"]["secrets"][1]["expiresAt"]

    sent = face.ask("POST", f"{there}/test")
    assert sent.status_code == 202
    receiver.answers = [500]
    outbox.send_due()
    (delivery,) = face.ask("GET", f"{there}/deliveries").json()["deliveries"]
    assert (delivery["type"], delivery["status"]) == ("webhook.test", "pending")
    assert [(one["status"], one["error"]) for one in delivery["attempts"]] == [(500, "status")]

    again = face.ask("POST", f"/webhooks/deliveries/{delivery['id']}/replay")
    assert again.status_code == 202
    outbox.send_due()
    assert [one.id for one in receiver.received] == [delivery["messageId"]] * 2
    (delivery,) = face.ask("GET", f"{there}/deliveries").json()["deliveries"]
    assert (delivery["status"], delivery["nextAttemptAt"]) == ("succeeded", None)

    face.ask("POST", f"/webhooks/deliveries/{delivery['id']}/replay")  # of what was taken, too
    outbox.send_due()
    assert len(receiver.taken) == 2

    off = face.ask("PATCH", there, {"enabled": False, "events": ["credits.low"]}).json()["webhook"]
    assert (off["enabled"], off["disabledBecause"], off["events"]) == (
        *(False, "owner"),
        ["credits.low"],
    )
    assert face.ask("POST", f"{there}/test").status_code == 409
    replay = face.ask("POST", f"/webhooks/deliveries/{delivery['id']}/replay")
    assert (replay.status_code, replay.json()["errorCode"]) == (409, "WEBHOOK_DISABLED")

    assert face.ask("DELETE", there).json() == {"success": True}
    assert face.ask("GET", there).status_code == 404
    assert WebhookMessage.objects.count() == WebhookSecret.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": 7},
        {"url": ""},
        {"url": "https://169.254.169.254/"},
        {"url": "https://user:word@example.com/"},
        {"url": URL, "events": []},
        {"url": URL, "events": ["everything"]},
        {"url": URL, "events": [{}]},
        {"url": URL, "events": "credits.low"},
        {"url": URL, "description": 7},
        {"url": URL, "description": "x" * 201},
        {"url": URL, "signature": "md5"},
        {"url": URL, "signature": {}},
    ],
)
def test_webhook_that_makes_no_sense_is_refused(face, body):
    reply = face.ask("POST", "/webhooks", body)

    assert reply.status_code == 400
    assert reply.json()["error"]
    assert WebhookEndpoint.objects.count() == 0


def test_change_that_makes_no_sense_changes_nothing(face, subscribe, person):
    there = f"/webhooks/{subscribe(person).endpoint.pk}"
    for body in ({"url": None}, {"url": "https://10.0.0.1/"}, {"events": []}, {"enabled": 1}):
        assert face.ask("PATCH", there, body).status_code == 400
    assert face.ask("PATCH", there).json()["webhook"]["enabled"]
    assert face.ask("POST", f"{there}/rotate", {"endPrevious": "yes"}).status_code == 400


def test_webhooks_of_others_are_missing(face, subscribe):
    other = subscribe(factories.person()).endpoint
    delivery = services.test(other)
    before = WebhookDelivery.objects.values().get()
    for method, path in (
        ("GET", "/webhooks/{}"),
        ("PATCH", "/webhooks/{}"),
        ("DELETE", "/webhooks/{}"),
        ("POST", "/webhooks/{}/rotate"),
        ("POST", "/webhooks/{}/test"),
        ("GET", "/webhooks/{}/deliveries"),
        ("POST", "/webhooks/deliveries/{}/replay"),
    ):
        theirs = delivery.pk if "replay" in path else other.pk
        reply, nothing, nonsense = (
            face.ask(method, path.format(one)) for one in (theirs, NOTHING, "x")
        )
        assert reply.status_code == nothing.status_code == nonsense.status_code == 404
        assert reply.json()["error"] == nothing.json()["error"] == nonsense.json()["error"]
    assert face.ask("GET", "/webhooks").json() == {"webhooks": []}
    assert WebhookDelivery.objects.values().get() == before


def test_only_ten_are_had(face, subscribe, person):
    for _ in range(services.MOST):
        subscribe(person)

    reply = face.ask("POST", "/webhooks", {"url": URL})

    assert (reply.status_code, reply.json()["errorCode"]) == (403, "WEBHOOK_LIMIT_REACHED")


def test_only_some_secrets_sign_at_once(face, subscribe, person):
    there = f"/webhooks/{subscribe(person).endpoint.pk}/rotate"
    for _ in range(services.SECRETS_MOST - 1):
        assert face.ask("POST", there).status_code == 200

    assert face.ask("POST", there).status_code == 409
    assert face.ask("POST", there, {"endPrevious": True}).status_code == 200
    assert WebhookSecret.objects.count() == 1


def test_deliveries_come_in_pages(face, subscribe, person, django_assert_max_num_queries):
    endpoint = subscribe(person).endpoint
    made = [str(services.test(endpoint).pk) for _ in range(5)]
    there = f"/webhooks/{endpoint.pk}/deliveries?limit=2"
    found, cursor = [], ""
    while cursor is not None:
        page = face.ask("GET", f"{there}&cursor={cursor}").json()
        found += [one["id"] for one in page["deliveries"]]
        cursor = page["nextCursor"]

    assert found == sorted(made, reverse=True)
    assert face.ask("GET", f"{there}&cursor=x").status_code == 400


def test_threshold_of_low_credits_is_ones_own(face):
    assert face.ask("GET", "/webhooks/settings").json() == {"creditsLowThreshold": 5}
    reply = face.ask("PATCH", "/webhooks/settings", {"creditsLowThreshold": 20})
    assert reply.json() == {"creditsLowThreshold": 20}
    for value in (-1, True, "5", None, 10**9):
        body = {"creditsLowThreshold": value}
        assert face.ask("PATCH", "/webhooks/settings", body).status_code == 400


def test_test_key_has_webhooks_of_its_own(person, subscribe):
    real = subscribe(person).endpoint
    program = Face(person, "test")

    made = program.ask("POST", "/webhooks", {"url": URL, "test": False}).json()["webhook"]

    assert made["test"] is True
    assert [one["id"] for one in program.ask("GET", "/webhooks").json()["webhooks"]] == [made["id"]]
    assert program.ask("GET", f"/webhooks/{real.pk}").status_code == 404
    lower = {"creditsLowThreshold": 0}
    assert program.ask("PATCH", "/webhooks/settings", lower).status_code == 403
    delivery = services.test(real)
    assert program.ask("POST", f"/webhooks/deliveries/{delivery.pk}/replay").status_code == 404


def test_key_without_the_scope_is_refused(person):
    reply = Face(person, scopes=["svg:read"]).ask("GET", "/webhooks")

    assert (reply.status_code, reply.json()["errorCode"]) == (403, "SCOPE_MISSING")


def test_making_many_is_limited(signed_in, person, limited):
    face = Person(signed_in)
    there = f"/webhooks/{NOTHING}"
    for _ in range(60):
        ratelimits.take(rules.WEBHOOKS, person.pk)

    assert face.ask("POST", "/webhooks", {"url": URL}).status_code == 429
    assert face.ask("GET", there).status_code == 404


def test_deleted_person_leaves_nothing_and_suspended_one_hears_nothing(person, subscribe):
    kept, gone = subscribe(factories.person()).endpoint, subscribe(person).endpoint
    services.test(gone)

    user_suspended.send(type(person), user=person)
    gone.refresh_from_db()
    assert gone.disabled_because == "suspended"
    user_deleted.send(type(person), user=person)

    assert list(WebhookEndpoint.objects.all()) == [kept]
    assert WebhookMessage.objects.count() == 0
    assert not CreditsAlarm.objects.filter(user=person).exists()


def test_export_has_webhooks_without_their_secrets(person, subscribe):
    made = subscribe(person)
    services.test(made.endpoint)
    sealed = made.endpoint.secrets.get().sealed

    files = dict(receivers.hand_over(None, person))
    text = {name: "".join(map(_text, pieces)) for name, pieces in files.items()}

    assert json.loads(text["webhooks.json"])[0]["url"] == made.endpoint.url
    assert json.loads(text["webhook_deliveries.json"])[0]["type"] == "webhook.test"
    assert made.secret not in str(text)
    assert sealed not in str(text)
    assert all(name in belongings.READ_ME for name in text)


def _text(piece):
    return piece.decode() if isinstance(piece, bytes) else piece


def test_figures_tell_of_what_waits(person, subscribe, client):
    services.test(subscribe(person).endpoint)

    text = client.get("/metrics").content.decode()

    assert "chatsvg_webhook_pending 1.0" in text
    assert "chatsvg_webhook_age_seconds" in text
