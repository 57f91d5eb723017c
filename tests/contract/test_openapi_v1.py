"""`/v1` keeps to its own description, and its examples are what it really says."""

import json
import logging
import os
from collections import Counter

import hypothesis
import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, strategies
from jsonschema import Draft202012Validator
from requests import Request
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response

from chatsvg.errors import DomainError
from chatsvg.openapi.v1 import live, refusals
from chatsvg.openapi.v1.operations import OPERATIONS
from credits.models import Plan
from generations import pipeline
from generations.choices import STYLES
from realtime.webhooks import payloads
from realtime.webhooks.models import WebhookMessage
from tests.contract import routes
from tests.contract.test_openapi import HELD
from tests.generations.v1.programs import Program, make, person_on

EXAMPLES = int(os.environ.get("TEST_V1_EXAMPLES", 8))  # made-up requests to each operation
HERE = "http://testserver"
PROBLEM = refusals.PROBLEM
METHODS = ("get", "post", "put", "patch", "delete")
REACHED = {200, 202, 400, 404}
WHAT_TO_DO = "Describe it in OPERATIONS (chatsvg/openapi/v1/operations.py): {}"
DOCUMENTS = {"/v1/openapi.json", "/v1/docs", "/v1/<rest>"}


@pytest.fixture(scope="module")
def described():
    from chatsvg.openapi.generator import for_programs

    return for_programs()


def operations(described):
    for path, known in described["paths"].items():
        for method, operation in known.items():
            yield f"{method.upper()} {path}", operation


def resolved(described, found):
    """Follow a `$ref`, if it is one."""
    while "$ref" in found:
        place = described
        for name in found["$ref"].removeprefix("#/").split("/"):
            place = place[name]
        found = place
    return found


def hold(described, shape, value):
    Draft202012Validator({**shape, "components": described["components"]}).validate(value)


# --- The description itself -----------------------------------------------------------------------


def test_description_is_openapi_3_1_and_valid(described):
    assert described["openapi"].startswith("3.1.")
    assert schemathesis.openapi.from_dict(described).validate() is None
    for shape in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)


def test_every_route_is_described(described):
    served = {
        f"{method.upper()} {route.address}".replace("<", "{").replace(">", "}")
        for route in routes.http()
        if route.address.startswith("/v1/") and route.address not in DOCUMENTS
        for method in METHODS
        if hasattr(route.view.cls, method)
    }
    streams = {f"GET {path}" for path in live.PATHS}

    assert served <= set(OPERATIONS), WHAT_TO_DO.format(sorted(served - set(OPERATIONS)))
    assert set(OPERATIONS) <= served
    assert {name for name, _ in operations(described)} == served | streams


def test_every_operation_tells_all_that_programs_need(described):
    names = Counter()
    for label, operation in operations(described):
        names[operation["operationId"]] += 1
        assert operation["tags"] and operation["summary"] and operation["description"], label
        assert [set(one) for one in operation["security"]] == [{"ApiKey"}, {"Bearer"}], label
        answers = operation["responses"]
        assert {"401", "403", "429", "500", "503"} <= set(answers), label
        for status, one in answers.items():
            said = resolved(described, one)
            if status >= "400":
                assert list(said["content"]) == [PROBLEM], (label, status)
            if status not in ("304",):
                assert any("examples" in kind for kind in said["content"].values()), (label, status)
        for body in operation.get("requestBody", {"content": {}})["content"].values():
            assert body["examples"], label
    assert set(names.values()) == {1}
    assert all(name.isidentifier() for name in names)


def test_every_example_keeps_to_its_shape(described):
    seen = 0

    def walk(found):
        nonlocal seen
        if isinstance(found, dict):
            if "examples" in found and "schema" in found:
                for example in found["examples"].values():
                    hold(described, found["schema"], example["value"])
                    seen += 1
            for one in found.values():
                walk(one)
        elif isinstance(found, list):
            for one in found:
                walk(one)

    walk(described)
    assert seen > 60


def test_refusals_are_those_of_the_code():
    """A code that programs may meet is told, with its sentence and its status."""

    def below(kind):
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    told = {(one.status, one.code) for one in refusals.REFUSALS}
    sentences = {one.sentence for one in refusals.REFUSALS}
    modules = ("accounts.keys.", "generations.errors", "realtime.webhooks.", "realtime.keyed")
    found = [one for one in below(DomainError) if one.__module__.startswith(modules)]
    ours = {one for one in found if one.code and one.code not in NOT_HERE}

    assert {(int(one.status), one.code) for one in ours} <= told
    for one in ours:
        assert one.title == DomainError.title or one.title in sentences or "title" not in vars(one)


NOT_HERE = {"DRAWING_DELETED", "REMIX_MISSING"}  # of /api and of pages alone


# --- How it is served -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/openapi.json", "/api/v1/openapi.json", "/api/openapi.json"])
def test_description_is_public_and_cached(client, db, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})

    assert first.status_code == 200
    assert first["Content-Type"].startswith("application/json")
    assert first.json()["openapi"].startswith("3.1")
    assert (again.status_code, again.content) == (304, b"")
    for reply in (first, again):
        assert reply["Cache-Control"] == "public, max-age=300"
        assert reply["Access-Control-Allow-Origin"] == "*"
        assert not reply.cookies


