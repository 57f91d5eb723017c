"""What is noted of requests, and what is told of faults."""

import logging

import pytest
from django.db import OperationalError

from accounts.models import ApiKey, KeyUse
from credits import services as credits
from credits.models import Plan
from generations import services
from tests.contract.hostile import VALUES
from tests.generations.v1.programs import BODY, NOTHING, Program, refused


def test_every_request_leaves_a_row(program, supporter):
    program.draw()
    program.draw(style="duotone")
    program.job(NOTHING)
    program.ask("DELETE", "/svg/generate")

    rows = list(KeyUse.objects.order_by("id").values_list("status", "credits"))
    assert rows == [(202, 1), (400, 0), (404, 0), (405, 0)]
    assert all(0 <= one.latency_ms < 5000 for one in KeyUse.objects.all())
    assert ApiKey.objects.get().last_used_at


def test_answer_does_not_depend_on_its_note(program, monkeypatch):
    def away(**fields):
        raise OperationalError("away")

    monkeypatch.setattr(KeyUse.objects, "create", away)

    assert program.draw().status_code == 202


def test_fault_is_a_problem_and_leaves_a_row(program, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(services, "submit_all", broken)

    reply = program.draw()

    assert refused(reply) == (500, "INTERNAL_SERVER_ERROR")
    assert reply.json()["requestId"] == reply["x-request-id"]
    assert "broken" not in reply.content.decode()
    assert KeyUse.objects.get().status == 500


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.getMessage()} {record.exc_info}")


def test_no_line_of_the_log_has_a_key(signed_in, person, monkeypatch):
    credits.set_plan(person.pk, Plan.SUPPORTER, reason="test")
    root, lines = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        raw = signed_in.post("/keys", {"name": "Key of Zephyrine"}).json()["key"]
        Program(raw).draw(prompt="a whale that nobody may know of")
        Program(raw + "x").draw()
        Program(Authorization=f"Bearer {raw}").job("nowhere")
        monkeypatch.setattr(services, "submit_all", lambda *args, **kwargs: 1 / 0)
        assert Program(raw).draw().status_code == 500
    finally:
        root.removeHandler(lines)
        root.setLevel(level)

    secrets = (raw[16:], ApiKey.objects.get().key_hash, "Zephyrine", "whale")
    assert any("request.failed" in line for line in lines.said)
    assert [line for line in lines.said for secret in secrets if secret in line] == []


def test_a_request_costs_few_queries(program, django_assert_max_num_queries):
    program.job(NOTHING)

    with django_assert_max_num_queries(3):  # the key and its person, the job, the note
        program.job(NOTHING)


@pytest.mark.parametrize("field", ["prompt", "style", "model", "privacy", "idempotencyKey"])
def test_hostile_fields_are_the_senders_fault(program, field):
    for value in VALUES:
        for body in ({**BODY, field: value}, dict.fromkeys([*BODY, field], value)):
            reply = program.ask("POST", "/svg/generate", body)
            kind = reply["Content-Type"]
            good = reply.status_code == 202 and kind == "application/json; charset=utf-8"
            bad = reply.status_code in (400, 409, 413) and kind == "application/problem+json"
            assert good or bad, (field, value, reply.content)


def test_hostile_bodies_and_headers_are_the_senders_fault(program):
    for body in (b"", b"[]", b"null", b"\xff", b'"x"', b"{" * 9000, b'{"prompt": NaN}'):
        reply = program.client.post(
            "/v1/svg/generate", body, content_type="application/json", headers=program.headers
        )
        assert refused(reply)[0] == 400, body
    reply = program.client.post(
        "/v1/svg/generate", b"<x/>", content_type="text/xml", headers=program.headers
    )
    assert refused(reply)[0] == 415
    for key in ("", " ", "sk_live_", "\x00", "х" * 48, "sk_live_" + "A" * 9000, "a, b"):
        assert refused(Program(**{"X-API-Key": key}).job(NOTHING))[0] == 401
