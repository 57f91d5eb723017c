"""Programs, which talk to `/v1` with keys, and what came of it."""

import json

from django.test import Client

from accounts.keys import asked, usage
from accounts.keys import services as keys
from credits import services as credits
from credits.models import Wallet
from generations.audit import findings
from tests import factories

FACES = ("/v1", "/api/v1")
BODY = {"prompt": "a red fox asleep", "style": "flat", "model": "studio"}
NOTHING = "01900000-0000-7000-8000-000000000000"


class Program:
    """Talks to `/v1` with a key."""

    def __init__(self, key: str = "", base: str = "/v1", **headers) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.base = base
        self.headers = {**({"X-API-Key": key} if key else {}), **headers}

    def ask(self, method, path, body=None, *, sent=None, **extra):
        data = b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method,
            f"{self.base}{path}",
            data,
            content_type="application/json",
            headers={**self.headers, **(sent or {})},
            **extra,
        )

    def draw(self, *, sent=None, **fields):
        return self.ask("POST", "/svg/generate", {**BODY, **fields}, sent=sent)

    def get(self, path, **sent):
        return self.ask("GET", path, sent=sent)

    def job(self, job_id, **extra):
        return self.ask("GET", f"/svg/job/{job_id}", **extra)


def make(user, **fields) -> keys.Made:
    return keys.create(user, asked.key({"name": "Key of the test", **fields}))


def person_on(plan, **fields):
    user = factories.person(**fields)
    credits.set_plan(user.pk, plan, reason="test")
    user.wallet.refresh_from_db()
    return user


def faults():
    return [fault for finding in findings() for fault in finding.faults]


def balances(user):
    wallet = Wallet.objects.get(pk=user.pk)
    return wallet.balance, wallet.held


def totals(user):
    return usage.summary(user, asked.Period())


def refused(reply):
    told = reply.json()
    assert reply["Content-Type"] == "application/problem+json"
    assert told["error"] == told["detail"]
    return reply.status_code, told["errorCode"]
