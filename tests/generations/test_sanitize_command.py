"""`manage.py sanitize`, as a shell sees it."""

import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from chatsvg.embedded.home import PROJECT
from generations import svg
from generations.svg.tables import MAX_BYTES

SAFE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="3" height="3"/></svg>'
)
HOSTILE = SAFE.replace("<rect", "<script>alert(1)</script><rect onclick='x()'")
CUT = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>\n  <rect>\n</svg>"
DROPPED = ["element script dropped", "attribute onclick dropped"]


class Ran:
    """What a shell gets: the exit code, and what was written on which end."""

    def __init__(self, capture, *words, given=b""):
        self.code = 0
        err = io.StringIO()
        stdin = io.TextIOWrapper(io.BytesIO(given))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", stdin)
            try:
                call_command("sanitize", *map(str, words), stderr=err)
            except SystemExit as exit_:
                self.code = exit_.code
        self.out, self.err = capture.readouterr().out, err.getvalue().splitlines()


@pytest.fixture
def run(capsysbinary):
    return lambda *words, **given: Ran(capsysbinary, *words, **given)


@pytest.fixture
def file(tmp_path):
    def make(text, name="a.svg", mode=0o644):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return path

    return make


def shell(*words, **options):
    """The real command, without a database or servers to lean on."""
    env = {**os.environ, "DATABASE_URL": "", "REDIS_URL": "", **options.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, PROJECT / "manage.py", "sanitize", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        **options,
    )


def test_sanitize_is_a_filter(run):
    ran = run(given=HOSTILE.encode())

    assert (ran.code, ran.out.decode()) == (0, f"{SAFE}\n")
    assert ran.err == [f"<stdin>: note: {note}" for note in DROPPED]


def test_sanitize_quiet_says_nothing(run):
    assert run("-q", given=HOSTILE.encode()).err == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_sanitize_reads_what_uploads_may_be_and_writes_utf8(run, file, encoding):
    drawing = SAFE.replace("<rect", "<text>Ünïcode 🦊</text><rect")

    ran = run(file(drawing.encode(encoding)))

    assert (ran.code, ran.out.decode()) == (0, f"{drawing}\n")


def test_sanitize_writes_a_file(run, file, tmp_path):
    ran = run("-o", tmp_path / "made.svg", "--", file(HOSTILE))

    assert (ran.code, ran.out) == (0, b"")
    assert (tmp_path / "made.svg").read_text() == f"{SAFE}\n"
    assert stat.S_IMODE((tmp_path / "made.svg").stat().st_mode) == 0o666 & ~_umask()


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_sanitize_in_place_keeps_modes_and_links_and_leaves_the_rejected_alone(run, file, tmp_path):
    first, cut, last = file(HOSTILE, mode=0o640), file(CUT, "cut.svg"), file(HOSTILE, "z.svg")
    link = tmp_path / "link.svg"
    link.symlink_to(last)

    ran = run("--in-place", first, cut, link)

    assert ran.code == 1
    assert [path.read_text() for path in (first, cut, last)] == [f"{SAFE}\n", CUT, f"{SAFE}\n"]
    assert stat.S_IMODE(first.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.svg",
        "cut.svg",
        "link.svg",
        "z.svg",
    ]


def test_sanitize_in_place_does_not_touch_what_is_safe(run, file):
    path = file(f"{SAFE}\n")
    before = path.stat()

    assert run("-i", path).code == 0
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_sanitize_that_cannot_write_destroys_nothing(run, file, monkeypatch):
    path = file(HOSTILE)

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = run("-i", "-q", path)

    assert (ran.code, path.read_text()) == (2, HOSTILE)
    assert ran.err == [f"{path}: cannot be written: No space left on device"]
    assert [one.name for one in path.parent.iterdir()] == ["a.svg"]


