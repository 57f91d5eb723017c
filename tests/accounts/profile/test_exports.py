import io
import json
import os
import threading
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import doomed, tokens
from accounts.mail import letters
from accounts.models import DoomedFile, Export, Identity, Mail
from accounts.profile import avatars, exports
from accounts.profile.errors import ExportsUsedUp
from accounts.signals import data_wanted
from chatsvg import roles
from chatsvg.celery import app
from generations import pipeline
from generations.models import Generation
from realtime.models import Notification
from tests import factories
from tests.accounts.profile.pictures import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
Status = Export.Status


def ready(user) -> Export:
    export = exports.ask(user)
    exports.build(export.pk)
    export.refresh_from_db()
    return export


def contents(export: Export) -> dict[str, bytes]:
    with default_storage.open(export.storage_key) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def drawn(user) -> Generation:
    job = factories.job(user)
    pipeline.run(job.pk)
    return Generation.objects.get(job=job)


@pytest.mark.django_db(transaction=True)  # the lease of a drawing is kept by another connection
def test_export_holds_everything_and_no_secret(person):
    issued = tokens.issue(person, ip="192.0.2.7", user_agent="Firefox of a test")
    Identity.objects.create(user=person, provider="github", subject="77", email="a@example.com")
    Notification.objects.create(user=person, type="SYSTEM_ANNOUNCEMENT", message="Hello bell")
    avatars.set_avatar(person, picture())
    drawing = drawn(person)
    stranger = factories.person(name="Mallory")
    theirs = drawn(stranger)

    found = contents(ready(person))

    assert json.loads(found["profile.json"])["email"] == person.email
    assert found["avatar.webp"][:4] == b"RIFF"
    assert json.loads(found["sessions.json"])[0]["ipAddress"] == "192.0.2.7"
    assert json.loads(found["identities.json"])[0]["subject"] == "77"
    assert json.loads(found["mails.json"])[0]["kind"] in ("welcome", "verify")
    assert json.loads(found["wallet.json"])["balance"] == 9
    assert [one["amount"] for one in json.loads(found["credits.json"])] == [10, -1]
    assert json.loads(found["drawings.json"])[0]["prompt"] == "a red fox asleep"
    assert found[f"drawings/{drawing.pk}.svg"].decode() == drawing.svg
    assert json.loads(found["jobs.json"])[0]["generationId"] == str(drawing.pk)
    bell = [one["message"] for one in json.loads(found["notifications.json"])]
    assert bell[1:] == ["Hello bell", "Your SVG has been generated."]
    everything = b"\n".join(found.values())
    for secret in (issued.refresh, person.password, issued.session.tokens.get().token_hash):
        assert secret.encode() not in everything
    for other in ("Mallory", stranger.email, str(theirs.pk)):
        assert other.encode() not in everything


def test_export_of_nothing_is_whole_and_explains_every_file(person):
    found = contents(ready(person))

    told = found["README.txt"].decode()
    assert [name for name in found if told.count(name) != 1 and name != "README.txt"] == []

    assert json.loads(found["drawings.json"]) == []
    assert json.loads(found["identities.json"]) == []


def test_ready_export_is_kept_for_a_week_and_told_by_mail(person):
    export = ready(person)

    mail = Mail.objects.get(kind="export_ready")
    letter = letters.write(mail)
    assert (export.status, export.tries) == (Status.READY, 1)
    assert export.expires_at - export.ready_at == exports.KEPT
    assert export.size_bytes == default_storage.size(export.storage_key)
    assert DoomedFile.objects.count() == 0
    assert (mail.to, mail.user) == (person.email, person)
    assert letter.subject == "Your ChatSVG data is ready"
    assert "/account#data" in letter.text
    assert str(export.pk) not in letter.text + letter.html


def test_one_at_a_time_and_three_a_day(person):
    first = exports.ask(person)
    assert exports.ask(person) == first

    exports.build(first.pk)
    for _ in range(2):
        ready(person)
    with pytest.raises(ExportsUsedUp) as refusal:
        exports.ask(person)

    assert 86_300 < refusal.value.retry_after <= 86_401
    Export.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(hours=25))
    assert exports.ask(person).status == Status.QUEUED


