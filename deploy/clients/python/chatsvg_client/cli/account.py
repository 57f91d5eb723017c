"""Commands that tell what there is, what it costs, and what a key may do."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator

from chatsvg_client import config, errors
from chatsvg_client.blocking import Client
from chatsvg_client.cli.shell import Shell
from chatsvg_client.config import Misuse


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
