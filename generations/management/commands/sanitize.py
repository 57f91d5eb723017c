"""Make SVG files safe from a shell: a filter, in place, or only asked about."""

import io
import os
import signal
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from generations import svg
from generations.svg.extract import extract
from generations.svg.tables import MAX_BYTES

STANDARD = "-"  # input, and output
READ_AT_MOST = 2 * MAX_BYTES + 3  # a byte more than `decode` takes, so that it refuses the rest
WELL, REJECTED, TROUBLE = 0, 1, 2
BROKEN_PIPE = 128 + signal.SIGPIPE  # what a shell says of a filter that nobody reads any more


class Command(BaseCommand):
    help = (
        "Make SVG safe: from standard input, or a FILE, to standard output. What was left out is "
        "said on standard error. Exit code 1: a drawing was rejected (nothing is written for it); "
        "2: a file could not be read or written."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="*", metavar="FILE", help="- is standard input")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("-o", "--output", metavar="FILE", help="write the drawing there")
        how.add_argument("-i", "--in-place", action="store_true", help="write into the FILEs")
        how.add_argument(
            "--check",
            action="store_true",
            help="write nothing; say what is rejected (exit code 1) and what would be left out",
        )
        parser.add_argument(
            "--extract",
            action="store_true",
            help="first cut the drawing out of prose or code fences, and mend broken markup",
        )
        parser.add_argument(
            "-q", "--quiet", action="store_true", help="do not say what is left out"
        )

    def handle(self, *args, files, output, in_place, check, **options):
        if sys.stderr is None:  # closed by the shell: nobody wants to know
            self.stderr = OutputWrapper(io.StringIO())
        files = files or [STANDARD]
        if in_place and STANDARD in files:
            raise CommandError("--in-place needs FILEs to write into.", returncode=TROUBLE)
        if len(files) > 1 and not (in_place or check):
            raise CommandError(
                "Several FILEs need --in-place or --check: an output holds one drawing.",
                returncode=TROUBLE,
            )
        codes = []
        for name in files:
            target = None if check else name if in_place else output or STANDARD
            codes.append(self.carry_out(name, target, **options))
        if max(codes):
            sys.exit(max(codes))

    def carry_out(self, name: str, target: str | None, **options) -> int:
        """Sanitize one file into `target`, or nowhere; the exit code that it deserves."""
        try:
            data = _read(name)
        except OSError as error:
            return self.complain(f"{_shown(name)}: cannot be read: {_reason(error)}")
        try:
            drawing = _sanitize(data, is_answer=options["extract"])
        except svg.Rejected as refusal:
            self.stderr.write(_fault(name, refusal))
            return REJECTED
        if not options["quiet"]:
            for note in drawing.notes:
                self.stderr.write(f"{_shown(name)}: note: {note}", lambda text: text)
        made = f"{drawing.svg}\n".encode()
        if target is None or (target == name != STANDARD and made == data):
            return WELL
        try:
            _write(target, made)
        except BrokenPipeError:
            return _nobody_reads()
        except OSError as error:
            written = "<stdout>" if target == STANDARD else _shown(target)
            return self.complain(f"{written}: cannot be written: {_reason(error)}")
        return WELL

    def complain(self, sentence: str) -> int:
        self.stderr.write(sentence)
        return TROUBLE


def _sanitize(data: bytes, *, is_answer: bool) -> svg.Sanitized:
    text = svg.decode(data)
    return svg.sanitize(extract(text) if is_answer else text)


def _read(name: str) -> bytes:
    """The file's bytes, but no more than decide that it is too large."""
    if name != STANDARD:
        with open(name, "rb") as file:
            return file.read(READ_AT_MOST)
    if sys.stdin is None:
        raise OSError("it is closed")
    return sys.stdin.buffer.read(READ_AT_MOST)


def _write(name: str, data: bytes) -> None:
    """Write all of it or, to a file, nothing: what was there stays until the new one is whole."""
    if name == STANDARD:
        if sys.stdout is None:
            raise OSError("standard output is closed")
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(os.path.realpath(name))  # a link stays a link
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a pipe or a device cannot be replaced
    else:
        _replace(path, data)


def _replace(path: Path, data: bytes) -> None:
    """Put a new file in the place of `path`, with the mode and, where we may, the owner it had."""
    before = path.stat() if path.exists() else None
    if before and not os.access(path, os.W_OK):
        raise PermissionError(None, "Permission denied")
    handle, temporary = tempfile.mkstemp(prefix=".sanitize-", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            if before:
                with suppress(OSError):
                    os.fchown(handle, before.st_uid, before.st_gid)
            os.fchmod(handle, stat.S_IMODE(before.st_mode) if before else 0o666 & ~_umask())
            file.flush()
            os.fsync(handle)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _fault(name: str, refusal: svg.Rejected) -> str:
    """One line, as compilers write it, so that editors find the place."""
    where = f":{refusal.line}:{refusal.column or 1}" if refusal.line else ""
    return f"{_shown(name)}{where}: {refusal.code}: {refusal.sentence}"


def _shown(name: str) -> str:
    if name == STANDARD:
        return "<stdin>"
    return name if name.isprintable() else ascii(name)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _nobody_reads() -> int:
    """Nothing more is written, by Python's own flush at the end neither."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return BROKEN_PIPE