# --- What is really said --------------------------------------------------------------------------


class Story:
    """A program that asks for everything once, with the examples of the description."""

    def __init__(self, described, key):
        self.described, self.program = described, Program(key)
        self.seen: set[str] = set()

    def ask(self, label, *, status=None, query="", example=None, headers=None, **ids):
        """Ask, and hold the answer to its shape and to the form of an example of it."""
        method, path = label.split()
        operation = self.described["paths"][path][method.lower()]
        body = None
        if "requestBody" in operation:
            examples = operation["requestBody"]["content"]["application/json"]["examples"]
            body = examples[example or next(iter(examples))]["value"]
        address = path.removeprefix("/v1").format(**ids) + query
        extra = {
            f"HTTP_{name.upper().replace('-', '_')}": it for name, it in (headers or {}).items()
        }
        reply = self.program.ask(method, address, body, **extra)
        answers = operation["responses"]
        assert str(reply.status_code) in answers, (label, reply.status_code, reply.content)
        assert reply.status_code == (status or reply.status_code), (label, reply.content)
        self.hold(label, resolved(self.described, answers[str(reply.status_code)]), reply)
        self.seen.add(f"{label} {reply.status_code}")
        return reply

    def hold(self, label, said, reply):
        if reply.status_code == 304:
            return
        kind = reply["Content-Type"]
        media = said["content"].get(kind) or said["content"][kind.partition(";")[0]]
        if kind.partition(";")[0].endswith("json"):
            told = reply.json()
            hold(self.described, media["schema"], told)
            forms = [form(one["value"]) for one in media["examples"].values()]
            assert any(alike(form(told), one) for one in forms), (label, told)


def form(value):
    """A document without what it says: its members, and what kind each is."""
    if isinstance(value, dict):
        return {name: form(one) for name, one in value.items() if name != "test"}
    if isinstance(value, list):
        return [form(one) for one in value]
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value)
    )


def alike(told, example):
    """Whether they have the same members. Null and an empty list are of every kind."""
    if isinstance(told, dict) and isinstance(example, dict):
        return set(told) == set(example) and all(alike(told[one], example[one]) for one in told)
    if isinstance(told, list) and isinstance(example, list):
        return not example or all(any(alike(one, other) for other in example) for one in told)
    return told == example or type(None) in (told, example)


@pytest.mark.django_db(transaction=True)
def test_answers_to_the_example_requests_are_as_described(described):
    user = person_on(Plan.SUPPORTER)
    story = Story(described, make(user).raw)
    ask = story.ask

    once = {"Idempotency-Key": "once"}
    job = ask("POST /v1/svg/generate", status=202, headers=once).json()["jobId"]
    again = ask("POST /v1/svg/generate", status=202, headers=once)
    assert again["Idempotent-Replayed"] == "true"
    ask("POST /v1/svg/generate", status=422, headers=once, example="TwoDrawings")
    ask("GET /v1/svg/job/{job_id}", job_id=job)
    two = ask("POST /v1/svg/generate", status=202, example="TwoDrawings").json()["jobs"]
    assert len(two) == 2
    webhook = ask("POST /v1/webhooks", status=201).json()["webhook"]["id"]
    ask("POST /v1/svg/job/{job_id}/cancel", status=200, job_id=two[1]["jobId"])
    ask("POST /v1/svg/job/{job_id}/cancel", status=200, job_id=two[1]["jobId"])
    pipeline.run(job)
    ask("POST /v1/svg/job/{job_id}/cancel", status=409, job_id=job)
    done = ask("GET /v1/svg/job/{job_id}", status=200, job_id=job, headers={"Prefer": "wait=5"})
    drawing = done.json()["job"]["drawingId"]
    ask("GET /v1/svg/job/{job_id}", status=404, job_id=drawing)
    for query in ("", "?limit=1", "?cursor=nothing"):
        ask("GET /v1/svg/jobs", query=query)
    ask("GET /v1/svg/drawings", status=200)
    ask("GET /v1/svg/drawings/{drawing_id}", status=200, drawing_id=drawing)
    export = "GET /v1/svg/drawings/{drawing_id}/export"
    for name in ("svg", "png", "webp", "jsx", "data-uri", "css"):
        reply = ask(export, status=200, drawing_id=drawing, query=f"?format={name}&size=32")
    ask(
        *(export,),
        status=304,
        drawing_id=drawing,
        query="?format=css",
        headers={"If-None-Match": reply["ETag"]},
    )
    ask(export, status=400, drawing_id=drawing, query="?format=gif")
    for label in ("GET /v1/styles", "GET /v1/models", "POST /v1/estimate", "GET /v1/credits"):
        ask(label, status=200)
    ask("GET /v1/usage", status=200)
    ask("GET /v1/webhooks", status=200)
    for method in ("GET", "PATCH"):
        ask(f"{method} /v1/webhooks/{{webhook_id}}", status=200, webhook_id=webhook)
        ask(f"{method} /v1/webhooks/settings", status=200)
    ask("POST /v1/webhooks/{webhook_id}/rotate", status=200, webhook_id=webhook)
    sent = ask("POST /v1/webhooks/{webhook_id}/test", status=202, webhook_id=webhook).json()
    ask("GET /v1/webhooks/{webhook_id}/deliveries", status=200, webhook_id=webhook)
    ask(
        "POST /v1/webhooks/deliveries/{delivery_id}/replay",
        status=202,
        delivery_id=sent["delivery"]["id"],
    )
    hold_event(described, WebhookMessage.objects.get(job=job))
    ask("DELETE /v1/svg/drawings/{drawing_id}", status=200, drawing_id=drawing)
    ask("DELETE /v1/webhooks/{webhook_id}", status=200, webhook_id=webhook)
    waits = Story(described, make(person_on(Plan.SUPPORTER), environment="test").raw)
    waits.program.headers["X-API-Key"] += "x"
    waits.ask("GET /v1/credits", status=401)

    succeeded = {one.rpartition(" ")[0] for one in story.seen if one[-3] == "2"}
    assert succeeded == set(OPERATIONS)


