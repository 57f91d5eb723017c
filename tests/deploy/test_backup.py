"""deploy/backup.sh and deploy/restore.sh: everything is there again, on another server."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

from accounts import stored
from accounts.models import Export
from accounts.profile.avatars import PREFIX
from chatsvg import objects
from chatsvg.embedded import Home
from chatsvg.embedded.binaries import postgres_bin
from chatsvg.embedded.home import PROJECT
from generations import pipeline, upkeep
from generations.models import Generation
from tests import factories, s3
from tests.deploy.reading import document

COUNTED = ("accounts_user", "credits_entry", "generations_job", "generations_generation")


@pytest.fixture
def storage(settings, tmp_path):
    """The folder of an empty storage."""
    options = {"location": tmp_path / "storage", "allow_overwrite": True}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": options}}
    options["location"].mkdir()
    return options["location"]


def put(*names: str) -> None:
    for name in names:
        default_storage.save(name, ContentFile(name.encode()))


def test_objects_are_saved_once_and_loaded_where_they_are_wanted(storage, tmp_path, monkeypatch):
    copy = tmp_path / "copy"
    assert objects.save(stored.FOLDERS, copy) == 0  # of an empty storage
    put("avatars/a.webp", "exports/b.zip", "exports/gone.zip", "users/1/jobs/2/chatsvg.svg")
    assert objects.save(stored.FOLDERS, copy) == 3  # the database has the drawing

    with monkeypatch.context() as patch:  # those that are known cost nothing
        for question in ("open", "size", "exists"):
            patch.setattr(type(default_storage._wrapped), question, None)
        assert objects.save(stored.FOLDERS, copy) == 0

    (copy / "avatars" / ".c.webp.part").write_bytes(b"broken off")
    shutil.rmtree(storage)
    assert objects.load(stored.FOLDERS, copy, pick=lambda names: set(names) - {"exports/gone.zip"})
    kept = {path.relative_to(storage).as_posix() for path in storage.rglob("*") if path.is_file()}
    assert kept == {"avatars/a.webp", "exports/b.zip"}
    assert all((storage / name).read_bytes() == name.encode() for name in kept)


def test_object_that_goes_while_it_is_listed_is_left_out(storage, tmp_path, monkeypatch):
    put("avatars/a.webp", "avatars/b.webp")
    listed = objects.names

    def slowly(folder):
        for name in list(listed(folder)):
            if name == "avatars/b.webp":
                default_storage.delete(name)
            yield name

    monkeypatch.setattr(objects, "names", slowly)
    assert objects.save(stored.FOLDERS, tmp_path) == 1
    assert [path.name for path in (tmp_path / "avatars").iterdir()] == ["a.webp"]


def test_bucket_is_saved_and_loaded_in_batches(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(objects, "BATCH", 3)
    picked = []

    def pick(names):
        picked.append(len(names))
        return {"avatars/3.webp"} & set(names)

    with s3.in_use(settings, monkeypatch) as look:
        s3.make_bucket(look)
        put(*(f"avatars/{number}.webp" for number in range(7)), "users/1/chatsvg.svg")
        assert objects.save(stored.FOLDERS, tmp_path) == 7
        for number in range(7):
            default_storage.delete(f"avatars/{number}.webp")

        assert objects.load(stored.FOLDERS, tmp_path, pick=pick) == 1
        assert picked == [3, 3, 1]
        with default_storage.open("avatars/3.webp") as file:
            assert file.read() == b"avatars/3.webp"
        assert not default_storage.exists("avatars/4.webp")


def shown(avatar: str) -> None:
    """Somebody with that picture."""
    person = factories.person()
    person.avatar = avatar
    person.save()


@pytest.mark.django_db
def test_wanted_is_what_somebody_may_have():
    shown(f"{PREFIX}a.webp")
    shown("https://elsewhere.example/a.webp")
    for status in Export.Status:
        factories.person().exports.create(status=status, storage_key=f"exports/{status}.zip")

    names = ["avatars/a.webp", "avatars/b.webp", *(f"exports/{one}.zip" for one in Export.Status)]
    assert stored.wanted(names) == {"avatars/a.webp", "exports/READY.zip"}
    assert stored.wanted([]) == set()


@pytest.mark.django_db
def test_drawings_are_copied_anew_after_a_restore(storage, tmp_path):
    """Whatever the storage had of them: it may be another one, or have lost them since."""
    pipeline.run(factories.job().pk)
    [drawing] = Generation.objects.all()
    shutil.rmtree(storage)

    call_command("objects", "load", tmp_path, stdout=StringIO())
    Generation.objects.update(created_at=drawing.created_at - timedelta(minutes=1))
    upkeep.store_copies()

    assert (storage / drawing.storage_key).read_text() == drawing.svg
    assert Generation.objects.get().stored_at


def run(script, folder, **env):
    path = f"{postgres_bin(Home.of_project())}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", f"deploy/{script}", folder],
        cwd=PROJECT,
        env={**os.environ, "PATH": path, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def counts(url) -> list[int]:
    with psycopg.connect(url) as wire:
        return [wire.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED]


def drawings(url) -> dict:
    with psycopg.connect(url) as wire:
        rows = wire.execute("SELECT id, svg, stored_at FROM generations_generation")
        return {pk: (svg, stored_at) for pk, svg, stored_at in rows}


@pytest.mark.ci
@pytest.mark.django_db(transaction=True)
def test_backup_is_restored_into_an_empty_server_and_audited(storage, tmp_path, postgres):
    for _ in range(3):
        pipeline.run(factories.job().pk)
    shown(f"{PREFIX}a.webp")
    put("avatars/a.webp", "avatars/of-somebody-deleted.webp")
    here = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    there = postgres.url
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    saved = run("backup.sh", tmp_path / "backup", DATABASE_URL=here, FILES_DIR=str(storage))
    assert (saved.returncode, saved.stdout) == (0, "2 objects copied\n"), saved.stderr
    loaded = run("restore.sh", tmp_path / "backup", DATABASE_URL=there, FILES_DIR=str(elsewhere))
    assert loaded.returncode == 0, loaded.stderr

    assert counts(there) == counts(here)
    assert counts(here)[-1] == 3
    assert "DRIFT" not in loaded.stdout
    assert loaded.stdout.count("ok   ") >= 7
    [restored] = [path for path in elsewhere.rglob("*") if path.is_file()]
    assert restored == elsewhere / "avatars" / "a.webp"
    assert drawings(there) == {one.pk: (one.svg, None) for one in Generation.objects.all()}

    again = run("restore.sh", tmp_path / "backup", DATABASE_URL=there)
    assert again.returncode == 1
    assert "The database is not empty" in again.stderr


# --- deploy/compose-backup.sh -----------------------------------------------------------------

DOCKER = """#!/bin/sh
echo "$*" >> "$TOLD"
case "$*" in *pg_dump*) printf half; [ -z "$FAILS" ] || exit 1; printf " of it" ;; esac
"""


@pytest.mark.parametrize("fails", ["", "yes"])
def test_compose_is_told_to_dump_and_a_dump_that_fails_replaces_none(tmp_path, fails):
    stub = tmp_path / "docker"
    stub.write_text(DOCKER)
    stub.chmod(0o700)
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / "database.dump").write_text("of yesterday")
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TOLD": f"{tmp_path}/told", "FAILS": fails}

    done = subprocess.run(
        ["sh", PROJECT / "deploy" / "compose-backup.sh", "backup"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode == 0) == (not fails), done.stderr
    assert (folder / "database.dump").read_text() == ("of yesterday" if fails else "half of it")
    told = (tmp_path / "told").read_text().splitlines()
    services = document("deploy/compose.yaml")["services"]
    assert services.keys() >= {"postgres", "web"}
    assert told[0].startswith("compose --file deploy/compose.yaml exec -T postgres pg_dump ")
    assert (
        fails or f"--volume {folder}/objects:/backup --entrypoint python web manage.py" in told[1]
    )
    assert len(told) == (1 if fails else 2)
