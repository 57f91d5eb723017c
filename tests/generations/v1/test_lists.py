"""`/v1/svg/jobs` and `/v1/svg/drawings`: pages, newest first."""

import pytest

from generations import pipeline
from generations.models import Job
from tests import factories
from tests.generations.v1.programs import refused

LISTS = ("jobs", "drawings")


@pytest.fixture
def drawn(supporter):
    """Three finished drawings, oldest first."""
    jobs = [factories.job(supporter) for _ in range(3)]
    for job in jobs:
        pipeline.run(job.pk)
    return jobs


def ids(reply, name):
    return [one["id"] for one in reply.json()[name]]


@pytest.mark.parametrize("name", LISTS)
def test_pages_are_whole_and_end(program, drawn, name):
    whole = ids(program.get(f"/svg/{name}"), name)
    found, cursor, pages = [], "", 0
    while cursor is not None:
        page = program.get(f"/svg/{name}?limit=2&cursor={cursor}")
        assert page["Cache-Control"] == "private, no-store"
        found += ids(page, name)
        cursor = page.json()["nextCursor"]
        pages += 1

    assert (found, len(whole), pages) == (whole, 3, 2)
    newest = Job.objects.get(pk=drawn[-1].pk)
    assert whole[0] == str(newest.pk if name == "jobs" else newest.generation_id)


@pytest.mark.parametrize("name", LISTS)
def test_lists_tell_what_one_does_but_for_its_text(program, drawn, name):
    one = program.get(f"/svg/{name}").json()[name][0]
    noun = "job" if name == "jobs" else "drawing"
    path = f"/svg/{'job' if name == 'jobs' else 'drawings'}/{one['id']}"

    whole = program.get(path).json()[noun]

    assert {key: whole[key] for key in one if key != "url"} == {
        key: one[key] for key in one if key != "url"
    }
    assert set(whole) - set(one) == {"svg"}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 200),
        ("limit=1000", 200),
        ("limit=x", 200),
        ("cursor=x", 400),
        ("cursor=01900000-0000-7000-8000-000000000000", 400),
    ],
)
def test_limits_and_cursors(program, drawn, name, query, status):
    reply = program.get(f"/svg/{name}?{query}")

    assert reply.status_code == status
    if status == 400:
        assert refused(reply) == (400, "INVALID_CURSOR")
    elif query == "limit=0":
        assert len(ids(reply, name)) == 1


@pytest.mark.parametrize("name", LISTS)
def test_nobody_elses_and_no_other_worlds(program, tester, drawn, name):
    test = tester.draw().json()["jobId"]
    pipeline.run(test)
    stranger = factories.job()
    pipeline.run(stranger.pk)
    row = Job.objects.get(pk=test)

    assert len(ids(program.get(f"/svg/{name}"), name)) == 3
    assert ids(tester.get(f"/svg/{name}"), name) == [
        str(row.pk if name == "jobs" else row.generation_id)
    ]
    theirs = Job.objects.get(pk=stranger.pk)
    cursor = theirs.pk if name == "jobs" else theirs.generation_id
    assert refused(program.get(f"/svg/{name}?cursor={cursor}"))[0] == 400


@pytest.mark.parametrize("name", LISTS)
def test_a_long_page_costs_no_more_queries(program, drawn, name, django_assert_max_num_queries):
    program.get("/styles")  # which notes that the key was used
    with django_assert_max_num_queries(3):  # the key and its person, the page, the note
        assert len(ids(program.get(f"/svg/{name}?limit=100"), name)) == 3
