"""`/api` keeps to its own description: schemathesis makes up the requests, from a fixed seed."""

import json
import logging
import os
import sys
from collections import Counter
from subprocess import run

import hypothesis
import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, strategies
from jsonschema import Draft202012Validator
from requests import Request
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks

from accounts.backstage import services as backstage
from chatsvg.embedded.home import PROJECT
from chatsvg.faces import is_for_programs
from chatsvg.openapi.operations import OPERATIONS
from generations import pipeline
from generations.models import Generation
from tests import factories
from tests.conftest import Api
from tests.contract import belongings, routes

HELD = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
MOST = int(os.environ.get("TEST_API_EXAMPLES", 10))  # made-up requests to each operation
EXAMPLES = {"signed in": MOST, "visitor": MOST // 2, "without a token": MOST // 3}
HERE = "http://testserver"
SENT_ON = "/api/admin/verify"  # a redirect, whatever is asked
REACHED = {
    "signed in": {200, 202, 302, 400, 404},
    "visitor": {200, 302, 400, 401, 404},
    "without a token": {200, 302, 401, 403},
}
WHAT_TO_DO = "Describe it in OPERATIONS (chatsvg/openapi/operations.py): {}"


def description() -> dict:
    return Api().get("/openapi.json").json()


def in_description(method: str, address: str) -> str:
    return method + " " + address.replace("<", "{").replace(">", "}")


# --- The description itself -----------------------------------------------------------------------


def test_description_is_openapi_3_1_and_valid(db):
    found = description()

    assert found["openapi"].startswith("3.1.")
    assert schemathesis.openapi.from_dict(found).validate() is None
    for name, shape in found["components"]["schemas"].items():
        Draft202012Validator.check_schema(shape), name


def test_every_route_is_described(db):
    found = description()["paths"]
    described = {f"{one.upper()} {path}" for path, all_ in found.items() for one in all_}
    served = {
        in_description(method, route.address)
        for route in routes.http()
        if route.address.startswith("/api/") and not route.address.endswith("<rest>")
        if not is_for_programs(route.address)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if hasattr(route.view.cls, method.lower())
    }

    assert described == served
    assert served <= set(OPERATIONS), WHAT_TO_DO.format(sorted(served - set(OPERATIONS)))
    assert set(OPERATIONS) <= served


def test_every_operation_has_the_contracts_errors(db):
    for path, operations in description()["paths"].items():
        for method, operation in operations.items():
            known = set(operation["responses"])
            assert known >= {"400", "405", "413", "429", "500", "503"}, path
            assert ("403" in known and "415" in known) or method == "get", path
            assert operation["description"], path
            for status in [status for status in known if status >= "400"]:
                body = operation["responses"][status]["content"]["application/json"]["schema"]
                assert body == {"$ref": "#/components/schemas/Error"}


def test_nobody_pays_for_the_description_but_who_asks_for_it():
    program = (
        "import sys, django; django.setup(); import chatsvg.urls; "
        "from django.urls import resolve; resolve('/api/health'); "
        "print('drf_spectacular' in sys.modules, 'jsonschema' in sys.modules)"
    )

    said = run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, check=True)

    assert said.stdout.split() == [b"False", b"False"]


# --- What is answered -----------------------------------------------------------------------------


