"""Commands that make drawings, fetch them and delete them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from chatsvg_client import errors
from chatsvg_client.blocking import Client
from chatsvg_client.cli.bar import Bar
from chatsvg_client.cli.shell import FAILED, Shell, complain, exit_code
from chatsvg_client.config import Misuse
from chatsvg_client.results import Job


def draw(shell: Shell) -> int:
    asked = shell.asked
    _check_output(asked)
    with shell.client() as client, Bar(sys.stderr, is_on=asked.watch) as bar:
        jobs = client.generate(
            asked.prompt,
            style=asked.style,
            model=asked.model,
            n=asked.n,
            private=False if asked.public else None,
            idempotency_key=asked.idempotency_key,
            wait=False if asked.no_wait else asked.timeout,
            on_progress=bar.show if asked.watch else None,
        )
    if asked.output and not asked.no_wait:
        _save(asked.output, jobs)
    shown = shell.show({"jobs": jobs}, lambda: _drawn(jobs, asked))
    failed = [job for job in jobs if job.has_failed]
    for job in failed:
        complain(f"{job.id}: {job.error_message} ({job.error_code})", FAILED)
    return exit_code(errors.JobFailed(failed[0])) if failed else shown


def _check_output(asked: argparse.Namespace) -> None:
    if asked.output == "-" and asked.json:
        raise Misuse("-o - and --json both write to stdout")
    if asked.output and asked.no_wait:
        raise Misuse("there is nothing to write to -o with --no-wait")


def _save(output: str, jobs: list[Job]) -> None:
    for number, job in enumerate(jobs, 1):
        if job.svg is not None:
            _write(_numbered(output, number if len(jobs) > 1 else None), job.svg.encode())


def _numbered(output: str, number: int | None) -> str:
    if number is None or output == "-":
        return output
    path = Path(output)
    return str(path.with_stem(f"{path.stem}-{number}"))


def _write(output: str, content: bytes) -> None:
    if output == "-":
        sys.stdout.buffer.write(content)
    else:
        Path(output).write_bytes(content)


def _drawn(jobs: list[Job], asked: argparse.Namespace) -> Iterator[str]:
    if asked.output == "-":
        return
    for number, job in enumerate(jobs, 1):
        if asked.output and job.svg is not None:
            yield _numbered(asked.output, number if len(jobs) > 1 else None)
        else:
            yield "  ".join(filter(None, (job.id, job.status, job.drawing_id, job.url)))


def jobs(shell: Shell) -> int:
    with shell.client() as client:
        most = shell.asked.limit
        found = list(islice(client.jobs(page_size=min(most, 100)), most))
    return shell.show({"jobs": found}, lambda: map(_job_line, found))


def _job_line(job: Job) -> str:
    at = f"{job.created_at:%Y-%m-%d %H:%M}" if job.created_at else ""
    return f"{job.id}  {job.status:9}  {at}  {job.drawing_id or '-':36}  {job.prompt}"


def get(shell: Shell) -> int:
    """A drawing, by its id or by that of its job."""
    asked = shell.asked
    with shell.client() as client:
        drawing_id = _drawing_id(client, asked.id)
        if asked.json:
            return shell.show(client.drawing(drawing_id), lambda: ())
        kind = asked.format or Path(asked.output or "").suffix[1:].lower() or "svg"
        content = client.export(drawing_id, kind, asked.size)
    if asked.output is None and kind in ("png", "webp", "pdf") and sys.stdout.isatty():
        raise Misuse("a picture is nothing for a terminal: name a file with -o")
    sys.stdout.flush()
    _write(asked.output or "-", content)
    return 0


def _drawing_id(client: Client, name: str) -> str:
    try:
        return client.job(name).checked().drawing_id or name
    except errors.NotFound:
        return name


def cancel(shell: Shell) -> int:
    with shell.client() as client:
        job = client.cancel(shell.asked.id)
    return shell.show(job, lambda: [f"{job.id}  {job.error_code or job.status}"])


def delete(shell: Shell) -> int:
    with shell.client() as client:
        client.delete(shell.asked.id)
    return shell.show({"deleted": shell.asked.id}, lambda: [shell.asked.id])
