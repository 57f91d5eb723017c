"""Object storage that says nothing; that which says something is in tests/swift."""

import threading

import pytest
from django.core.files.base import ContentFile

from chatsvg.addresses import s3_storage
from chatsvg.storage import REST_SECONDS, S3, Rest, StorageAway


@pytest.fixture
def nobody(monkeypatch):
    """A storage where nothing listens."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "S3_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    monkeypatch.setenv("S3_ENDPOINT_URL", "http://127.0.0.1:1")
    return S3(**s3_storage("drawings", seconds=60)["OPTIONS"])


def test_storage_that_is_not_there_is_left_alone(nobody):
    with pytest.raises(StorageAway, match="EndpointConnectionError"):
        nobody.save("a.svg", ContentFile(b"<svg/>"))

    for ask in (nobody.exists, nobody.size, nobody.listdir, nobody.open, nobody.delete):
        with pytest.raises(StorageAway, match="left alone"):
            ask("a.svg")
    assert "X-Amz-Signature" in nobody.url("a.svg")  # for which nobody is asked


def test_one_caller_asks_a_silent_storage_at_a_time(monkeypatch):
    rest, now = Rest(), [100.0]
    monkeypatch.setattr("chatsvg.storage.time.monotonic", lambda: now[0])

    assert not rest.keeps_away()
    rest.note(silent=True)
    assert rest.keeps_away()
    now[0] += REST_SECONDS
    assert [rest.keeps_away() for _ in range(3)] == [False, True, True]
    rest.note(silent=False)
    assert not rest.keeps_away()


def test_threads_share_one_connection(nobody):
    found = []
    threads = [threading.Thread(target=lambda: found.append(nobody.connection)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {id(one) for one in found} == {id(nobody.connection)}
