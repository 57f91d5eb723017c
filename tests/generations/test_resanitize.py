"""Drawings of an older sanitizer are brought up to date, whatever else happens meanwhile."""

import io
import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import JsonResponse

from accounts.keys import replies
from accounts.models import Reply
from chatsvg.embedded.home import PROJECT
from generations import files, resanitize, svg, upkeep
from generations.models import Generation, Withdrawn
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

OLD = svg.SANITIZER_VERSION - 1
SAFE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="3" height="3"/></svg>'
)
HOSTILE = SAFE.replace("<rect", "<script>alert(1)</script><rect")
REFUSED = f"<!DOCTYPE svg [<!ENTITY a 'b'>]>{SAFE}"


@pytest.fixture
def stored(settings, tmp_path):
    options = {"location": tmp_path, "allow_overwrite": True}
    backend = "django.core.files.storage.FileSystemStorage"
    default = {"BACKEND": backend, "OPTIONS": options}
    settings.STORAGES = {**live.STORAGES, "default": default}
    return tmp_path


def drawing(text=SAFE, *, user=None, version=OLD, number=0, **fields):
    user = user or factories.person()
    return Generation.objects.create(
        user=user,
        prompt="a red fox asleep",
        style="flat",
        model="studio",
        provider="studio",
        svg=text,
        size_bytes=len(text),
        sanitizer_version=version,
        storage_key=f"users/{user.pk}/jobs/{number}/chatsvg.svg",
        created_at="2026-01-01T00:00:00Z",
        stored_at="2026-01-01T00:00:00Z",
        **fields,
    )


def drawings(*texts, **fields):
    user = factories.person()
    return [drawing(text, user=user, number=n, **fields) for n, text in enumerate(texts)]