def hold_event(described, message):
    """What a webhook gets is as described."""
    told = json.loads(payloads.body(message))
    known = described["webhooks"][message.type]["post"]["requestBody"]["content"]
    hold(described, known["application/json"]["schema"], told)
    (example,) = known["application/json"]["examples"].values()
    assert alike(form(told), form(example["value"])), told


def test_names_of_styles_are_told(described):
    wanted = described["components"]["schemas"]["Wanted"]

    assert wanted["properties"]["style"]["enum"] == list(STYLES)


# --- What made-up requests are told ---------------------------------------------------------------


class Asker:
    """A program whose requests schemathesis writes; what they do is undone."""

    def __init__(self, key: str, ids: dict[str, str]) -> None:
        self.client, self.key, self.ids = Program(key).client, key, ids
        self.client.raise_request_exception = False
        self.statuses: Counter[int] = Counter()

    def ask(self, case, is_real: bool) -> None:
        for name in set(case.path_parameters or ()) & set(self.ids) if is_real else ():
            case.path_parameters[name] = self.ids[name]
        case.headers["X-API-Key"] = self.key
        case.headers.pop("Authorization", None)
        case.headers.pop("Prefer", None)  # nothing draws here: it would only take its time
        with transaction.atomic():
            reply = self.send(Request(**case.as_transport_kwargs(base_url=HERE)).prepare())
            transaction.set_rollback(True)
        self.statuses[reply.status_code] += 1
        case.validate_response(reply, checks=HELD)
        if reply.status_code >= 400:
            assert reply.headers["content-type"] == [PROBLEM], reply.headers

    def send(self, wire) -> Response:
        headers = dict(wire.headers)
        kind = headers.pop("Content-Type", "")
        path, body = wire.url.removeprefix(HERE), wire.body or b""
        reply = self.client.generic(wire.method, path, body, content_type=kind, headers=headers)
        said = {name.lower(): [value] for name, value in reply.items()}
        return Response(reply.status_code, said, reply.content, wire, elapsed=0.0, verify=False)


@pytest.fixture
def asker(described, transactional_db):
    """With a test key, and one of everything that it can see."""
    logging.disable(logging.WARNING)
    key = make(person_on(Plan.SUPPORTER), environment="test").raw
    story = Story(described, key)
    job, other = (story.ask("POST /v1/svg/generate").json()["jobId"] for _ in range(2))
    pipeline.run(job)
    done = story.ask("GET /v1/svg/job/{job_id}", job_id=job).json()["job"]
    webhook = story.ask("POST /v1/webhooks").json()["webhook"]["id"]
    sent = story.ask("POST /v1/webhooks/{webhook_id}/test", webhook_id=webhook).json()
    ids = {"job_id": other, "drawing_id": done["drawingId"]}
    yield Asker(key, {**ids, "webhook_id": webhook, "delivery_id": sent["delivery"]["id"]})
    logging.disable(logging.NOTSET)


def test_every_answer_is_as_described(described, asker):
    without_streams = {**described, "paths": {**described["paths"]}}
    for path in live.PATHS:
        del without_streams["paths"][path]
    schema, faults = schemathesis.openapi.from_dict(without_streams), []
    for found in schema.get_all_operations():
        operation = found.ok()

        @hypothesis.seed(9)
        @hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        )
        @hypothesis.given(case=operation.as_strategy(), is_real=strategies.booleans())
        def holds(case, is_real):
            asker.ask(case, is_real)

        try:
            holds()
        except (FailureGroup, AssertionError) as error:
            faults.append(f"{operation.label}: {error} {getattr(error, 'exceptions', '')}"[:1500])

    assert not faults, "\n\n".join(faults)
    assert set(asker.statuses) >= REACHED, asker.statuses
