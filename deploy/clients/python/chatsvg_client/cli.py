"""`chatsvg`: drawings from a shell. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import argparse
import dataclasses
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from chatsvg_client import config, errors
from chatsvg_client.client import WAIT_SECONDS, Client
from chatsvg_client.config import Config, Misuse
from chatsvg_client.results import Job, Progress

FAILED, USAGE, INTERRUPTED = 1, 2, 130
EXITS: tuple[tuple[type[errors.ChatSVGError], int], ...] = (
    (errors.AuthenticationError, 3),
    (errors.PermissionDenied, 3),
    (errors.NotFound, 4),
    (errors.InsufficientCredits, 5),
    (errors.RateLimited, 6),
    (errors.JobFailed, 7),
    (errors.Timeout, 8),
)
_HELP = """exit codes: 0 done, 1 failed, 2 usage, 3 the key is refused, 4 not found,
5 not enough credits, 6 too many requests, 7 the drawing failed, 8 timeout"""
_BAR = 24


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    try:
        code: int = asked.run(Shell(asked, os.environ))
        sys.stdout.flush()
        return code
    except Misuse as error:
        return _complain(str(error), USAGE)
    except errors.ChatSVGError as error:
        return _complain(_told(error), exit_code(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        return _complain(f"{error.filename or 'file'}: {error.strerror}", FAILED)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)


def exit_code(error: errors.ChatSVGError) -> int:
    return next((code for kind, code in EXITS if isinstance(error, kind)), FAILED)


def _told(error: errors.ChatSVGError) -> str:
    members = {"": error.code, "request ": error.request_id}
    known = ", ".join(f"{name}{value}" for name, value in members.items() if value)
    return f"{error.message} ({known})" if known else error.message


def _complain(text: str, code: int) -> int:
    print(f"chatsvg: {text}", file=sys.stderr)
    return code


class Shell:
    """What a command was asked for, and its ways to answer."""

    def __init__(self, asked: argparse.Namespace, env: Mapping[str, str]) -> None:
        self.asked, self.env = asked, env

    @property
    def config(self) -> Config:
        return config.read(self.env)

    def client(self) -> Client:
        found = self.config
        return Client(found.api_key, base_url=self.asked.base_url or found.base_url)

    def show(self, result: object, lines: Callable[[], Iterable[str]]) -> int:
        """JSON where it was asked for, else lines for people."""
        if self.asked.json:
            print(json.dumps(plain(result), ensure_ascii=False))
        else:
            for line in lines():
                print(safe(line))
        return 0


def plain(value: object) -> Any:
    """For JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def safe(line: str) -> str:
    """Without what would drive a terminal: texts come from prompts."""
    return "".join(one if one.isprintable() else " " for one in line)


# --- Drawing ---


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
        _complain(f"{job.id}: {job.error_message} ({job.error_code})", FAILED)
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


class Bar:
    """How far a job is, on one line of a terminal, or a line each time elsewhere."""

    def __init__(self, out: TextIO, *, is_on: bool) -> None:
        self._out, self._is_on = out, is_on
        self._shown = ""

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._shown and self._out.isatty():
            self._out.write("\n")

    def show(self, progress: Progress) -> None:
        text = f"{progress.progress:3d} % {progress.stage or progress.status.lower()}"
        if text == self._shown:
            return
        self._shown = text
        if self._out.isatty():
            full = round(_BAR * progress.progress / 100)
            self._out.write(f"\r[{'#' * full}{'.' * (_BAR - full)}] {text}\x1b[K")
        else:
            self._out.write(f"{text}\n")
        self._out.flush()


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
    if asked.output is None and kind in ("png", "webp") and sys.stdout.isatty():
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


# --- What there is ---


def styles(shell: Shell) -> int:
    with shell.client() as client:
        found = client.styles()
    return shell.show({"styles": found}, lambda: (f"{one.id:10} {one.name}" for one in found))


def models(shell: Shell) -> int:
    with shell.client() as client:
        found = client.models()
    return shell.show(
        {"models": found},
        lambda: (
            f"{one.id:20} {one.price} credit(s)  {'' if one.is_available else 'not available'}"
            for one in found
        ),
    )


def credits(shell: Shell) -> int:
    with shell.client() as client:
        found = client.credits()
    return shell.show(found, lambda: [f"{found.available} credits ({found.plan})"])


