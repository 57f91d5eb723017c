import threading
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as live
from django.db import connection
from django.utils import timezone

from generations import files, pipeline, upkeep
from generations.models import Generation
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stored(settings, tmp_path):
    options = {"location": tmp_path, "allow_overwrite": True}
    backend = "django.core.files.storage.FileSystemStorage"
    default = {"BACKEND": backend, "OPTIONS": options}
    settings.STORAGES = {**live.STORAGES, "default": default}
    return tmp_path


def drawing(**fields):
    job = factories.job(**fields)
    pipeline.run(job.pk)
    return Generation.objects.get(job=job.pk)


def test_drawing_is_copied_to_storage_under_the_contracts_key(stored):
    made = drawing()

    assert made.storage_key == f"users/{made.user_id}/jobs/{made.job.pk}/chatsvg.svg"
    assert (stored / made.storage_key).read_text() == made.svg
    assert made.stored_at is not None


def test_file_is_served_with_the_safety_headers(stored, client):
    made = drawing()

    reply = client.get(files.path(made))

    assert reply.content.decode() == made.svg
    assert reply["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Access-Control-Allow-Origin"] == "*"
    assert reply["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )


def test_public_address_is_stable_and_answers_304_to_its_etag(stored, client):
    made = drawing()
    assert files.path(made) == f"/files/{made.storage_key}"

    etag = client.get(files.path(made))["ETag"]

    assert client.get(files.path(made), headers={"If-None-Match": etag}).status_code == 304


def test_private_address_opens_while_its_signature_lasts(stored, client):
    made = drawing(is_private=True)
    address = files.path(made)
    query = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
    bare = urlsplit(address).path

    assert client.get(address).status_code == 200
    assert client.get(bare).status_code == 404
    forged = {**query, "signature": query["signature"].swapcase()}
    assert client.get(bare, forged).status_code == 404
    later = {**query, "expires": str(int(query["expires"]) + 60)}
    assert client.get(bare, later).status_code == 404
    assert client.get(files.path(made, seconds=-1)).status_code == 404
    assert client.get(bare, {"expires": "²", "signature": ""}).status_code == 404


def test_drawing_waits_while_storage_is_away_and_is_copied_later(stored, client):
    blocked = stored / "users"
    blocked.write_text("not a folder")

    made = drawing()
    assert (made.stored_at, made.job.status) == (None, "SUCCEEDED")
    assert client.get(files.path(made)).content.decode() == made.svg

    blocked.unlink()
    Generation.objects.update(created_at="2026-01-01T00:00:00Z")
    upkeep.store_copies()
    assert Generation.objects.get().stored_at is not None


def test_address_with_a_nul_is_missing(client, db):
    assert client.get("/files/a%00b").status_code == 404


def test_storage_that_takes_its_time_keeps_nobody_else_from_sweeping(stored, monkeypatch):
    made = drawing()
    Generation.objects.filter(pk=made.pk).update(
        stored_at=None, created_at=timezone.now() - timedelta(minutes=1)
    )
    swept = []

    def look_elsewhere():
        upkeep.sweep(wake=print)
        connection.close()

    def slow(generation):
        other = threading.Thread(target=look_elsewhere)
        other.start()
        other.join()
        return True

    monkeypatch.setattr(files, "store", slow)
    monkeypatch.setattr(upkeep, "requeue_lost", lambda: swept.append(1))
    upkeep.sweep(wake=print)

    assert len(swept) == 2


def test_copies_are_left_to_the_next_sweep_when_storage_is_slow(stored, monkeypatch):
    for _ in range(3):
        drawing()
    Generation.objects.update(stored_at=None, created_at=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr(upkeep, "COPY_SECONDS", 0)

    upkeep.store_copies()

    assert Generation.objects.exclude(stored_at=None).count() == 1
