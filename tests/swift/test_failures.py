"""A bucket that is slow, busy, cut off or away: what is done about it, and for how long."""

import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.profile import avatars
from accounts.profile.errors import StorageAway as PictureAway
from chatsvg import storage
from chatsvg.storage import StorageAway
from generations import files, pipeline
from generations.models import Generation
from tests import factories
from tests.faults.proxy import Proxy
from tests.swift.grudging import BUSY, Grudging, Meagre

pytestmark = [pytest.mark.ci, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NAME = "users/1/jobs/2/chatsvg.svg"
LONGEST = 20  # seconds that somebody waits for a storage that says nothing…
LONGEST_HALF = 30  # …and for one that falls silent in the midst of an object, which is asked again
PICTURE = f"{'a' * 32}.webp"


def save():
    default_storage.save(NAME, ContentFile(b"<svg/>"))


def seconds_of(work):
    began = time.monotonic()
    with pytest.raises(StorageAway):
        work()
    return time.monotonic() - began


@pytest.fixture
def grudging(use, bucket, swift):
    with Grudging.to_port(swift.port) as way:
        use(bucket, port=way.port)
        yield way


@pytest.fixture
def meagre(use, bucket, swift):
    with Meagre.to_port(swift.port) as way:
        use(bucket, port=way.port)
        yield way


@pytest.mark.parametrize("answer", [BUSY, b""], ids=["busy", "cut"])
def test_storage_that_fails_twice_is_asked_again(grudging, swift, bucket, answer):
    grudging.times, grudging.answer = 2, answer

    save()

    assert grudging.times == 0
    assert [one.method for one in swift.asked(f"/{bucket}/")] == ["PUT"]


@pytest.mark.parametrize("answer", [BUSY, b""], ids=["busy", "cut"])
def test_storage_that_keeps_failing_is_asked_three_times(grudging, swift, bucket, answer):
    grudging.times, grudging.answer = 100, answer

    assert seconds_of(save) < LONGEST

    assert (100 - grudging.times, swift.asked(f"/{bucket}/")) == (3, [])


def test_drawing_is_made_while_the_storage_is_busy_and_copied_later(grudging, client):
    grudging.times = 100
    job = factories.job()
    pipeline.run(job.pk)
    made = Generation.objects.get(job=job.pk)
    assert (made.job.status, made.stored_at) == ("SUCCEEDED", None)
    assert client.get(files.path(made)).content.decode() == made.svg

    grudging.times = 0
    assert files.store(made)


def test_storage_that_hangs_holds_one_caller_and_then_nobody(use, bucket, swift, monkeypatch):
    with Proxy.to_port(swift.port) as way:
        use(bucket, port=way.port)
        way.part()
        assert 5 < seconds_of(save) < LONGEST
        assert max(seconds_of(save) for _ in range(20)) < 0.1
        assert seconds_of(lambda: default_storage.delete(NAME)) < 0.1

        way.mend()
        monkeypatch.setattr(storage, "REST_SECONDS", 0.1)
        assert 0 < seconds_of(save) < 0.1  # it rests as long as was meant when it began
        time.sleep(5)
        save()
        assert default_storage.exists(NAME)


def test_storage_that_refuses_connections_is_left_alone(use, bucket):
    use(bucket, port=1)

    assert seconds_of(save) < LONGEST
    assert seconds_of(save) < 0.1


def test_refusal_is_no_silence(use, bucket, look):
    """Whoever comes next asks: what was wrong may have been the one object."""
    use(bucket, AWS_SECRET_ACCESS_KEY="sesame-that-is-not-it")

    seconds_of(save)
    with pytest.raises(StorageAway, match="SignatureDoesNotMatch"):
        save()


@pytest.mark.parametrize("cuts", [False, True], ids=["hangs", "cut"])
def test_picture_that_does_not_come_whole_is_told_as_away(meagre, bucket, look, cuts):
    look.put_object(Bucket=bucket, Key=f"avatars/{PICTURE}", Body=b"x" * 900_000)
    meagre.left, meagre.cuts = 300_000, cuts
    began = time.monotonic()

    with pytest.raises(PictureAway):
        avatars.read(PICTURE)

    assert time.monotonic() - began < (3 if cuts else LONGEST_HALF)


def test_missing_bucket_fails_at_once_whatever_is_asked(use, no_bucket):
    use(no_bucket)

    for work in (
        save,
        lambda: default_storage.listdir(""),
        lambda: default_storage.exists(f"{NAME}x") or save(),
    ):
        assert seconds_of(work) < 3
    with pytest.raises(FileNotFoundError):
        default_storage.open(NAME)
