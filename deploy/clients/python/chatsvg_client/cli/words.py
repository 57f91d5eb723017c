"""The words of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from chatsvg_client.cli import account, drawings, hooks
from chatsvg_client.cli.shell import Shell
from chatsvg_client.shared import WAIT_SECONDS

_HELP = """exit codes: 0 done, 1 failed, 2 usage, 3 the key is refused, 4 not found,
5 not enough credits, 6 too many requests, 7 the drawing failed, 8 timeout"""


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
    _drawings(words)
    _account(words)
    _webhooks(words)
    return top


def _drawings(words: Any) -> None:
    one = _word(words, "draw", drawings.draw, "draw what a prompt describes")
    _wish(one)
    one.add_argument("-o", "--output", help="write the SVG to this file; - is stdout")
    one.add_argument("--watch", action="store_true", help="show how far it is")
    one.add_argument("--no-wait", action="store_true", help="print the job and leave")
    one.add_argument("--timeout", type=float, default=WAIT_SECONDS, help="seconds to wait")
    one.add_argument("--public", action="store_true", help="anybody may see it")
    one.add_argument("--idempotency-key", help="the same key draws once")
    _word(words, "jobs", drawings.jobs, "list jobs, newest first").add_argument(
        "--limit", type=_count, default=20
    )
    one = _word(words, "get", drawings.get, "fetch a drawing, by its id or its job's")
    one.add_argument("id")
    one.add_argument("-o", "--output", help="write it to this file, whose ending names the format")
    one.add_argument("--format", help="such as svg, optimized, png, webp, pdf, jsx, vue or css")
    one.add_argument("--size", type=_count, help="the longer side of a picture, in pixels")
    _word(words, "cancel", drawings.cancel, "stop a job").add_argument("id")
    _word(words, "delete", drawings.delete, "delete a drawing").add_argument("id")


def _account(words: Any) -> None:
    _word(words, "styles", account.styles, "list styles")
    _word(words, "models", account.models, "list models")
    _word(words, "credits", account.credits, "what can be spent")
    _wish(_word(words, "estimate", account.estimate, "what a drawing would cost"))
    one = _word(words, "keys", account.keys, "the key in use, limits and usage")
    inner = one.add_subparsers(metavar="what")
    _word(inner, "check", account.check, "what the key may do")
    _word(inner, "save", account.save, "store a key, typed or piped in")


def _webhooks(words: Any) -> None:
    one = _word(words, "webhooks", hooks.show, "list and change webhooks")
    inner = one.add_subparsers(metavar="what")
    one = _word(inner, "create", hooks.create, "make one, and print its secret")
    one.add_argument("url")
    one.add_argument("--event", action="append", help="once for each; all where none is named")
    one.add_argument("--signature", choices=("hmac", "ed25519"))
    one = _word(inner, "update", hooks.update, "change one")
    one.add_argument("id")
    one.add_argument("--url")
    one.add_argument("--event", action="append")
    one.add_argument("--enable", dest="enabled", action="store_true", default=None)
    one.add_argument("--disable", dest="enabled", action="store_false")
    one = _word(inner, "rotate", hooks.rotate, "give one a new secret")
    one.add_argument("id")
    one.add_argument("--end-previous", action="store_true", help="the old secret ends now")
    _word(inner, "delete", hooks.delete, "delete one").add_argument("id")
    _word(inner, "test", hooks.test, "have an event sent").add_argument("id")
    one = _word(inner, "deliveries", hooks.deliveries, "what was sent")
    one.add_argument("id")
    one.add_argument("--limit", type=_count, default=20)
    _word(inner, "replay", hooks.replay, "send a delivery again").add_argument("id")


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