class Asker:
    """A browser whose requests schemathesis writes; what they do is undone."""

    def __init__(self, who: str) -> None:
        self.ids: dict[str, list[str]] = {}
        self.statuses: Counter[int] = Counter()
        api = Api()
        if who == "signed in":
            mine = belongings.owner()
            api.post("/auth/login", {"email": mine.user.email, "password": belongings.PASSWORD})
            self.ids = {
                "job_id": mine.ids["job"],
                "generation_id": mine.ids["drawing"],
                "export_id": mine.ids["export"],
                "session_id": mine.ids["session"],
                "key_id": mine.ids["key"],
                "grant_id": mine.ids["grant"],
            }
        elif who == "visitor":
            api.csrf()
        self.client, self.token = api.client, api.token
        self.client.raise_request_exception = False

    def ask(self, case, is_real: bool) -> None:
        for name in set(case.path_parameters or ()) & set(self.ids) if is_real else ():
            case.path_parameters[name] = self.ids[name][0]
        if self.token:
            case.headers["X-CSRF-Token"] = self.token
        jar = self.client.cookies.copy()
        with transaction.atomic():
            reply = self.send(Request(**case.as_transport_kwargs(base_url=HERE)).prepare())
            transaction.set_rollback(True)
        self.client.cookies = jar
        self.statuses[reply.status_code] += 1
        case.validate_response(reply, checks=HELD)

    def send(self, wire) -> Response:
        """One request, from the library's words into our client's, and the answer back."""
        headers = dict(wire.headers)
        kind = headers.pop("Content-Type", "")
        path = wire.url.removeprefix(HERE)
        body = wire.body or b""
        reply = self.client.generic(wire.method, path, body, content_type=kind, headers=headers)
        content = b"".join(reply) if reply.streaming else reply.content
        reply.close()
        said = {name.lower(): [value] for name, value in reply.items()}
        return Response(reply.status_code, said, content, wire, elapsed=0.0, verify=False)


@pytest.fixture
def as_in_production(settings, paypal):
    """With a provider to sign in at; and without news of every refusal."""
    settings.GITHUB_CLIENT_ID, settings.GITHUB_CLIENT_SECRET = "client of the test", "its secret"
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("who", EXAMPLES)
@pytest.mark.django_db(transaction=True)
def test_every_answer_is_as_described(who, as_in_production):
    schema = schemathesis.openapi.from_dict(description())
    asker, faults, asked = Asker(who), [], 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @hypothesis.seed(7)
        @hypothesis.settings(
            max_examples=EXAMPLES[who],
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        )
        @hypothesis.given(case=operation.as_strategy(), is_real=strategies.booleans())
        def hold(case, is_real):
            nonlocal asked
            asked += 1
            asker.ask(case, is_real)

        try:
            hold()
        except (FailureGroup, AssertionError) as error:
            faults.append(f"{operation.label}: {error} {getattr(error, 'exceptions', '')}"[:1500])

    assert not faults, "\n\n".join(faults)
    assert asked > len(OPERATIONS)
    assert set(asker.statuses) >= REACHED[who], asker.statuses


