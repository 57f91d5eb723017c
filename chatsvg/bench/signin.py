"""Scenario: whether the time of an answer tells who has an account.

Each kind of address is asked for in turn, in an order that is shuffled, over one connection.
"""

import asyncio
import random
import time
from argparse import ArgumentParser
from math import sqrt
from statistics import median
from typing import Any
from uuid import uuid4

from chatsvg.bench import installation
from chatsvg.bench.client import Person
from chatsvg.bench.errors import BenchError
from chatsvg.bench.installation import Installation
from chatsvg.bench.people import FAULTS, describe
from chatsvg.bench.report import say, summary_ms

HELP = "how long sign-ins and forgotten passwords take for known and unknown addresses"
FULL, SMOKE = 300, 5  # rounds
IS_STRICT = False  # figures, of which none is right or wrong
WRONG = "not the password"
_BARE = """
from accounts.models import User
user = User.objects.get(email={email!r})
user.set_unusable_password()
user.save(update_fields=["password"])
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--base-url",
        help="a running server without rate limits, whose environment this command has too; "
        "without it one is started for the run",
    )
    parser.add_argument("--rounds", type=int, help=f"of each kind of address ({FULL})")
    parser.add_argument("--seed", type=int, default=1, help="of their order (1)")


def run(options: dict[str, Any]) -> dict[str, Any]:
    rounds = options["rounds"] or (SMOKE if options["smoke"] else FULL)
    faults: list[str] = []
    with installation.installation({**options, "instant_model": False}) as place:
        found = asyncio.run(_measure(place, rounds, options["seed"], faults))
        if faults:
            place.say_logs()
    return {"parameters": {"rounds": rounds, "seed": options["seed"]}, **found, "faults": faults}


async def _measure(
    place: Installation, rounds: int, seed: int, faults: list[str]
) -> dict[str, Any]:
    tag = f"bench-{uuid4().hex[:8]}"
    known, without, unknown = (f"{tag}-{kind}@example.com" for kind in ("known", "bare", "none"))
    try:
        await _prepare(place, known, without)
        visitor = Person(place.url, "")
        await visitor.arrive()
    except FAULTS as fault:
        raise BenchError(f"Nobody can register at {place.url}: {describe(fault)}") from fault

    async def sign_in(email: str) -> None:
        await visitor.call("POST", "/auth/login", {"email": email, "password": WRONG}, want=401)

    async def forget(email: str) -> None:
        await visitor.call("POST", "/auth/forgot-password", {"email": email}, want=200)

    say(f"{rounds} sign-ins of each kind")
    kinds = {"wrong_password": known, "unknown": unknown, "no_password": without}
    signin = await measure(sign_in, kinds, rounds=rounds, seed=seed, faults=faults)
    say(f"{rounds} forgotten passwords of each kind")
    kinds = {"known": known, "unknown": unknown}
    forgot = await measure(forget, kinds, rounds=rounds, seed=seed, faults=faults)
    return {"signin": compare(signin), "forgot": compare(forgot)}


async def _prepare(place: Installation, *emails: str) -> None:
    """People with these addresses; all but the first have no password."""
    for email in emails:
        await Person(place.url, email).register()
    for email in emails[1:]:
        code = _BARE.format(email=email)
        await asyncio.to_thread(place.manage, "shell", "-v", "0", "-c", code)


async def measure(
    ask: Any, kinds: dict[str, str], *, rounds: int, seed: int, faults: list[str]
) -> dict[str, list[float]]:
    """The seconds that each `ask(email)` takes, by kind; what goes wrong is a fault."""
    order = [kind for kind in kinds for _ in range(rounds)]
    random.Random(seed).shuffle(order)  # noqa: S311  # an order, no secret
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number, kind in enumerate([*kinds, *order]):
        begun = time.perf_counter()
        try:
            await ask(kinds[kind])
        except FAULTS as fault:
            faults.append(f"{kind}: {describe(fault)}")
            continue
        if number >= len(kinds):  # the first of each kind warm up
            times[kind].append(time.perf_counter() - begun)
    return times


def compare(times: dict[str, list[float]]) -> dict[str, Any]:
    """Each kind, and how it differs from the first."""
    (base, first), *others = times.items()
    told: dict[str, Any] = {base: summary_ms(first)}
    for kind, seconds in others:
        told[kind] = summary_ms(seconds) | {
            "median_ratio": round(median(seconds) / median(first), 3)
            if first and seconds
            else None,
            "mann_whitney_z": standard_score(seconds, first),
        }
    return told


def standard_score(one: list[float], other: list[float]) -> float | None:
    """Mann and Whitney: how far the ranks of two samples are from those of equals, in sigmas."""
    n, m = len(one), len(other)
    if not n or not m:
        return None
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_, sample) in enumerate(ranked, 1) if sample == 0)
    expected = n * (n + m + 1) / 2
    return round((ranks - expected) / sqrt(n * m * (n + m + 1) / 12), 2)
