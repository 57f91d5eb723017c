import json
import smtplib
import threading
import time
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

from chatsvg import doctor
from chatsvg.celery import app
from chatsvg.doctor import Check, Finding, mail, registry, servers, storage, workers
from chatsvg.doctor.examine import examine
from chatsvg.doctor.table import summary, table
from tests import s3, smtp

NOBODY = "127.0.0.1:1"  # nothing listens there


@pytest.fixture
def own_database(db, settings):
    """DATABASE_URL leads to the database of this test."""
    name = connection.settings_dict["NAME"]
    settings.DATABASE_URL = make_conninfo(settings.DATABASE_URL, dbname=name)


def test_postgres_with_every_migration_is_well(own_database):
    found = servers.postgres()

    assert (found.state, found.remedy) == ("ok", "")
    assert found.ms > 0


def test_postgres_without_our_tables_is_told_what_to_run(settings):
    settings.DATABASE_URL = make_conninfo(settings.DATABASE_URL, dbname="template1")

    found = servers.postgres()

    assert (found.state, found.remedy) == ("broken", "Run manage.py migrate.")


def test_migrations_of_a_newer_version_are_told():
    ours = set(servers.MigrationLoader(None).disk_migrations)

    found = servers._schema(ours | {("generations", "9999_later")}, "PostgreSQL 18", 1.0)

    assert found.state == "note"
    assert found.notes == ("It has 1 migrations that this version does not know.",)


@pytest.mark.parametrize("database", ["nobody", ""])
def test_postgres_that_refuses_or_is_away_is_told_without_its_password(settings, database):
    away = f"postgres://me:hunter2@{NOBODY}/x"
    settings.DATABASE_URL = (
        make_conninfo(settings.DATABASE_URL, dbname=database, password="hunter2")
        if database
        else away
    )

    found = servers.postgres()

    assert found.state == "broken"
    assert "DATABASE_URL" in found.remedy
    assert "hunter2" not in str(found)


def test_redis_answers_and_nothing_is_left_in_it(settings):
    found = servers.broker()

    assert found.state == "ok"
    client = servers.redis.Redis.from_url(settings.REDIS_URL)
    assert list(client.scan_iter("*:doctor:*")) == []
    client.close()


def test_redis_that_is_away_is_told_without_its_password(settings):
    settings.REDIS_URL = f"redis://:hunter2@{NOBODY}/0"

    found = servers.broker()

    assert (found.state, found.detail) == ("broken", f"Nothing listens at {NOBODY}.")
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(("production", "state"), [(False, "note"), (True, "broken")])
def test_queues_without_workers_are_named(settings, monkeypatch, production, state):
    settings.PRODUCTION = production
    monkeypatch.setattr(workers, "PING_SECONDS", 0.05)

    found = workers.workers(app)

    assert found.state == state
    assert "drawings, exports, mail, upkeep" in found.detail


@pytest.fixture
def folder(settings, tmp_path):
    settings.S3_BUCKET = ""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    return tmp_path


def test_folder_goes_the_whole_round_and_keeps_nothing(folder):
    found = storage.storage()

    assert found.state == "ok"
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_folder_that_cannot_be_written_is_told(folder):
    (folder / "files").write_text("a file, where a folder should be")

    found = storage.storage()

    assert (found.state, "FILES_DIR" in found.remedy) == ("broken", True)


def in_bucket(settings, monkeypatch, port, bucket):
    for name, value in s3.environment(port).items():
        monkeypatch.setenv(name, value)
    settings.S3_BUCKET = bucket
    settings.STORAGES = {**settings.STORAGES, "default": s3.s3_storage(bucket, seconds=60)}


def test_bucket_that_is_not_there_is_told(settings, monkeypatch):
    with s3.running_server() as port:
        in_bucket(settings, monkeypatch, port, "nobody-made-it")

        found = storage.storage()

    assert found.detail == "The bucket nobody-made-it refuses (NoSuchBucket)."
    assert found.remedy == "Make the bucket, or correct S3_BUCKET."