@pytest.mark.django_db(transaction=True)
def test_answers_to_the_right_requests_are_as_described(settings, paypal):
    """Made-up requests seldom succeed: these do, one for each operation that can."""
    mine = belongings.owner()
    api, seen = Api(), set()
    shapes = description()
    api.post("/auth/login", {"email": mine.user.email, "password": belongings.PASSWORD})
    api.client.defaults["HTTP_ORIGIN"] = HERE
    api.client.cookies["admin-pass"] = backstage_pass(settings)

    def hold(method, path, body=None, **ids):
        if method not in ("GET", "POST"):
            headers = {"X-CSRF-Token": api.token}
            data, kind = json.dumps(body or {}), "application/json"
            reply = api.client.generic(
                method, path.format(**ids), data, content_type=kind, headers=headers
            )
        else:
            path_ = path.format(**ids).removeprefix("/api")
            reply = (
                api.get(path_)
                if method == "GET"
                else api.post(path_, body, **{"x-idempotency-key": "right"})
            )
        if reply.streaming:
            assert b"".join(reply.streaming_content)
            reply.close()
        answers = shapes["paths"][path][method.lower()]["responses"]
        assert str(reply.status_code) in answers, (method, path, reply.status_code)
        assert reply.status_code < 300, (method, path, reply)
        content = answers[str(reply.status_code)]["content"]
        if "application/json" in content:
            shape = {**content["application/json"]["schema"], "components": shapes["components"]}
            Draft202012Validator(shape).validate(reply.json())
        seen.add(f"{method} {path}")
        return reply

    job, drawing = mine.ids["job"], mine.ids["drawing"][0]
    for path in (path for path, known in shapes["paths"].items() if "get" in known):
        if "{provider}" not in path and path != SENT_ON:
            hold(
                "GET",
                path,
                job_id=job[0],
                generation_id=drawing,
                export_id=mine.ids["export"][0],
                key_id=mine.ids["key"][0],
                webhook_id=mine.ids["webhook"][0],
            )
    for number in job:  # one that succeeded, one that waits, one that was canceled
        hold("GET", "/api/svg/generation-jobs/{job_id}", job_id=number)
    recipe = {"prompt": "a red fox asleep", "style": "flat", "model": "studio"}
    for _ in range(2):
        hold("POST", "/api/svg/generate-svg", recipe)
    pipeline.run(job[1])
    hold("POST", "/api/svg/generate-svg", recipe)
    assert Generation.objects.filter(user=mine.user).count() == 3
    waiting = api.submit("another").json()["job"]["id"]
    hold("POST", "/api/svg/generation-jobs/{job_id}/cancel", job_id=waiting)
    hold("DELETE", "/api/user/generations/{generation_id}", generation_id=drawing)
    hold("POST", "/api/notification/seen")
    written = {"type": "idea", "subject": "A subject", "message": "A message"}
    hold("POST", "/api/support/contact", written)
    hold("POST", "/api/admin/request-access", {"email": mine.user.email})
    hold("POST", "/api/admin/logout")
    hold("POST", "/api/keys", {"name": "Continuous integration", "environment": "test"})
    hold("DELETE", "/api/keys/{key_id}", key_id=mine.ids["key"][0])
    hold("DELETE", "/api/oauth/grants/{grant_id}", grant_id=mine.ids["grant"][0])
    hook = {"webhook_id": mine.ids["webhook"][0], "delivery_id": mine.ids["delivery"][0]}
    hold("POST", "/api/webhooks", {"url": "https://example.com/", "signature": "ed25519"})
    hold("PATCH", "/api/webhooks/settings", {"creditsLowThreshold": 3})
    hold("PATCH", "/api/webhooks/{webhook_id}", {"description": "Ours"}, **hook)
    hold("POST", "/api/webhooks/{webhook_id}/rotate", {"signature": "ed25519"}, **hook)
    hold("POST", "/api/webhooks/{webhook_id}/test", **hook)
    hold("POST", "/api/webhooks/deliveries/{delivery_id}/replay", **hook)
    hold("DELETE", "/api/webhooks/{webhook_id}", **hook)
    hold("POST", "/api/paypal/subscription/cancel")
    hold("POST", "/api/paypal/create-subscription")
    hold("GET", "/api/paypal/status")
    hold("POST", "/api/auth/refresh")
    hold("POST", "/api/auth/forgot-password", {"email": mine.user.email})
    hold("POST", "/api/account/export")
    hold("POST", "/api/account/email/verification")
    hold("PATCH", "/api/account", {"name": "Aurelia"})
    hold("DELETE", "/api/account/avatar")
    new = {"currentPassword": belongings.PASSWORD, "newPassword": "another horse battery"}
    hold("POST", "/api/account/password", new)
    other = {"email": "other@owner.example", "password": new["newPassword"]}
    hold("POST", "/api/account/email", other)
    hold("DELETE", "/api/auth/sessions/{session_id}", session_id=current(api))
    login = {"email": mine.user.email, "password": new["newPassword"], "rememberMe": True}
    hold("POST", "/api/auth/login", login)
    hold("DELETE", "/api/account", {"password": new["newPassword"]})
    hold("POST", "/api/auth/logout")
    person = {"email": "new@owner.example", "password": factories.PASSWORD, "name": "New"}
    hold("POST", "/api/auth/register", {**person, "agreedToTerms": True})

    unseen = set(OPERATIONS) - seen
    assert {one for one in unseen if "{provider}" not in one} == {
        f"GET {SENT_ON}",
        "POST /api/auth/reset-password",
        "POST /api/paypal/webhook",
        "PUT /api/account/avatar",
    }


def backstage_pass(settings) -> str:
    """The cookie of an administrator who opened their link."""
    settings.ADMIN_EMAILS = ["boss@owner.example"]
    link = backstage.make_link("boss@owner.example", browser_hash="")
    return backstage.begin(link, ip=None, user_agent="")


def current(api) -> str:
    entries = api.get("/auth/sessions").json()["sessions"]
    return next(one["id"] for one in entries if one["current"])
