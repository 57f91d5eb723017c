"""One installation, and one built TypeScript client, for all of the folder."""

import pytest

from tests.faults.harness import running_stack
from tests.parity import typescript


@pytest.fixture(scope="session")
def stack():
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """The folder of the TypeScript client, compiled with its tests."""
    return typescript.build(tmp_path_factory.mktemp("typescript"))


@pytest.fixture
def person(stack):
    return stack.person()


@pytest.fixture
def key(person):
    """A test key of theirs: what it draws costs nothing."""
    return new_key(person, "test")


@pytest.fixture
def production_key(stack, person):
    change = (
        "UPDATE credits_wallet SET plan = 'SUPPORTER' FROM accounts_user u"
        " WHERE user_id = u.id AND email = %s RETURNING plan"
    )
    stack.rows(change, person.email)
    return new_key(person, "production")


def new_key(person, environment: str) -> str:
    reply = person.post("/keys", {"name": "Key of the test", "environment": environment})
    assert reply.status == 201, reply.body
    return reply.json["key"]
