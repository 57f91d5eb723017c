"""Whether the work behind an answer tells who has an account; of its time see `bench signin`."""

import re
from contextlib import contextmanager

import argon2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.hashers import Argon2id
from accounts.mail import outbox
from accounts.models import Mail
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_hashes")]
WRONG = "not the password"
UNKNOWN = "nobody-of-that-name@example.com"
VALUE = re.compile(r"'(?:[^']|'')*'(?:::\w+)?|\b\d+\b")


def shape(statement: str) -> str:
    """A statement without what it was asked for."""
    return VALUE.sub("?", statement)


@pytest.fixture
def hashed(monkeypatch):
    """What Argon2 was made to do, and with which parameters; it really does it."""
    done, verify, encode = [], Argon2id.verify, Argon2id.encode

    def note_verify(self, password, encoded):
        parameters = argon2.extract_parameters(encoded.removeprefix("argon2"))
        done.append(("verify", len(password), parameters))
        return verify(self, password, encoded)

    def note_encode(self, password, salt):
        done.append(("encode", len(password)))
        return encode(self, password, salt)

    monkeypatch.setattr(Argon2id, "verify", note_verify)
    monkeypatch.setattr(Argon2id, "encode", note_encode)
    return done


@pytest.fixture
def tasks(monkeypatch):
    """The names of the tasks that were handed to the broker's thread."""
    handed = []
    publish = outbox.publish

    def note(task, argument, **options):
        handed.append(task)
        publish(task, argument, **options)

    monkeypatch.setattr(outbox, "publish", note)
    return handed


@pytest.fixture
def addresses(person):
    """One of each kind. They differ in nothing that a statement could show but themselves."""
    without, suspended = factories.person(), factories.person()
    without.set_unusable_password()
    without.save()
    suspended.is_active = False
    suspended.save()
    return {
        "known": person.email,
        "unknown": UNKNOWN,
        "no password": without.email,
        "suspended": suspended.email,
    }


@contextmanager
def work(hashed, tasks):
    """All that is done inside: statements, hashes, tasks and mails that were asked for."""
    hashed.clear(), tasks.clear()
    done, mails = {}, Mail.objects.count()
    with CaptureQueriesContext(connection) as queries:
        yield done
    done["statements"] = [shape(query["sql"]) for query in queries.captured_queries]
    done["hashes"], done["tasks"] = list(hashed), list(tasks)
    done["mails"] = Mail.objects.count() - mails


def test_sign_in_is_the_same_work_for_unknown_addresses(api, addresses, hashed, tasks):
    api.csrf()
    works, replies = {}, {}

    for kind, email in addresses.items():
        with work(hashed, tasks) as works[kind]:
            replies[kind] = api.post("/auth/login", {"email": email, "password": WRONG})

    assert {reply.status_code for reply in replies.values()} == {401}
    assert len({reply.content for reply in replies.values()}) == 1
    known = works["known"]
    assert {kind: done for kind, done in works.items() if done != known} == {}
    assert [(what, length) for what, length, _ in known["hashes"]] == [("verify", len(WRONG))]
    ((_, _, parameters),) = known["hashes"]
    cost = parameters.memory_cost, parameters.time_cost, parameters.parallelism
    assert cost == (19 * 1024, 2, 1)
    assert known["statements"] != []
    assert (known["tasks"], known["mails"]) == ([], 0)


def test_forgot_is_the_same_work_for_unknown_addresses(
    api, addresses, hashed, tasks, django_capture_on_commit_callbacks
):
    api.csrf()
    works, replies = {}, {}

    for kind, email in addresses.items():
        at_commit = django_capture_on_commit_callbacks(execute=True)
        with work(hashed, tasks) as works[kind], at_commit:
            replies[kind] = api.post("/auth/forgot-password", {"email": email})

    assert {reply.status_code for reply in replies.values()} == {200}
    assert len({reply.content for reply in replies.values()}) == 1
    known = works["known"]
    assert {kind: done for kind, done in works.items() if done != known} == {}
    assert known["hashes"] == []
    assert (known["tasks"], known["mails"]) == ([outbox.TASK], 1)
    assert known["statements"] != []


def test_shape_tells_other_statements_apart():
    one = "SELECT a FROM t WHERE b = {} LIMIT 1"

    assert shape(one.format("'x''y'")) == shape(one.format("'z'"))
    assert shape(one.format("'x'")) != shape(one.replace("b", "c").format("'x'"))