def test_sanitize_to_a_device_leaves_the_device(run, file, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    ran = run("-o", pipe, file(SAFE))
    read = os.read(reader, 1000)
    os.close(reader)

    assert (ran.code, read.decode()) == (0, f"{SAFE}\n")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_sanitize_check_writes_nothing_and_says_why(run, file):
    hostile, cut = file(HOSTILE), file(CUT, "cut.svg")
    junk = file(b"\xff\xd8\xff\x00", "junk.svg")

    ran = run("--check", hostile, cut, junk)

    assert (ran.code, ran.out) == (1, b"")
    assert ran.err == [
        *(f"{hostile}: note: {note}" for note in DROPPED),
        f"{cut}:3:7: malformed: An opening and a closing tag do not match.",
        f"{junk}: bad_encoding: The file is neither UTF-8 nor UTF-16 text.",
    ]
    assert hostile.read_text() == HOSTILE


def test_sanitize_check_passes_what_would_only_be_changed(run, file):
    assert run("--check", file(HOSTILE)).code == 0


def test_sanitize_says_nothing_but_the_drawing_that_it_refuses(run, file):
    ran = run(given=CUT.encode())

    assert (ran.code, ran.out) == (1, b"")
    assert ran.err == ["<stdin>:3:7: malformed: An opening and a closing tag do not match."]


def test_sanitize_extract_cuts_out_and_mends(run):
    ran = run("--extract", given=b"Here:\n```svg\n<svg viewBox='0 0 9 9'><rect width=3 height=3>")

    assert (ran.code, ran.out.decode()) == (0, f"{SAFE}\n")


def test_sanitize_reads_no_more_than_it_takes(run, file, tmp_path):
    huge = tmp_path / "huge.svg"
    with open(huge, "wb") as sparse:
        sparse.truncate(50 * 1024**3)

    ran = run("--check", huge, file(b" " * (2 * MAX_BYTES + 3)))

    assert ran.code == 1
    assert [line.split(": ")[1] for line in ran.err] == ["too_large", "too_large"]


@pytest.mark.parametrize("words", [["missing.svg"], ["."], ["a\nb.svg"], ["-i", "missing.svg"]])
def test_sanitize_says_in_one_line_what_cannot_be_read(run, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    ran = run(*words)

    assert (ran.code, ran.out, len(ran.err)) == (2, b"", 1)
    assert "cannot be read" in ran.err[0]


@pytest.mark.parametrize("target", ["missing/a.svg", "."])
def test_sanitize_says_in_one_line_what_cannot_be_written(run, file, target, tmp_path, monkeypatch):
    path = file(SAFE)
    monkeypatch.chdir(tmp_path)

    ran = run("-o", target, path)

    assert (ran.code, len(ran.err)) == (2, 1)
    assert ran.err[0].startswith(f"{target}: cannot be written: ")


@pytest.mark.parametrize("words", [["a.svg", "b.svg"], ["-i"], ["-i", "-"], ["-o", "c", "a", "b"]])
def test_sanitize_refuses_what_makes_no_sense(words):
    with pytest.raises(CommandError) as refusal:
        call_command("sanitize", *words)

    assert refusal.value.returncode == 2


def test_sanitize_needs_no_servers_and_starts_none(tmp_path):
    ran = shell(env={"CHATSVG_DIR": str(tmp_path / "home")})

    out, err = ran.communicate(HOSTILE.encode(), timeout=30)

    assert (ran.returncode, out.decode()) == (0, f"{SAFE}\n")
    assert err.decode().splitlines() == [f"<stdin>: note: {note}" for note in DROPPED]
    run_dir = tmp_path / "home" / "run"
    assert not run_dir.exists() or not any(Path(run_dir).iterdir())


def test_sanitize_that_nobody_reads_ends_without_a_word():
    drawing = SAFE.replace("<rect", f'<path d="M0 0{"L9 9" * 50_000}"/><rect')
    ran = shell("--quiet")
    ran.stdout.close()

    ran.stdin.write(drawing.encode())
    ran.stdin.close()
    told = ran.stderr.read()

    assert (ran.wait(30), told) == (141, b"")
    ran.stderr.close()


@pytest.mark.parametrize(("text", "code"), [(HOSTILE, 0), (CUT, 1)])
def test_sanitize_tells_by_its_exit_code_where_standard_error_is_closed(file, text, code):
    words = [sys.executable, str(PROJECT / "manage.py"), "sanitize", "--check", str(file(text))]

    ran = subprocess.run(["sh", "-c", '"$@" 2>&-', "sh", *words], timeout=30, check=False)

    assert ran.returncode == code


def test_rejected_says_its_sentence_with_and_without_the_place():
    with pytest.raises(svg.Rejected) as refusal:
        svg.sanitize(CUT)

    assert refusal.value.sentence == "An opening and a closing tag do not match."
    assert str(refusal.value) == "An opening and a closing tag do not match (line 3, column 7)."
