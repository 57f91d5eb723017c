import os
import subprocess
import sys
import time
from functools import partial

import pytest
import redis
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from psycopg.conninfo import make_conninfo

from chatsvg import brief_redis
from chatsvg.embedded.home import PROJECT
from generations import deletion, pipeline, services
from generations.gallery import shared, shelf
from generations.gallery.asked import Filters
from generations.models import Generation
from generations.tasks import refresh_gallery
from tests import factories
from tests.conftest import Api
from tests.generations.gallery.drawings import NOON, draw, ids

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/svg/public"


def shown(query: str = "", **headers) -> list[str]:
    body = Client().get(f"{URL}?{query}", headers=headers).json()
    return [one["id"] for one in body["publicGenerations"]]


def drawn(user, **fields) -> str:
    """The id of a drawing that went the whole way."""
    job = factories.job(user, **fields)
    pipeline.run(job.pk)
    return str(Generation.objects.get(job=job).pk)


@pytest.fixture
def no_redis(settings):
    """Nobody listens there."""
    settings.REDIS_URL = "unix:///nowhere/valkey.sock?db=0"
    brief_redis.of.cache_clear()
    yield
    brief_redis.of.cache_clear()


def test_published_drawing_is_shown_at_once_under_its_filters(person):
    queries = ["", "limit=50", "style=flat", "model=studio", "style=flat&model=studio"]
    others = ["style=3d", "model=gpt-4o", "style=3d&model=studio"]
    assert [shown(query) for query in queries + others] == [[]] * 8

    published = drawn(person)

    assert [shown(query) for query in queries] == [[published]] * 5
    assert [shown(query) for query in others] == [[]] * 3


def test_deleted_drawing_is_gone_at_once(person):
    first, second = drawn(person), drawn(person)
    assert shown() == [second, first]

    services.delete_drawing(person, second)

    assert shown() == shown("style=flat") == [first]


def test_person_who_leaves_takes_their_drawings_along(person):
    drawn(person)
    stays = drawn(factories.person())
    assert len(shown()) == 2

    with transaction.atomic():
        deletion.forget(person)

    assert shown() == [stays]


def test_private_drawing_changes_nothing(person):
    published = drawn(person)
    before = Client().get(URL)
    stamp = shared.stamp(Filters())

    private = drawn(person, is_private=True)
    services.delete_drawing(person, private)

    assert shared.stamp(Filters()) == stamp
    assert shown() == [published]
    assert Client().get(URL)["ETag"] == before["ETag"]


def test_what_is_rolled_back_is_told_to_nobody(person):
    published = drawn(person)
    assert shown() == [published]
    stamp = shared.stamp(Filters())

    with transaction.atomic():
        services.delete_drawing(person, published)
        transaction.set_rollback(True)

    assert (shared.stamp(Filters()), shown()) == (stamp, [published])


def test_first_page_asks_the_database_once(person):
    draw(person, 3)
    Client().get(URL)

    with CaptureQueriesContext(connection) as asked:
        for query in ("", "limit=50", "limit=abc", "cursor=", "unknown=1", "style=&model="):
            assert len(shown(query)) == 3
        time.sleep(shelf.FRESH_SECONDS * 1.5)  # the stamp is asked for again, and is the same
        assert len(shown()) == 3

    assert len(asked) == 0


def test_pages_of_another_process_are_taken_from_redis(person):
    draw(person, 3)
    first = Client().get(URL)
    shelf._held.clear()

    with CaptureQueriesContext(connection) as asked:
        again = Client().get(URL)

    assert (again.content, again["ETag"], len(asked)) == (first.content, first["ETag"], 0)


def test_page_of_an_older_stamp_is_not_taken(person):
    drawing = drawn(person)
    assert shown() == [drawing]
    old = shared.get(Filters())

    services.delete_drawing(person, drawing)
    shared.put(Filters(), old)  # by one that was slow

    assert shown() == []


def test_other_sizes_and_pages_are_never_held(person):
    drawings = draw(person, 5)
    assert shown("limit=2") == ids(drawings[:2])

    Generation.objects.filter(pk=drawings[0].pk).delete()  # nobody is told

    assert shown("limit=2") == ids(drawings[1:3])
    assert shown(f"limit=50&cursor={drawings[1].pk}") == ids(drawings[2:])


def test_change_that_nobody_told_of_is_seen_in_the_end(person, monkeypatch):
    kept, lost = draw(person, 2)
    assert len(shown()) == 2
    lost.delete()
    time.sleep(shelf.FRESH_SECONDS * 1.5)
    assert len(shown()) == 2

    monkeypatch.setattr(shared, "BOUND_SECONDS", -1)
    time.sleep(shelf.FRESH_SECONDS * 1.5)

    assert shown() == [str(kept.pk)]


# --- Redis ----------------------------------------------------------------------------------------


def test_without_redis_the_database_answers(person, no_redis):
    published = drawn(person)
    assert shown() == [published]

    services.delete_drawing(person, published)

    assert shown() == []


def test_without_redis_a_page_is_held_for_a_moment_only(person, no_redis, monkeypatch):
    (drawing,) = draw(person)
    assert len(shown()) == 1
    drawing.delete()  # by another process, which can tell nobody
    assert len(shown()) == 1

    monkeypatch.setattr(shelf, "ALONE_SECONDS", 0)
    shelf.drop([Filters()])
    assert shown() == []
    draw(person)
    assert len(shown()) == 1