def test_failed_exports_do_not_use_up_the_day(person):
    for _ in range(3):
        Export.objects.create(user=person, status=Status.FAILED)

    assert exports.ask(person).status == Status.QUEUED


def overdue(export: Export) -> None:
    Export.objects.filter(pk=export.pk).update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_dead_worker_s_export_is_taken_up_again(person, files):
    export = exports.ask(person)
    dead = exports._claim(export.pk)
    default_storage.save(dead.storage_key, io.BytesIO(b"half an archi"))

    exports.build_due()  # its lease still runs
    assert Export.objects.get().status == Status.QUEUED
    overdue(export)
    exports.build_due()

    export.refresh_from_db()
    assert (export.status, export.tries) == (Status.READY, 2)
    contents(export)
    DoomedFile.objects.update(due_at=timezone.now())
    doomed.sweep()
    assert len(list(files.rglob("*.zip"))) == 1  # the half one is gone


def test_a_worker_that_was_overtaken_changes_nothing(person):
    export = exports.ask(person)
    late = exports._claim(export.pk)
    overdue(export)
    exports.build(export.pk)
    export.refresh_from_db()

    size = exports._store(late)
    with pytest.raises(exports.LeaseLost):
        exports._finish(late, size)

    now = Export.objects.get()
    assert (now.storage_key, now.size_bytes) == (export.storage_key, export.size_bytes)
    assert Mail.objects.filter(kind="export_ready").count() == 1
    doomed.sweep()
    assert not default_storage.exists(late.storage_key)
    contents(now)


def test_failing_ends_after_three_tries(person):
    def broken(sender, user, **kwargs):
        raise ValueError("a receiver is broken")

    export = exports.ask(person)
    data_wanted.connect(broken)
    try:
        for tries in (1, 2, 3):
            exports.build(export.pk)
            exports.build(export.pk)  # not before the pause is over
            export.refresh_from_db()
            assert export.tries == tries
            overdue(export)
    finally:
        data_wanted.disconnect(broken)

    assert export.status == Status.FAILED
    exports.build_due()
    assert Export.objects.get().status == Status.FAILED
    assert not Mail.objects.filter(kind="export_ready").exists()


def test_workers_that_die_each_time_are_given_up(person):
    export = exports.ask(person)
    for _ in range(3):
        overdue(export)
        assert exports._claim(export.pk)

    overdue(export)
    exports.build_due()

    assert Export.objects.get().status == Status.FAILED


def test_storage_that_is_away_is_tried_again(person, files):
    export = exports.ask(person)
    (files / "exports").write_text("a file where the folder should be")
    exports.build(export.pk)
    assert Export.objects.get().status == Status.QUEUED

    os.unlink(files / "exports")
    overdue(export)
    exports.build_due()

    assert Export.objects.get().status == Status.READY


def test_expired_exports_are_deleted(person, files, signed_in):
    export = ready(person)
    path = f"/account/export/{export.pk}/download"
    b"".join(signed_in.get(path).streaming_content)

    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert signed_in.get(path).status_code == 404  # at once
    exports.purge()
    doomed.sweep()

    assert Export.objects.get().status == Status.EXPIRED
    assert list(files.rglob("*.zip")) == []
    Export.objects.update(created_at=timezone.now() - timedelta(days=31))
    exports.purge()
    assert not Export.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_it_once(files):
    person = factories.person()
    export = exports.ask(person)
    gate = threading.Barrier(4)

    def work():
        gate.wait()
        exports.build(export.pk)
        from django.db import connection

        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    export.refresh_from_db()
    assert (export.status, export.tries) == (Status.READY, 1)
    assert Mail.objects.filter(kind="export_ready").count() == 1
    assert len(list(files.rglob("*.zip"))) == 1


