"""The Idempotency-Key header: one request, however often it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.keys import replies
from accounts.models import Reply
from credits.models import Plan
from generations import pipeline, services
from generations.models import Job
from tests import factories
from tests.generations.v1.programs import Program, balances, faults, make, person_on, refused

ONCE = {"Idempotency-Key": "once"}


def told(reply):
    names = ("Content-Type", "Location", "Retry-After", "Cache-Control")
    return reply.status_code, reply.content, [reply.get(name) for name in names]


def age(**since):
    Reply.objects.update(**{name: timezone.now() - past for name, past in since.items()})


@pytest.mark.parametrize("n", [1, 2])
def test_repeat_is_answered_byte_for_byte(program, supporter, n):
    first = program.draw(n=n, sent=ONCE)
    program.base = "/api/v1"
    pipeline.run(first.json()["jobId"])

    repeats = [program.draw(sent={"Idempotency-Key": key}, n=n) for key in ("once", '"once"')]

    assert first.status_code == 202
    assert "Idempotent-Replayed" not in first
    assert [told(one) for one in repeats] == [told(first)] * 2
    assert {one["Idempotent-Replayed"] for one in repeats} == {"true"}
    assert repeats[0]["x-request-id"] != first["x-request-id"]
    assert Job.objects.count() == n
    assert balances(supporter) == (9, n - 1)
    assert faults() == []


@pytest.mark.parametrize("fields", [{"style": "3d"}, {"n": 2}, {"privacy": False}, {"n": 1}])
def test_other_parameters_are_422(program, fields):
    program.draw(sent=ONCE)

    assert refused(program.draw(sent=ONCE, **fields)) == (422, "IDEMPOTENCY_CONFLICT")
    assert Job.objects.count() == 1


def test_other_parameters_of_a_forgotten_reply_are_422_too(program):
    program.draw(sent=ONCE)
    Reply.objects.all().delete()

    assert refused(program.draw(sent=ONCE, style="3d")) == (422, "IDEMPOTENCY_CONFLICT")
    assert program.draw(sent=ONCE).status_code == 202
    assert refused(program.draw(idempotencyKey="once", style="3d"))[0] == 409
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("header", "field", "status"),
    [
        ("once", "once", 202),
        ('"once"', " once ", 202),
        ("once", "twice", 400),
        ("once", "", 202),
        ("", None, 400),
        ('""', None, 400),
        ('"once', None, 400),
        (r'"on\ce"', None, 400),
        ("x" * 129, None, 400),
        ("x" * 128, None, 202),
    ],
)
def test_keys_of_header_and_body(program, header, field, status):
    reply = program.draw(idempotencyKey=field, sent={"Idempotency-Key": header})

    assert reply.status_code == status
    assert Job.objects.count() == (status == 202)
    assert Reply.objects.count() == (status == 202)


def test_key_in_quotes_is_what_its_escapes_say():
    assert replies.read(r'"a\"b\\c"') == r'a"b\c'
    assert replies.read(None) is None


def test_refusals_are_not_kept(program, supporter):
    factories.spend(supporter, 10)
    assert program.draw(sent=ONCE).status_code == 402
    assert program.draw(sent=ONCE, style="duotone").status_code == 400
    factories.spend(supporter, -1)

    reply = program.draw(sent=ONCE)

    assert (reply.status_code, "Idempotent-Replayed" in reply) == (202, False)


def test_fault_is_not_kept(program, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(services, "submit_all", lambda *args, **kwargs: 1 / 0)
        assert program.draw(sent=ONCE).status_code == 500

    assert program.draw(sent=ONCE).status_code == 202


def test_request_that_died_ends_by_itself_and_its_repeat_names_the_same_job(program):
    first = program.draw(sent=ONCE).json()["jobId"]
    Reply.objects.update(status=None, headers={}, body=b"")  # as it was before the answer
    under_way = program.draw(sent=ONCE)
    age(reserved_until=timedelta(0))

    repeat = program.draw(sent=ONCE)

    assert refused(under_way) == (409, "IDEMPOTENCY_IN_PROGRESS")
    assert 0 < int(under_way["Retry-After"]) < 10
    assert (repeat.status_code, repeat.json()["jobId"]) == (202, first)
    assert Job.objects.count() == 1


def test_late_answer_of_a_request_that_was_taken_over_is_not_kept(program):
    first = program.draw(sent=ONCE)
    old = Reply.objects.get().token
    Reply.objects.update(status=None)
    age(reserved_until=timedelta(0))
    program.draw(sent=ONCE)

    replies.keep(old, first)
    replies.release(old)

    assert Reply.objects.exclude(token=old).get().status == 202


def test_replies_are_kept_for_a_day(program):
    first = program.draw(sent=ONCE)
    age(created_at=timedelta(hours=23))
    replies.purge()
    assert program.draw(sent=ONCE)["Idempotent-Replayed"] == "true"

    age(created_at=timedelta(hours=25))
    late = program.draw(sent=ONCE)
    assert "Idempotent-Replayed" not in late
    assert late.json()["jobId"] == first.json()["jobId"]
    age(created_at=timedelta(hours=25))
    replies.purge()

    assert not Reply.objects.exists()


def test_keys_are_a_persons_own_and_a_worlds(program, tester):
    other = Program(make(person_on(Plan.SUPPORTER)).raw)

    made = {one.draw(sent=ONCE).json()["jobId"] for one in (program, tester, other)}

    assert len(made) == 3


def test_nothing_is_left_of_somebody_who_is_gone(program, supporter):
    program.draw(sent=ONCE)

    replies.forget(supporter)

    assert not Reply.objects.exists()


def test_reply_that_holds_a_drawing_goes_with_it(program, supporter):
    job_id = program.draw(idempotencyKey="once").json()["jobId"]
    pipeline.run(job_id)
    sent = {**ONCE, "Prefer": "wait=5"}
    drawing = program.draw(sent=sent).json()["job"]["drawingId"]
    other = program.draw(sent={"Idempotency-Key": "other"})

    program.ask("DELETE", f"/svg/drawings/{drawing}")
    again = program.draw(sent=sent)

    told = again.json()["job"]
    assert (told["id"], told["drawingId"], told["svg"]) == (job_id, None, None)
    assert "Idempotent-Replayed" not in again
    assert program.draw(sent={"Idempotency-Key": "other"}).content == other.content


def test_requests_at_once_make_one_job_and_say_the_same(transactional_db):
    user = person_on(Plan.SUPPORTER)
    raw = make(user).raw

    def one(number: int) -> tuple:
        try:
            return told(Program(raw).draw(sent=ONCE, n=2))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))

    good = {answer for answer in map(repr, answers) if answer.startswith("(202")}
    assert {answer[0] for answer in answers} <= {202, 409}
    assert len(good) == 1
    assert Job.objects.count() == 2
    assert balances(user) == (10, 2)
    assert faults() == []
