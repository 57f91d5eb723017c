"""Malformed answers on the way of a real job: charged, drawn, and refunded where hopeless."""

import json

import pytest

from credits.models import Wallet
from generations import pipeline
from generations.audit import findings
from generations.models import Job
from tests import factories
from tests.generations.answers.cases import Case, cases, hopeless
from tests.generations.answers.measure import STYLE, alike, repaired
from tests.model_server import Behaviour

pytestmark = pytest.mark.django_db(transaction=True)
CALLS = 3


def drawn(endpoint, *answers):
    """A job whose model says one thing after the other; and how often it was asked."""
    endpoint.reset()
    endpoint.script(*(Behaviour(answer=answer, piece=2000) for answer in answers))
    job = factories.job(model="gpt-4o", style=STYLE)
    pipeline.run(job.pk)
    return Job.objects.select_related("generation").get(pk=job.pk), endpoint.calls


def one_of_each_kind() -> list[Case]:
    kinds: dict[str, list[Case]] = {}
    for case in cases():
        kinds.setdefault(case.kind, []).append(case)
    return [found[len(found) // 2] for found in kinds.values()]


def available(job):
    return Wallet.objects.get(pk=job.user_id).available


def test_one_answer_of_each_kind_becomes_its_drawing(endpoint):
    for case in one_of_each_kind():
        job, calls = drawn(endpoint, case.answer, case.answer, repaired(case))

        assert job.status == "SUCCEEDED", case
        assert calls <= CALLS, case
        assert alike(job.generation.svg, case.meant), case
        assert job.generation.provider == "openai", case
        assert available(job) == 9, case
    assert [fault for finding in findings() for fault in finding.faults] == []


def test_hopeless_answers_fail_with_a_refund(endpoint):
    for answer in hopeless():
        job, calls = drawn(endpoint, *[answer] * CALLS)

        assert (job.status, job.error_code) == ("FAILED", "VALIDATION_ERROR"), answer
        assert calls == CALLS, answer
        assert job.generation is None, answer
        assert available(job) == 10, answer
    assert [fault for finding in findings() for fault in finding.faults] == []


def test_a_repair_is_told_what_is_wrong(endpoint):
    refusal = hopeless()[0]
    case = cases()[0]
    job, calls = drawn(endpoint, refusal, repaired(case))

    told = json.dumps(endpoint.log[-1].body["messages"][-1]["content"])
    assert (job.status, calls) == ("SUCCEEDED", 2)
    assert "no_svg" in told