@pytest.mark.ci
@pytest.mark.slow
def test_ten_thousand_drawings_need_little_memory(person):
    svg = "<svg xmlns='http://www.w3.org/2000/svg'>" + "<path d='M0 0h1v1z'/>" * 300 + "</svg>"
    for start in range(0, 10_000, 500):
        Generation.objects.bulk_create(
            Generation(
                user=person,
                prompt="a red fox asleep",
                style="flat",
                model="studio",
                provider="studio",
                svg=f"{svg}<!-- {start + number} -->",
                size_bytes=len(svg),
                sanitizer_version=1,
                storage_key=f"users/x/jobs/{start + number}/chatsvg.svg",
            )
            for number in range(500)
        )
    export = exports.ask(person)

    tracemalloc.start()
    exports.build(export.pk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    export.refresh_from_db()
    assert export.status == Status.READY
    assert peak < 50_000_000, f"{peak / 1e6:.0f} MB"
    with default_storage.open(export.storage_key) as file, zipfile.ZipFile(file) as archive:
        assert sum(name.startswith("drawings/") for name in archive.namelist()) == 10_000


def test_api_asks_shows_and_downloads(signed_in, person, settings):
    asked = signed_in.post("/account/export")
    export = asked.json()["export"]
    assert (asked.status_code, export["status"], export["downloadUrl"]) == (202, "QUEUED", None)
    assert signed_in.get(f"/account/export/{export['id']}/download").status_code == 404

    exports.build(Export.objects.get().pk)
    shown = signed_in.get(f"/account/export/{export['id']}").json()["export"]
    file = signed_in.get(shown["downloadUrl"].removeprefix(settings.PUBLIC_URL + "/api"))

    assert shown["status"] == "READY"
    assert file["Content-Type"] == "application/zip"
    assert file["Content-Disposition"].startswith('attachment; filename="chatsvg-export-')
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Cache-Control"] == "private, no-store"
    body = b"".join(file.streaming_content)
    assert len(body) == shown["sizeBytes"]
    assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None
    assert signed_in.get("/account/export").json() == {"exports": [shown]}


def test_api_hides_what_is_not_the_caller_s(signed_in):
    theirs = ready(factories.person())

    for path in (f"/account/export/{theirs.pk}", f"/account/export/{theirs.pk}/download"):
        assert signed_in.get(path).status_code == 404
        assert signed_in.get(path).json() == {"error": "Export not found"}
    assert signed_in.get("/account/export/nonsense").status_code == 404


def test_failed_export_says_why_in_the_api(signed_in, person):
    Export.objects.create(user=person, status=Status.FAILED)

    assert signed_in.get("/account/export").json()["exports"][0]["errorMessage"] == exports.FAILED


@pytest.mark.asyncio
async def test_download_is_streamed_under_asgi(tmp_path):
    from accounts.profile.downloads import Streamed

    path = tmp_path / "large.zip"
    path.write_bytes(os.urandom(40_000_000))
    tracemalloc.start()
    size = 0
    response = Streamed(path.open("rb"))
    async for piece in response:
        size += len(piece)
    response.close()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size == 40_000_000
    assert peak < 5_000_000


def test_exports_leave_threads_for_mails(person, monkeypatch):
    """However many are asked for, and however long they take, AT_ONCE are made at once."""
    people = [factories.person() for _ in range(exports.AT_ONCE + 1)]
    waiting = [exports.ask(one) for one in people]
    begun, may_end = [], threading.Event()

    def slowly(export_id):
        begun.append(export_id)
        assert may_end.wait(10)

    monkeypatch.setattr(exports, "_build", slowly)
    threads = [threading.Thread(target=exports.build, args=(one.pk,)) for one in waiting[:-1]]
    for thread in threads:
        thread.start()
    while len(begun) < exports.AT_ONCE:
        may_end.wait(0.01)

    exports.build(waiting[-1].pk)  # returns at once
    assert waiting[-1].pk not in begun
    may_end.set()
    for thread in threads:
        thread.join()
    monkeypatch.undo()
    exports.build_due()

    assert {one.status for one in Export.objects.filter(pk=waiting[-1].pk)} == {Status.READY}


def test_exports_wait_in_a_queue_of_their_own():
    """In a mail's queue, mails would stand in line behind them."""

    def queue(task):
        return app.amqp.router.route({}, task)["queue"].name

    assert queue("accounts.send_mail") == queue("accounts.send_due_mails") == "mail"
    assert queue(exports.TASK) == queue("accounts.build_due_exports") == "exports"
    command = roles.upkeep()
    consumed = command[command.index("-Q") + 1].split(",")
    assert {"mail", "exports", app.conf.task_default_queue} <= set(consumed)
