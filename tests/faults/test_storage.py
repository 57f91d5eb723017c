"""Storage that refuses: the drawing is in the database, and its copy can wait."""

import time
from contextlib import contextmanager

import pytest

from chatsvg.bench.stack import UPKEEP, WEB
from tests.faults.harness import only_worker, seconds_since
from tests.faults.proxy import Proxy
from tests.s3 import BUCKET, client_of, environment, make_bucket, running_server

pytestmark = pytest.mark.slow
AWAY = 20  # seconds
COPIED = "SELECT stored_at FROM generations_generation WHERE storage_key = %s"


@contextmanager
def refusing_storage(files):
    """A file stands where the folder should be, which stops root too."""
    aside = files.with_name("files.aside")
    files.mkdir(exist_ok=True)
    files.rename(aside)
    files.touch()
    try:
        yield
    finally:
        files.unlink()
        aside.rename(files)


@contextmanager
def bucket(stack):
    """A bucket where this installation keeps its copies, on the far side of a proxy."""
    with running_server() as port, client_of(port) as client, Proxy.to_port(port) as way:
        make_bucket(client)
        there = {"S3_BUCKET": BUCKET, **environment(way.port)}
        for name in (WEB, UPKEEP):
            stack.restart(name, **there)
        only_worker(stack, **there)
        yield client, way


def wait_copied(stack, keys, seconds=60):
    return stack.wait_for(lambda: all(stack.value(COPIED, key) for key in keys), seconds)


@pytest.mark.ci
def test_drawing_does_not_wait_for_a_bucket(brisk, report):
    person = brisk.person()
    with bucket(brisk) as (client, way):
        first = person.ask()
        assert brisk.wait_ended(first) == ["SUCCEEDED"]
        assert wait_copied(brisk, [brisk.key_of(first)])
        began = time.monotonic()
        way.cut()
        jobs = [person.ask() for _ in range(3)]
        assert brisk.wait_ended(*jobs, seconds=15) == ["SUCCEEDED"] * 3
        keys = [brisk.key_of(job) for job in jobs]
        shown = person.job(jobs[0]).json["job"]["generation"]
        file = person.fetch(person.get(f"/svg/{shown['id']}/download").json["downloadUrl"])
        assert (file.status, file.body.decode()) == (200, shown["svg"])
        time.sleep(max(0, AWAY - (time.monotonic() - began)))
        assert [brisk.value(COPIED, key) for key in keys] == [None] * 3

        way.mend()
        back = time.monotonic()
        assert wait_copied(brisk, keys)
        report(f"copied {seconds_since(back)} s after the bucket was back")
        stored = client.get_object(Bucket=BUCKET, Key=keys[0])
        assert stored["Body"].read().decode() == shown["svg"]

    assert brisk.model.calls == 4
    assert [brisk.entries(job) for job in jobs] == [["capture"]] * 3
    assert brisk.audit()[0] == 0


@pytest.mark.ci
def test_drawing_does_not_wait_for_files(brisk, report):
    person = brisk.person()
    files = brisk.home.root / "files"
    with refusing_storage(files):
        job = person.ask()
        assert brisk.wait_ended(job, seconds=15) == ["SUCCEEDED"]
        key = brisk.key_of(job)
        assert brisk.wait_for(lambda: f"id={drawing_of(brisk, job)}" in brisk.logs(last(brisk)), 20)
        assert brisk.value(COPIED, key) is None
    back = time.monotonic()

    assert wait_copied(brisk, [key])
    report(f"copied {seconds_since(back)} s after the folder was back")
    shown = person.job(job).json["job"]["generation"]
    assert files.joinpath(key).read_text() == shown["svg"]
    assert (brisk.model.calls, brisk.entries(job)) == (1, ["capture"])


def drawing_of(stack, job):
    return stack.job(job)["generation_id"]


def last(stack):
    return stack.workers[-1]