def test_object_storage_that_is_away_is_told(settings, monkeypatch):
    in_bucket(settings, monkeypatch, 1, "drawings")

    found = storage.storage()

    assert (found.state, found.detail) == ("broken", f"Nothing listens at {NOBODY}.")


@pytest.fixture
def post(settings):
    settings.EMAIL_BACKEND, settings.MAIL_LEAVES = mail.SMTP, True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    return settings


def test_mail_server_is_reached_and_gets_no_mail(post):
    with smtp.running() as (mailbox, post.EMAIL_PORT):
        found = mail.mail()

    assert (found.state, found.detail) == ("ok", f"127.0.0.1:{post.EMAIL_PORT} answers.")
    assert mailbox.letters == []


def test_mail_server_that_knows_no_starttls_is_told(post):
    post.EMAIL_USE_TLS = True
    with smtp.running() as (_, post.EMAIL_PORT):
        found = mail.mail()

    assert (found.state, "EMAIL_USE_TLS" in found.remedy) == ("broken", True)


def test_mail_server_that_is_away_is_told(post):
    assert mail.mail().detail == f"Nothing listens at {NOBODY}."


def test_refused_password_of_the_mail_server_is_told():
    found = mail._broken(smtplib.SMTPAuthenticationError(535, b"no"))

    assert found.remedy == "Correct EMAIL_HOST_USER and EMAIL_HOST_PASSWORD."


def test_mail_that_is_printed_is_off(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.MAIL_LEAVES = False

    assert mail.mail().state == "off"


def test_everything_is_looked_at_at_once():
    meeting = threading.Barrier(3, timeout=5)

    def look(name):
        meeting.wait()
        return Finding("ok", name)

    found = examine([Check(name, partial(look, name)) for name in "abc"])

    assert [(check.subject, finding.detail) for check, finding in found] == [
        *(("a", "a"), ("b", "b"), ("c", "c")),
    ]


def test_check_that_does_not_end_or_fails_is_broken_and_tells_no_secret():
    gate = threading.Event()

    def hang():
        gate.wait(30)
        return Finding("ok", "late")

    def fail():
        raise RuntimeError("password is hunter2")

    began = time.monotonic()
    found = examine([Check("hangs", hang), Check("fails", fail)], seconds=0.1)
    gate.set()

    assert time.monotonic() - began < 10
    assert [finding.state for _, finding in found] == ["broken", "broken"]
    assert "RuntimeError" in found[1][1].detail
    assert "hunter2" not in str(found)


def test_table_puts_what_to_do_below_what_is_wrong():
    found = [
        (Check("Redis", print), Finding("ok", "It answers.", ms=0.4)),
        (Check("Model a", print), Finding("broken", "The key is refused.", "Correct it.", ("x",))),
    ]

    assert list(table(found, 100, lambda state, text: text)) == [
        "ok      Redis      <1 ms  It answers.",
        "BROKEN  Model a           The key is refused.",
        "                          → Correct it.",
        "                          · x",
    ]
    assert summary(found) == "Broken: Model a."


@pytest.fixture
def only(monkeypatch):
    """The doctor looks at what is given, beside what is its own."""
    monkeypatch.setattr(registry, "_sources", [])
    monkeypatch.setattr(workers, "PING_SECONDS", 0.05)
    return doctor.register


def test_command_prints_json_and_ends_well(own_database, folder, only, capsys):
    asked = []

    def checks(may_cost):
        asked.append(may_cost)
        yield Check("Ours", lambda: Finding("note", "Almost.", ms=1.26))

    only(checks)
    call_command("doctor", "--json", "--call")

    printed = json.loads(capsys.readouterr().out)
    assert printed["ok"] is True
    ours = {"subject": "Ours", "state": "note", "detail": "Almost.", "ms": 1.3}
    assert printed["checks"][-1] == {**ours, "remedy": "", "notes": []}
    assert asked == [True]


def test_command_fails_where_something_needed_is_broken(own_database, folder, only, capsys):
    only(lambda may_cost: [Check("Ours", lambda: Finding("broken", "No.", "Mend it."))])

    with pytest.raises(SystemExit, match="1"):
        call_command("doctor")

    assert "→ Mend it." in capsys.readouterr().out