def test_redis_that_comes_back_is_asked_again(person, settings, no_redis, monkeypatch):
    draw(person)
    assert len(shown()) == 1
    known = settings.REDIS_URL
    monkeypatch.setattr(shelf, "ALONE_SECONDS", 0)
    shelf._held.clear()
    assert len(shown()) == 1

    settings.REDIS_URL = os.environ["REDIS_URL"]

    assert known != settings.REDIS_URL
    shelf._held.clear()
    assert len(shown()) == 1
    assert shared.get(Filters())


def test_flushed_redis_changes_nothing(person, settings):
    drawings = ids(draw(person, 2))
    assert shown() == drawings

    client = redis.Redis.from_url(settings.REDIS_URL)
    for key in client.scan_iter(f"{settings.GALLERY_PREFIX}:*"):
        client.delete(key)
    time.sleep(shelf.FRESH_SECONDS * 1.5)

    assert shown() == drawings


# --- Processes ------------------------------------------------------------------------------------


def elsewhere(code: str, settings) -> None:
    """Run something in a process of its own, on the same database and Redis."""
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    env = {"DATABASE_URL": url, "GALLERY_PREFIX": settings.GALLERY_PREFIX}
    ran = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", code],
        cwd=PROJECT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.slow
def test_what_another_process_does_is_seen_here_at_once(person, settings):
    first, second = drawn(person), drawn(person)
    assert shown() == [second, first]
    run = "from generations import services, pipeline; from accounts.models import User; "
    run += f"u = User.objects.get(pk='{person.pk}'); "

    elsewhere(f"{run} services.delete_drawing(u, '{first}')", settings)
    assert shown() == [second]

    job = factories.job(person)
    elsewhere(f"{run} pipeline.run('{job.pk}')", settings)
    assert shown() == [str(Generation.objects.get(job=job).pk), second]


def test_refresh_makes_every_first_page_for_others(person, django_assert_num_queries):
    draw(person)

    refresh_gallery()

    found = {filters: shared.get(filters) for filters in shelf.every()}
    assert len(found) == 10 * 5
    assert all(found.values())
    assert str(person.pk) in found[Filters("flat", "studio")].text
    with django_assert_num_queries(0):
        refresh_gallery()  # all are young, and nothing has changed
        assert len(shown("style=flat")) == 1


def test_refresh_without_redis_does_nothing(person, no_redis):
    draw(person)

    refresh_gallery()

    assert len(shown()) == 1


def test_one_task_is_enough_for_many_changes():
    due = [shared.change([Filters()]) for _ in range(3)]

    assert due == [True, False, False]


# --- HTTP -----------------------------------------------------------------------------------------


def test_gallery_may_be_kept_by_caches_that_ask(person):
    draw(person)
    reply = Client().get(URL, headers={"Origin": "http://127.0.0.1:8000"})

    assert reply["Cache-Control"] == "public, max-age=0, s-maxage=5, must-revalidate"
    assert "cookie" not in reply.get("Vary", "").lower()
    assert not reply.cookies
    again = Client().get(URL, headers={"If-None-Match": reply["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control"):
        assert again[name] == reply[name]


@pytest.mark.parametrize("query", ["", "limit=2", "style=flat"])
def test_etag_is_another_once_something_has_changed(person, query):
    first = drawn(person)
    before = Client().get(f"{URL}?{query}")["ETag"]
    ask = partial(Client().get, f"{URL}?{query}", headers={"If-None-Match": f'"x", {before}'})
    assert ask().status_code == 304

    services.delete_drawing(person, first)

    reply = ask()
    assert (reply.status_code, reply.json()["publicGenerations"]) == (200, [])
    assert reply["ETag"] != before


def test_head_has_the_same_headers(person):
    draw(person)

    head, whole = Client().head(URL), Client().get(URL)

    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Length"):
        assert head.get(name) == whole.get(name)


def test_gallery_is_the_same_for_everybody(person):
    draw(person)
    visitor, signed, stale = Client(), Api().sign_in(person).client, Client()
    stale.cookies["token"] = "nonsense"

    replies = [one.get(URL) for one in (visitor, signed, stale)]

    assert {reply.content for reply in replies} == {replies[0].content}
    assert {reply.status_code for reply in replies} == {200}
    assert {reply["Cache-Control"] for reply in replies} == {replies[0]["Cache-Control"]}


def test_addresses_are_those_of_who_was_asked(person, settings):
    settings.ALLOWED_HOSTS = ["*"]
    draw(person)

    for number in range(shelf.MOST_ORIGINS + 3):
        host = f"host{number}.example:8443"
        body = Client().get(URL, headers={"Host": host}).json()
        assert body["publicGenerations"][0]["svgUrl"].startswith(f"http://{host}/files/users/")
    assert len(shelf.first(Filters())._bodies) <= shelf.MOST_ORIGINS
    assert Client().get(URL, headers={"Host": "a b"}).status_code == 400


def test_refused_requests_are_not_held(person):
    draw(person, created_at=NOON)

    for query in ("style=oil", "cursor=x", "model=y"):
        reply = Client().get(f"{URL}?{query}")
        assert reply.status_code == 400
        assert "public" not in reply.get("Cache-Control", "")
        assert "ETag" not in reply
    assert len(shown()) == 1