def estimate(shell: Shell) -> int:
    asked = shell.asked
    with shell.client() as client:
        found = client.estimate(asked.prompt, style=asked.style, model=asked.model, n=asked.n)
    took = "?" if found.seconds is None else f"{found.seconds:.0f}"
    return shell.show(
        found, lambda: [f"{found.price} credit(s), about {took} s, {found.credits_after} left"]
    )


# --- Keys ---


def keys(shell: Shell) -> int:
    """The key in use, and what was done this month with all keys of its person."""
    found = shell.config
    with shell.client() as client:
        usage = client.usage()
    mine = next((one for one in usage.keys if found.api_key.startswith(one.prefix)), None)

    def lines() -> Iterator[str]:
        yield f"in use: {mine.prefix if mine else '?'}…  from {found.source}"
        limits = usage.limits
        most = _most(limits.drawings_per_month)
        yield f"plan {limits.plan}: {usage.drawings_this_month} of {most} drawings this month"
        for one in usage.keys:
            yield (
                f"{one.prefix}…  {one.environment:10}  {one.requests} requests, "
                f"{one.failed} failed, {one.credits_used} credits  {one.name}"
            )

    return shell.show({"key": mine, "source": found.source, "usage": usage}, lines)


def _most(number: int | None) -> str:
    return "unlimited" if number is None else str(number)


PROBES: dict[str, Callable[[Client], object]] = {
    "svg:read": lambda client: client.styles(),
    "svg:generate": lambda client: client.estimate("a red fox asleep"),
    "account:read": lambda client: client.credits(),
    "webhooks": lambda client: client.webhooks(),
}
"""What a key with this scope may do, and that changes nothing."""


def check(shell: Shell) -> int:
    """What the key may do. Raises AuthenticationError where it is none."""
    with shell.client() as client:
        scopes = {scope: _may(client, probe) for scope, probe in PROBES.items()}
    found = {"base_url": client.base_url, "source": shell.config.source, "scopes": scopes}
    shell.show(
        found, lambda: (f"{scope:13} {'yes' if may else 'no'}" for scope, may in scopes.items())
    )
    return 0 if any(scopes.values()) else 3


def _may(client: Client, probe: Callable[[Client], object]) -> bool:
    try:
        probe(client)
    except errors.PermissionDenied as error:
        if error.code != "SCOPE_MISSING":
            raise
        return False
    return True


