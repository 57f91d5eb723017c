"""`/v1/svg/drawings/<id>`: read, exported, deleted."""

import pytest

from generations import exports, names, pipeline
from generations.models import Generation, Job
from tests import factories
from tests.generations.v1.programs import NOTHING, refused


def drawn(user=None, **fields):
    job = factories.job(user, **fields)
    pipeline.run(job.pk)
    return Generation.objects.get(job=job)


@pytest.fixture
def drawing(supporter):
    return drawn(supporter, is_private=True)


@pytest.fixture
def stranger(db):
    return factories.person()


def test_drawing_is_told_with_its_text(program, drawing):
    told = program.get(f"/svg/drawings/{drawing.pk}").json()["drawing"]

    assert (told["id"], told["svg"], told["privacy"]) == (str(drawing.pk), drawing.svg, True)
    assert set(told) == {
        *("id", "prompt", "style", "model", "privacy", "creditsUsed", "createdAt", "url", "svg"),
    }


def test_drawing_is_deleted_once_and_its_job_stays(program, drawing):
    path = f"/svg/drawings/{drawing.pk}"

    statuses = [program.ask("DELETE", path).status_code for _ in range(2)]

    assert statuses == [200, 404]
    assert refused(program.get(path))[0] == 404
    assert program.get(f"/svg/job/{Job.objects.get().pk}").json()["job"]["drawingId"] is None


@pytest.mark.parametrize(
    ("rest", "status"), [("", 404), ("/export", 200), ("/export?format=png", 200)]
)
def test_what_is_public_is_had_as_a_file_and_what_is_private_is_missing(
    program, tester, stranger, rest, status
):
    public, private = drawn(stranger), drawn(stranger, is_private=True)

    for asker in (program, tester):
        assert asker.get(f"/svg/drawings/{public.pk}{rest}").status_code == status
        for one in (private.pk, NOTHING, "x"):
            assert refused(asker.get(f"/svg/drawings/{one}{rest}")) == (404, "NOT_FOUND")
        assert refused(asker.ask("DELETE", f"/svg/drawings/{public.pk}"))[0] == 404


def test_drawings_of_tests_and_others_do_not_meet(program, tester, drawing):
    job_id = tester.draw().json()["jobId"]
    pipeline.run(job_id)
    test = Job.objects.get(pk=job_id).generation_id

    assert refused(program.get(f"/svg/drawings/{test}"))[0] == 404
    assert refused(tester.get(f"/svg/drawings/{drawing.pk}"))[0] == 404
    assert refused(program.ask("DELETE", f"/svg/drawings/{test}"))[0] == 404
    assert refused(tester.ask("DELETE", f"/svg/drawings/{drawing.pk}"))[0] == 404
    assert tester.get(f"/svg/drawings/{test}").status_code == 200


BEGINNINGS = {
    "svg": b"<svg",
    "optimized": b"<svg",
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n",
    "webp": b"RIFF",
    "jsx": b"export default",
    "tsx": b"import type",
    "vue": b"<template>",
    "svelte": b"<script>",
    "data-uri": b"data:image/svg+xml,",
    "css": b".chatsvg-",
}


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_export_is_a_file_that_is_asked_for_anew_by_its_tag(program, drawing, kind):
    path = f"/svg/drawings/{drawing.pk}/export?format={kind}&size=64"

    reply = program.get(path)
    again = program.get(path, **{"If-None-Match": reply["ETag"]})

    assert reply.status_code == 200
    assert reply.content.startswith(BEGINNINGS[kind])
    assert reply["Content-Type"] == exports.FORMATS[kind].media_type
    ending = exports.FORMATS[kind].ending
    assert reply["Content-Disposition"] == names.attachment(drawing, ending)
    assert reply["Cache-Control"] == again["Cache-Control"] == "private, no-cache"
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", reply["ETag"])


def test_tags_differ_where_files_do(program, drawing):
    path = f"/svg/drawings/{drawing.pk}/export"
    queries = ["", "?format=png", "?format=png&size=17", "?format=webp", "?format=jsx"]

    assert len({program.get(path + query)["ETag"] for query in queries}) == len(queries)
    assert program.get(path)["ETag"] == program.get(f"{path}?size=20")["ETag"]


@pytest.mark.parametrize(
    "query",
    [
        "format=gif",
        "format=",
        "format=png&size=15",
        "format=png&size=4097",
        "size=x",
        "size=1e3",
        "size=",
        "size=-16",
        "size=٣٢",
    ],
)
def test_bad_export_is_refused(program, drawing, query):
    assert refused(program.get(f"/svg/drawings/{drawing.pk}/export?{query}"))[0] == 400


@pytest.mark.parametrize(("is_busy", "status"), [(True, 503), (False, 422)])
def test_picture_that_is_not_made_is_a_problem(program, drawing, monkeypatch, is_busy, status):
    def give_up(*args, **kwargs):
        raise exports.NotDrawn(is_busy=is_busy)

    monkeypatch.setattr(exports, "make", give_up)

    reply = program.get(f"/svg/drawings/{drawing.pk}/export?format=png")

    assert refused(reply)[0] == status
    assert ("Retry-After" in reply) == is_busy
