"""Many requests at the same moment."""

from collections import Counter

import pytest

from tests.faults.people import at_once

pytestmark = pytest.mark.slow
CANNOT_PAY = {
    "error": "You do not have enough credits to generate an SVG. "
    "Please purchase more credits and try again."
}


def test_one_credit_buys_one_drawing_however_many_ask(stack, person, report):
    spent = [person.ask() for _ in range(9)]
    assert stack.wait_ended(*spent) == ["SUCCEEDED"] * 9
    stack.model.reset()

    replies = at_once([person.submit] * 50)

    assert Counter(reply.status for reply in replies) == {202: 1, 402: 49}
    assert all(reply.json == CANNOT_PAY for reply in replies if reply.status == 402)
    job = next(reply.json["job"]["id"] for reply in replies if reply.status == 202)
    assert stack.wait_ended(job) == ["SUCCEEDED"]
    report(f"slowest of 50 answers {max(reply.seconds for reply in replies):.2f} s")
    assert stack.model.calls == 1
    assert person.credits() == 0
    assert stack.audit()[0] == 0


def test_one_key_makes_one_job_however_often_it_is_sent(stack, person, report):
    replies = at_once([lambda: person.submit("the-same-key")] * 50)

    assert {reply.status for reply in replies} <= {200, 202}
    ids = {reply.json["job"]["id"] for reply in replies}
    assert len(ids) == 1
    assert sum("duplicate" not in reply.json for reply in replies) == 1
    assert stack.wait_ended(*ids) == ["SUCCEEDED"]
    report(f"slowest of 50 answers {max(reply.seconds for reply in replies):.2f} s")
    assert stack.model.calls == 1
    assert person.credits() == 9