def save(shell: Shell) -> int:
    """Store a key that is typed, or piped in: never one of the command line, which others see."""
    raw = getpass.getpass("API key: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not raw.strip():
        raise Misuse("No API key was given.")
    file = config.save(shell.env, raw.strip(), shell.asked.base_url)
    return shell.show({"saved": str(file)}, lambda: [f"saved in {file}"])


# --- Webhooks ---


def webhooks(shell: Shell) -> int:
    with shell.client() as client:
        found = client.webhooks()
    return shell.show(
        {"webhooks": found},
        lambda: (
            f"{one.id}  {'on ' if one.is_enabled else 'off'}  {one.url}  {' '.join(one.events)}"
            for one in found
        ),
    )


def webhook_create(shell: Shell) -> int:
    asked = shell.asked
    with shell.client() as client:
        made = client.create_webhook(asked.url, events=asked.event, signature=asked.signature)
    return shell.show(made, lambda: [f"{made.webhook.id}  secret {made.secret}"])


def webhook_rotate(shell: Shell) -> int:
    with shell.client() as client:
        made = client.rotate_webhook(shell.asked.id, end_previous=shell.asked.end_previous)
    return shell.show(made, lambda: [f"{made.webhook.id}  secret {made.secret}"])


def webhook_update(shell: Shell) -> int:
    asked = shell.asked
    with shell.client() as client:
        one = client.update_webhook(
            asked.id, url=asked.url, events=asked.event, enabled=asked.enabled
        )
    return shell.show(one, lambda: [f"{one.id}  {'on' if one.is_enabled else 'off'}  {one.url}"])


def webhook_delete(shell: Shell) -> int:
    with shell.client() as client:
        client.delete_webhook(shell.asked.id)
    return shell.show({"deleted": shell.asked.id}, lambda: [shell.asked.id])


def webhook_test(shell: Shell) -> int:
    with shell.client() as client:
        sent = client.test_webhook(shell.asked.id)
    return shell.show(sent, lambda: [f"{sent.id}  {sent.status}"])


def webhook_deliveries(shell: Shell) -> int:
    with shell.client() as client:
        found = list(islice(client.deliveries(shell.asked.id), shell.asked.limit))
    return shell.show(
        {"deliveries": found},
        lambda: (
            f"{one.id}  {one.status:9}  {one.type}  {len(one.attempts)} tries" for one in found
        ),
    )


def webhook_replay(shell: Shell) -> int:
    with shell.client() as client:
        sent = client.replay(shell.asked.id)
    return shell.show(sent, lambda: [f"{sent.id}  {sent.status}"])


# --- Words ---


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="chatsvg",
        description="Text to SVG.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _common(top, is_top=True)
    words = top.add_subparsers(required=True, metavar="command")

    one = _word(words, "draw", draw, "draw what a prompt describes")
    _wish(one)
    one.add_argument("-o", "--output", help="write the SVG to this file; - is stdout")
    one.add_argument("--watch", action="store_true", help="show how far it is")
    one.add_argument("--no-wait", action="store_true", help="print the job and leave")
    one.add_argument("--timeout", type=float, default=WAIT_SECONDS, help="seconds to wait")
    one.add_argument("--public", action="store_true", help="anybody may see it")
    one.add_argument("--idempotency-key", help="the same key draws once")
    _word(words, "jobs", jobs, "list jobs, newest first").add_argument(
        "--limit", type=_count, default=20
    )
    one = _word(words, "get", get, "fetch a drawing, by its id or its job's")
    one.add_argument("id")
    one.add_argument("-o", "--output", help="write it to this file, whose ending names the format")
    one.add_argument("--format", help="svg, png, webp, jsx, tsx, vue, svelte, data-uri or css")
    one.add_argument("--size", type=_count, help="the longer side of a picture, in pixels")
    _word(words, "cancel", cancel, "stop a job").add_argument("id")
    _word(words, "delete", delete, "delete a drawing").add_argument("id")
    _word(words, "styles", styles, "list styles")
    _word(words, "models", models, "list models")
    _word(words, "credits", credits, "what can be spent")
    _wish(_word(words, "estimate", estimate, "what a drawing would cost"))

    one = _word(words, "keys", keys, "the key in use, limits and usage")
    inner = one.add_subparsers(metavar="what")
    _word(inner, "check", check, "what the key may do")
    _word(inner, "save", save, "store a key, typed or piped in")

    one = _word(words, "webhooks", webhooks, "list and change webhooks")
    inner = one.add_subparsers(metavar="what")
    one = _word(inner, "create", webhook_create, "make one, and print its secret")
    one.add_argument("url")
    one.add_argument("--event", action="append", help="once for each; all where none is named")
    one.add_argument("--signature", choices=("hmac", "ed25519"))
    one = _word(inner, "update", webhook_update, "change one")
    one.add_argument("id")
    one.add_argument("--url")
    one.add_argument("--event", action="append")
    one.add_argument("--enable", dest="enabled", action="store_true", default=None)
    one.add_argument("--disable", dest="enabled", action="store_false")
    one = _word(inner, "rotate", webhook_rotate, "give one a new secret")
    one.add_argument("id")
    one.add_argument("--end-previous", action="store_true", help="the old secret ends now")
    _word(inner, "delete", webhook_delete, "delete one").add_argument("id")
    _word(inner, "test", webhook_test, "have an event sent").add_argument("id")
    one = _word(inner, "deliveries", webhook_deliveries, "what was sent")
    one.add_argument("id")
    one.add_argument("--limit", type=_count, default=20)
    _word(inner, "replay", webhook_replay, "send a delivery again").add_argument("id")
    return top


def _word(words: Any, name: str, run: Callable[[Shell], int], help: str) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = words.add_parser(name, help=help, allow_abbrev=False)
    one.set_defaults(run=run)
    _common(one)
    return one


def _common(one: argparse.ArgumentParser, *, is_top: bool = False) -> None:
    """Before or behind the command."""
    usual: dict[str, Any] = {} if is_top else {"default": argparse.SUPPRESS}
    one.add_argument("--json", action="store_true", help="print JSON", **usual)
    one.add_argument("--base-url", help="the server to ask", **usual)


def _wish(one: argparse.ArgumentParser) -> None:
    one.add_argument("prompt")
    one.add_argument("--style")
    one.add_argument("--model")
    one.add_argument("-n", type=_count, default=1, help="how many drawings (1 to 4)")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text)):
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