def run(**options):
    out = io.StringIO()
    call_command("resanitize", stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue().splitlines()


def fresh(generation):
    return Generation.objects.get(pk=generation.pk)


def test_kept_answers_with_an_unsafe_drawing_go(stored):
    safe, *unsafe = drawings(SAFE, HOSTILE, REFUSED)
    for made in (safe, *unsafe):
        mark = replies.fingerprint("/v1/svg/generate", {"prompt": str(made.pk)})
        token = replies.reserve(replies.Wanted(made.user, False, str(made.pk), mark))
        replies.keep(token, JsonResponse({"drawingId": str(made.pk), "svg": made.svg}))

    run()

    (kept,) = Reply.objects.all()
    assert kept.key == str(safe.pk)


def test_resanitize_makes_old_drawings_safe_and_counts_them(stored):
    safe, hostile, refused = drawings(SAFE, HOSTILE, REFUSED, notes=["mended"])
    current = drawing(HOSTILE, version=svg.SANITIZER_VERSION)

    told = run()

    assert told == [
        f"sanitizer {svg.SANITIZER_VERSION}: 1 unchanged, 1 changed, 1 rejected (withdrawn)"
    ]
    assert not resanitize.stale().exists()
    assert fresh(safe).svg == SAFE
    assert fresh(safe).stored_at is not None
    made = fresh(hostile)
    assert (made.svg, made.size_bytes, made.stored_at) == (SAFE, len(SAFE), None)
    assert made.notes == ["mended", "element script dropped"]
    assert fresh(refused).svg == resanitize.STAND_IN
    assert fresh(current).svg == HOSTILE
    assert run()[0].endswith("0 unchanged, 0 changed, 0 rejected (withdrawn)")


def test_refused_drawing_is_served_nowhere_and_kept(stored, client):
    refused = drawing(REFUSED)
    assert files.store(refused)
    etag = client.get(files.path(refused))["ETag"]

    run()
    upkeep.store_copies()

    reply = client.get(files.path(refused), headers={"If-None-Match": etag})
    assert (reply.status_code, reply.content.decode()) == (200, resanitize.STAND_IN)
    assert client.get(f"/api/svg/{refused.pk}/source").json()["svg"] == resanitize.STAND_IN
    assert (stored / refused.storage_key).read_text() == resanitize.STAND_IN
    kept = Withdrawn.objects.get(generation=refused)
    assert (kept.svg, kept.code) == (REFUSED, "doctype")


def test_stand_in_is_safe_itself():
    assert svg.sanitize(resanitize.STAND_IN) == svg.Sanitized(resanitize.STAND_IN, ())


def test_withdrawn_drawing_comes_back_when_a_later_sanitizer_takes_it(stored):
    refused = drawing(REFUSED, notes=["mended"])
    run()
    Generation.objects.update(sanitizer_version=OLD)
    assert run()[0].endswith("0 changed, 1 rejected (withdrawn)")
    assert Withdrawn.objects.get().svg == REFUSED

    Generation.objects.update(sanitizer_version=OLD)
    Withdrawn.objects.update(svg=SAFE)
    told = run()

    assert told[0].endswith("0 unchanged, 1 changed, 0 rejected (withdrawn)")
    assert (fresh(refused).svg, fresh(refused).notes) == (SAFE, ["mended"])
    assert not Withdrawn.objects.exists()


def test_dry_run_counts_and_writes_nothing(stored):
    made = drawings(SAFE, HOSTILE, REFUSED)
    before = list(Generation.objects.order_by("pk").values())

    told = run(dry_run=True, batch=1)

    assert told[0].endswith("1 unchanged, 1 changed, 1 rejected (withdrawn)")
    assert told[1] == "nothing was written"
    assert list(Generation.objects.order_by("pk").values()) == before
    assert not Withdrawn.objects.exists()
    assert resanitize.stale().count() == len(made)


@pytest.mark.parametrize("batch", [1, 2, 3, 7])
def test_batches_see_every_drawing_once(stored, batch):
    drawings(*[HOSTILE] * 7)

    tallies = [tally.seen for tally in resanitize.run(batch=batch)]

    assert tallies[-1] == 7
    assert Generation.objects.filter(svg=SAFE).count() == 7


def test_interrupted_run_goes_on_where_it_was(stored):
    drawings(*[HOSTILE] * 6)

    next(resanitize.run(batch=2))

    assert resanitize.stale().count() == 4
    assert run(batch=2)[0].endswith("0 unchanged, 4 changed, 0 rejected (withdrawn)")


def test_what_others_changed_meanwhile_is_left_to_them(stored, monkeypatch):
    deleted, updated, mine = drawings(HOSTILE, HOSTILE, HOSTILE)
    write = resanitize._write

    def late(outcomes):
        Generation.objects.filter(pk=deleted.pk).delete()
        Generation.objects.filter(pk=updated.pk).update(svg=f"{SAFE} ")
        return write(outcomes)

    monkeypatch.setattr(resanitize, "_write", late)
    told = run(batch=10)

    assert "1 changed" in told[0]
    assert told[1] == "2 changed or deleted by others meanwhile"
    assert told[2] == "1 more came meanwhile: run it again"
    assert fresh(updated).svg == f"{SAFE} "
    assert fresh(mine).svg == SAFE


def test_no_transaction_is_open_while_drawings_are_sanitized(stored, monkeypatch):
    drawings(HOSTILE, HOSTILE)
    sanitize, open_ = svg.sanitize, []

    def watched(text):
        open_.append(connection.in_atomic_block)
        return sanitize(text)

    monkeypatch.setattr(svg, "sanitize", watched)
    run()

    assert open_ == [False, False]


def test_copy_of_an_old_text_is_not_taken_for_the_new_one(stored):
    made = drawing(HOSTILE)
    slow = fresh(made)  # as a sweep read it, just before
    run()

    assert files.store(slow) is False
    assert (stored / made.storage_key).read_text() == HOSTILE
    assert fresh(made).stored_at is None
    upkeep.store_copies()
    assert (stored / made.storage_key).read_text() == SAFE


def test_batch_of_none_is_refused():
    with pytest.raises(CommandError, match="1 or more"):
        run(batch=0)


def command(**options):
    database = connection.settings_dict
    env = {**os.environ, "DATABASE_URL": _url(database), "PRODUCTION": "false"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "resanitize", "--batch", "5"],
        cwd=PROJECT,
        env=env,
        **options,
    )


def _url(database):
    host = str(database["HOST"]).replace("/", "%2F")
    return f"postgresql://{database['USER']}@/{database['NAME']}?host={host}"


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_stopped_run_leaves_whole_batches_and_the_next_one_ends_the_work(stored, number, code):
    large = SAFE.replace("<rect", "<script/>" + '<rect x="1"/>' * 2_000 + "<rect")
    drawings(*[large] * 60)
    stopped = command(stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while resanitize.stale().count() == 60 and stopped.poll() is None:
        time.sleep(0.02)

    stopped.send_signal(number)
    out, err = stopped.communicate(timeout=10)
    left = resanitize.stale().count()
    assert stopped.returncode == code, err
    assert 0 < left < 60
    assert left % 5 == 0
    if number == signal.SIGINT:
        assert f"{60 - left} changed" in out
        assert err == "interrupted: the next run goes on from here\n"

    assert f"{left} changed" in run()[0]
    assert not Generation.objects.filter(svg__contains="script").exists()


@pytest.mark.slow
def test_bar_is_shown_on_a_terminal_only(stored):
    drawings(*[HOSTILE] * 20)
    ours, theirs = pty.openpty()

    ran = command(stderr=theirs, stdout=subprocess.PIPE, text=True)
    out, _ = ran.communicate(timeout=30)
    os.close(theirs)
    shown = ""
    with suppress(OSError):
        while part := os.read(ours, 4096):
            shown += part.decode()
    os.close(ours)

    assert "20 changed" in out
    assert " 50%  10 of 20" in shown
    assert "100%  20 of 20" in shown
