"""How many statements and how many trips to Redis each main request takes, and no more.

Every figure is of the second request of its kind: what a process keeps from the first is there. A
figure that fell is written down here; one that rose has to say why.
"""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.connection import AbstractConnection

from credits.models import Plan
from generations import backlog, pipeline
from generations.gallery import shelf
from tests import factories
from tests.conftest import Api
from tests.generations.gallery.drawings import draw
from tests.generations.v1.programs import Program, make, person_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limited")]
_BRACKETS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")  # of transactions


class Trips:
    """To Redis, by this thread."""

    def __init__(self, monkeypatch):
        self.count = 0
        me, send = threading.get_ident(), AbstractConnection.send_packed_command

        def counted(link, *args, **kwargs):
            self.count += threading.get_ident() == me
            return send(link, *args, **kwargs)

        monkeypatch.setattr(AbstractConnection, "send_packed_command", counted)


@pytest.fixture
def cost(monkeypatch, django_capture_on_commit_callbacks):
    """(statements, trips to Redis) of what is done, on commit too, the second time."""
    trips = Trips(monkeypatch)
    monkeypatch.setattr(shelf, "FRESH_SECONDS", 60.0)
    monkeypatch.setattr(backlog, "SAMPLE_SECONDS", 60.0)

    def measure(do, *, status=200):
        for _ in range(2):
            trips.count = 0
            with (
                CaptureQueriesContext(connection) as asked,
                django_capture_on_commit_callbacks(execute=True),
            ):
                reply = do()
            assert reply.status_code == status, reply.content
        return sum(not one["sql"].startswith(_BRACKETS) for one in asked), trips.count

    return measure


@pytest.fixture
def owner():
    """A supporter with sixty drawings, public ones, and a job that was drawn."""
    user = person_on(Plan.SUPPORTER)
    draw(user, 60)
    user.job = factories.job(user)
    pipeline.run(user.job.pk)
    user.wallet.refresh_from_db()
    return user


@pytest.fixture
def ids(owner):
    """Of what is asked for, by the names that addresses have for them."""
    drawings = list(owner.generations.order_by("-created_at", "-id")[:50])
    return {"job": owner.job.pk, "drawing": drawings[0].pk, "cursor": drawings[-1].pk}


FOR_ANYBODY = {
    "/health": (0, 0),
    "/csrf": (0, 1),
    "/plans": (0, 1),
    "/svg/public?limit=50": (0, 1),
    "/svg/public?limit=50&cursor={cursor}": (1, 1),
    "/svg/{drawing}/source": (1, 1),
}
FOR_THE_OWNER = {
    "/auth/current-user": (1, 2),
    "/auth/sessions": (2, 2),
    "/svg/generation-jobs/{job}": (2, 2),
    "/user/generations?limit=50": (2, 2),
    "/user/generations?limit=50&cursor={cursor}": (2, 2),
    "/svg/{drawing}/download": (2, 3),
    "/user/me": (1, 2),
    "/notification/badge": (2, 2),
    "/notification/latest": (2, 2),
    "/paypal/status": (3, 2),
    "/keys": (3, 2),
}
FOR_PROGRAMS = {
    "/models": (3, 1),
    "/styles": (2, 1),
    "/credits": (2, 1),
    "/usage": (8, 1),
    "/svg/job/{job}": (3, 1),
    "/svg/jobs?limit=50": (3, 1),
    "/svg/drawings?limit=50": (3, 1),
    "/svg/drawings/{drawing}": (3, 1),
}
PAGES = {
    "/": (0, 0),
    "/pricing": (0, 0),
    "/gallery": (0, 0),
    "/d/{drawing}": (4, 0),
    "/signin": (0, 0),
}
PAGES_OF_THE_OWNER = {
    "/": (3, 0),
    "/app": (5, 0),
    "/gallery": (3, 0),
    "/history": (4, 0),
    "/d/{drawing}": (7, 0),
    "/credits": (10, 0),
    "/notifications": (6, 0),
    "/account": (8, 0),
    "/api-keys": (9, 0),
}


def costs(cost, get, table, ids):
    """What each address of a table costs, in the form of the table."""
    return {path: cost(lambda path=path: get(path.format(**ids))) for path in table}


def test_reads_of_the_api(cost, owner, ids):
    api = Api().sign_in(owner)

    assert costs(cost, Api().get, FOR_ANYBODY, ids) == FOR_ANYBODY
    assert costs(cost, api.get, FOR_THE_OWNER, ids) == FOR_THE_OWNER


def test_reads_of_programs(cost, owner, ids):
    program = Program(make(owner).raw)

    assert costs(cost, program.get, FOR_PROGRAMS, ids) == FOR_PROGRAMS


def test_pages(cost, owner, ids):
    reader, mine = Client(headers={"Accept": "text/html"}), Client(headers={"Accept": "text/html"})
    mine.cookies = Api().sign_in(owner).client.cookies

    assert costs(cost, reader.get, PAGES, ids) == PAGES
    assert costs(cost, mine.get, PAGES_OF_THE_OWNER, ids) == PAGES_OF_THE_OWNER


def test_asking_for_a_drawing(cost, owner):
    api, keys = Api().sign_in(owner), (f"key-{number}" for number in range(9))
    program = Program(make(owner).raw)
    found = {
        "refused": cost(lambda: api.submit(prompt=""), status=400),
        "repeated": cost(lambda: api.submit("the same"), status=202),
        "new": cost(lambda: api.submit(next(keys)), status=202),
        "new, of a program": cost(
            lambda: program.draw(sent={"Idempotency-Key": next(keys)}), status=202
        ),
    }

    assert found == {
        "refused": (1, 2),
        "repeated": (3, 2),
        "new": (7, 4),
        "new, of a program": (9, 3),
    }
