"""Storage that refuses: the drawing is in the database, and its copy can wait."""

import time
from contextlib import contextmanager

import pytest

from tests.faults.harness import seconds_since

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


def test_drawing_does_not_wait_for_storage(stack, person, report):
    files = stack.home.root / "files"
    began = time.monotonic()
    with refusing_storage(files):
        jobs = [person.ask() for _ in range(3)]
        assert stack.wait_ended(*jobs, seconds=5) == ["SUCCEEDED"] * 3
        keys = [stack.key_of(job) for job in jobs]
        shown = person.job(jobs[0]).json["job"]["generation"]
        file = person.fetch(person.get(f"/svg/{shown['id']}/download").json["downloadUrl"])
        assert (file.status, file.body.decode()) == (200, shown["svg"])
        time.sleep(max(0, AWAY - (time.monotonic() - began)))
        assert [stack.value(COPIED, key) for key in keys] == [None] * 3
    back = time.monotonic()

    assert stack.wait_for(lambda: all(stack.value(COPIED, key) for key in keys), 10)
    report(f"copied {seconds_since(back)} s after storage was back")
    assert files.joinpath(keys[0]).read_text() == shown["svg"]
    assert stack.model.calls == 3
    assert [stack.entries(job) for job in jobs] == [["capture"]] * 3
    assert stack.audit()[0] == 0
