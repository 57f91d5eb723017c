"""Faults as Sentry gets them, over the wire."""

import json
import logging

import pytest

from chatsvg import logs
from chatsvg.telemetry import reporting
from tests.collectors import Faults

PROMPT = "a whale that nobody may know of"
logger = logging.getLogger("tests.reporting")


@pytest.fixture
def faults(settings):
    with Faults() as project:
        settings.SENTRY_DSN = project.dsn
        reporting.start()
        yield project
        reporting.stop()


def only(faults) -> dict:
    reporting.stop()
    [event] = faults.events
    return event


@pytest.mark.django_db
def test_fault_of_a_request_is_reported_without_the_request(signed_in, person, faults, monkeypatch):
    def broken(user, recipe, **kwargs):
        raise RuntimeError(f"broken for {user.email}")

    monkeypatch.setattr("generations.services.submit", broken)
    signed_in.client.raise_request_exception = False

    reply = signed_in.submit("key-1", prompt=PROMPT)

    assert reply.status_code == 500
    event = only(faults)
    [error] = event["exception"]["values"]
    assert (error["type"], error["value"]) == ("RuntimeError", "broken for [mail]")
    assert event["user"] == {"id": str(person.pk)}
    assert event["tags"]["request"] == reply["x-request-id"] == reply.json()["requestId"]
    frame = error["stacktrace"]["frames"][-1]
    assert (frame["function"], "vars" in frame, "context_line" in frame) == ("broken", False, False)
    whole = b"".join(faults.raw).decode()
    cookies = [cookie.value for cookie in signed_in.client.cookies.values() if cookie.value]
    assert [one for one in (PROMPT, person.email, *cookies) if one in whole] == []
    assert not {"request", "extra", "breadcrumbs", "server_name", "modules"} & set(event)


def test_fault_of_a_job_is_reported_without_its_prompt(faults):
    with logs.about(job="0199", user="ada", hide=(PROMPT,)):
        try:
            raise ValueError(f"no drawing of {PROMPT}")
        except ValueError:
            logger.exception("job.broken job=%s", "0199")

    event = only(faults)
    assert event["tags"]["job"] == "0199"
    assert event["logentry"] == {"message": "job.broken job=%s"}
    assert PROMPT not in json.dumps(event)


def test_warnings_are_no_faults(faults):
    logger.warning("viewer.without_pushes error=%s", "x")

    reporting.stop()
    assert faults.events == []


def test_scanners_that_ask_for_another_host_make_no_faults(client, faults, caplog):
    reply = client.get("/api/health", headers={"host": "evil.example"})

    assert (reply.status_code, reply.wsgi_request.META["HTTP_HOST"]) == (400, "evil.example")
    reporting.stop()
    assert faults.events == []
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []
