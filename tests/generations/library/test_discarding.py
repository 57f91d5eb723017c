from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import DoomedFile
from credits.models import Plan
from generations import (
    audit,
    belongings,
    deletion,
    discarding,
    files,
    pipeline,
    resanitize,
    upkeep,
)
from generations.gallery import shelf
from generations.gallery.asked import Filters
from generations.models import Gap, Generation, Job
from tests import factories
from tests.generations.gallery.drawings import draw, gallery, history, ids
from tests.generations.v1.programs import Program, make, person_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_storage")]


def drawn(user, **fields) -> Generation:
    job = factories.job(user, **fields)
    pipeline.run(job.pk)
    return Generation.objects.get(job=job)


def age(**ago) -> None:
    """As if that time had passed since."""
    at = timezone.now() - timedelta(**ago)
    Generation.everything.discarded().update(discarded_at=at)


def seen_of(drawing, api) -> dict:
    """What every face answers about a drawing to its owner, and the gallery to everybody."""
    pk, job = drawing.pk, Job.objects.get()
    paths = {
        "file": f"/files/{drawing.storage_key}",
        "source": f"/api/svg/{pk}/source",
        "download": f"/api/svg/{pk}/download",
        "job": f"/api/svg/generation-jobs/{job.pk}",
        "picture": f"/app/drawings/{pk}",
        "page": f"/d/{pk}",
        "export": f"/d/{pk}/export?format=svg",
    }
    found = {name: api.client.get(path).status_code for name, path in paths.items()}
    found["history"] = history(api)
    found["gallery"] = gallery(api, limit=9)  # of which no page is kept
    return found


def test_discarded_drawing_is_gone_everywhere_and_comes_back_as_it_was(signed_in, person):
    drawing = drawn(person)
    before, job = seen_of(drawing, signed_in), Job.objects.values().get()

    discarding.discard(person, [drawing.pk])

    gone = seen_of(drawing, signed_in)
    assert gone.pop("history") == gone.pop("gallery") == []
    assert set(gone.values()) == {404}
    assert discarding.restore(person, drawing.pk)
    assert seen_of(drawing, signed_in) == before
    assert before["gallery"] == [str(drawing.pk)]
    assert Job.objects.values().get() == job
    assert Generation.everything.values().get() == Generation.objects.values().get()


def test_programs_do_not_see_it_either(db):
    person = person_on(Plan.SUPPORTER)
    program, drawing = Program(make(person).raw), drawn(person)
    job = Job.objects.get()

    def told():
        paths = (f"/{drawing.pk}", f"/{drawing.pk}/export?format=svg")
        found = [program.get(f"/svg/drawings{path}").status_code for path in paths]
        listed = program.get("/svg/drawings").json()["drawings"]
        shown = program.get(f"/svg/job/{job.pk}").json()["job"]
        return *found, len(listed), bool(shown["svg"]), bool(shown["url"])

    assert told() == (200, 200, 1, True, True)
    discarding.discard(person, [drawing.pk])
    assert told() == (404, 404, 0, False, False)
    discarding.restore(person, drawing.pk)
    assert told() == (200, 200, 1, True, True)


def test_shared_first_pages_forget_it_and_show_it_again(person, django_capture_on_commit_callbacks):
    (drawing,) = draw(person)

    def shown():
        return str(drawing.pk) in shelf.first(Filters("flat")).made.text

    assert shown()
    with django_capture_on_commit_callbacks(execute=True):
        discarding.discard(person, [drawing.pk])
    assert not shown()
    with django_capture_on_commit_callbacks(execute=True):
        discarding.restore(person, drawing.pk)
    assert shown()


def test_private_drawing_comes_back_private(signed_in, person):
    (drawing,) = draw(person, is_private=True)
    discarding.discard(person, [drawing.pk])
    discarding.restore(person, drawing.pk)

    assert (history(signed_in), gallery(signed_in, limit=9)) == ([str(drawing.pk)], [])


@pytest.mark.parametrize(("seconds", "comes"), [(14, True), (16, False)])
def test_there_is_a_time_for_coming_back(person, seconds, comes):
    (drawing,) = draw(person)
    discarding.discard(person, [drawing.pk])
    age(seconds=seconds)

    assert discarding.restore(person, drawing.pk) is comes
    assert Generation.objects.exists() is comes


def test_what_went_together_comes_back_together(person):
    drawings = draw(person, 4)
    first = discarding.discard(person, ids(drawings[:1]))
    rest = discarding.discard(person, ids(drawings[1:3]))

    assert set(discarding.restore_all(person, rest.at)) == set(rest.ids)
    assert set(Generation.objects.all()) == set(drawings[1:])
    assert discarding.restore_all(person, first.at) == first.ids


def test_nobody_discards_or_restores_what_is_anothers(person):
    other = factories.person()
    mine, theirs, away = draw(person)[0], *draw(other, 2)
    went = discarding.discard(other, [away.pk])

    assert discarding.discard(person, [theirs.pk, away.pk]) is None
    assert discarding.discard(person, [theirs.pk, mine.pk]).ids == [mine.pk]
    assert not discarding.restore(person, away.pk)
    assert discarding.restore_all(person, went.at) == []
    assert list(Generation.objects.all()) == [theirs]


def test_discarding_twice_keeps_the_first_time(person):
    (drawing,) = draw(person)
    first = discarding.discard(person, [drawing.pk])

    assert discarding.discard(person, [drawing.pk]) is None
    assert discarding.restore_all(person, first.at) == [drawing.pk]


def test_upkeep_deletes_what_was_not_called_back(person):
    kept, gone = drawn(person), drawn(person)
    discarding.discard(person, [gone.pk])
    discarding.purge()
    assert Generation.everything.count() == 2  # not yet

    age(seconds=21)
    discarding.purge()
    upkeep.sweep(wake=lambda job_id: None)

    assert list(Generation.everything.all()) == [kept]
    assert not default_storage.exists(gone.storage_key)
    assert DoomedFile.objects.get().storage_key == gone.storage_key
    assert Gap.objects.get().pk == gone.pk
    assert [finding for finding in audit.findings() if finding.faults] == []


def test_pages_go_on_after_a_discarded_drawing(signed_in, person):
    drawings = draw(person, 5)
    cursor = signed_in.get("/svg/public?limit=2").json()["nextCursor"]
    discarding.discard(person, [drawings[1].pk])

    for path, name in (("/svg/public", "publicGenerations"), ("/user/generations", "generations")):
        body = signed_in.get(f"{path}?limit=2&cursor={cursor}").json()
        assert [one["id"] for one in body[name]] == ids(drawings[2:4])


def test_the_api_deletes_at_once_and_finds_nothing_where_it_was_discarded(signed_in, person):
    away, here = draw(person, 2)
    discarding.discard(person, [away.pk])
    token = {"X-CSRF-Token": signed_in.csrf()}

    statuses = [
        signed_in.client.delete(f"/api/user/generations/{one.pk}", headers=token).status_code
        for one in (away, here)
    ]

    assert statuses == [404, 200]
    assert list(Generation.everything.all()) == [away]


def test_leaving_takes_discarded_drawings_along_and_an_export_leaves_them_out(person):
    away, here = draw(person, 2)
    discarding.discard(person, [away.pk])

    names = [name for name, _ in belongings.of(person)]
    assert names == ["drawings.json", "jobs.json", f"drawings/{here.pk}.svg"]
    with transaction.atomic():
        deletion.forget(person)
    assert not Generation.everything.exists()
    assert not discarding.restore(person, away.pk)


def test_a_repeated_submit_meanwhile_costs_nothing(signed_in, person):
    job = signed_in.submit().json()["job"]["id"]
    pipeline.run(Job.objects.get(pk=job).pk)
    discarding.discard(person, [Generation.objects.get().pk])

    again = signed_in.submit()

    assert (again.status_code, again.json()["job"]["id"]) == (200, job)


def test_a_slow_copy_and_a_new_sanitizer_reach_it_meanwhile(person):
    drawing = drawn(person)
    discarding.discard(person, [drawing.pk])
    Generation.everything.update(sanitizer_version=0, stored_at=None)
    drawing.refresh_from_db()

    assert files.store(drawing)
    assert list(resanitize.run())[-1].unchanged == 1

    discarding.restore(person, drawing.pk)
    assert Generation.objects.get().sanitizer_version > 0


def in_a_thread(act):
    def work():
        try:
            return act()
        finally:
            connection.close()

    return ThreadPoolExecutor(1).submit(work)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["restore", "purge"])
def test_a_purge_and_a_restore_at_once_agree(person, monkeypatch, first):
    """Both want the row; who waits for it does nothing then."""
    (drawing,) = draw(person)
    discarding.discard(person, [drawing.pk])
    age(seconds=14)
    monkeypatch.setattr(discarding, "KEPT", timedelta(seconds=10))  # both may have it
    acts = {
        "restore": lambda: discarding.restore(person, drawing.pk),
        "purge": discarding.purge,
    }
    second = "purge" if first == "restore" else "restore"
    done, holds = Event(), Event()

    def hold():
        with transaction.atomic():
            acts[first]()
            holds.set()
            assert done.wait(10)

    holder = in_a_thread(hold)
    assert holds.wait(10)
    waiter = in_a_thread(acts[second])
    _until_somebody_waits()
    done.set()
    holder.result(10)
    came = waiter.result(10)

    assert Generation.objects.exists() is (first == "restore")
    assert Generation.everything.exists() is (first == "restore")
    assert not came


def _until_somebody_waits() -> None:
    for _ in range(2000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("count", [1, 5])
def test_discarding_several_costs_as_many_queries_as_one(person, django_assert_num_queries, count):
    drawings = draw(person, count)
    with django_assert_num_queries(6):
        away = discarding.discard(person, ids(drawings))
    with django_assert_num_queries(5):
        discarding.restore_all(person, away.at)
