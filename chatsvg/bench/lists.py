"""Scenario: what a page of a list costs in a small table and in a large one.

Its installation is its own: the tables' sizes are what is measured. A machine is not as fast at one
moment as at another, so that a page that reads no table is asked for beside each: the ratios are of
times as multiples of that one's.
"""

import asyncio
import time
from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

import psycopg

from chatsvg.bench.client import Person, Refused
from chatsvg.bench.installation import Installation, installation
from chatsvg.bench.people import FAULTS, describe
from chatsvg.bench.report import say, summary_ms
from chatsvg.bench.servers import Cpu
from chatsvg.bench.sizes import chosen as sizes_of
from chatsvg.embedded import Postgres
from chatsvg.embedded.home import Home

HELP = "pages of the gallery and of a history in a small and in a large table"
FULL = {"small": 1_000, "large": 1_000_000, "requests": 400}
SMOKE = {"small": 200, "large": 2_000, "requests": 10}
IS_STRICT = False  # figures; a noisy machine makes one of them large
RATIO_MOST = 1.5
DEPTH = 0.9  # of the table, where the deep pages are
STYLE, MODEL = "flat", "studio"

PAGES = {  # name -> who asks, and what for; {second} and {deep} are cursors
    "gallery first": ("visitor", "/svg/public?limit=50"),
    "gallery first, style": ("visitor", f"/svg/public?limit=50&style={STYLE}"),
    "gallery first, another limit": ("visitor", "/svg/public?limit=49"),
    "gallery second": ("visitor", "/svg/public?limit=50&cursor={second}"),
    "gallery deep": ("visitor", "/svg/public?limit=50&cursor={deep}"),
    "gallery deep, style": ("visitor", f"/svg/public?limit=50&cursor={{deep}}&style={STYLE}"),
    "gallery deep, model": ("visitor", f"/svg/public?limit=50&cursor={{deep}}&model={MODEL}"),
    "gallery deep, both": (
        "visitor",
        f"/svg/public?limit=50&cursor={{deep}}&style={STYLE}&model={MODEL}",
    ),
    "history first": ("owner", "/user/generations?limit=50"),
    "history deep": ("owner", "/user/generations?limit=50&cursor={deep}"),
    "history deep, style": ("owner", f"/user/generations?limit=50&cursor={{deep}}&style={STYLE}"),
}
CONTROL = "/plans"
_AT = """
SELECT id::text FROM generations_generation ORDER BY created_at DESC, id DESC OFFSET %s LIMIT 1
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--small", type=int, help="drawings at first (1,000)")
    parser.add_argument("--large", type=int, help="drawings in the end (1,000,000)")
    parser.add_argument("--requests", type=int, help="for each kind of page and table (400)")


def run(options: dict[str, Any]) -> dict[str, Any]:
    sizes = sizes_of(options, full=FULL, smoke=SMOKE)
    with installation({"base_url": None, "model": None, "instant_model": False}) as place:
        try:
            measured = asyncio.run(_measure(place, sizes))
        except FAULTS as fault:
            place.say_logs()
            return {"parameters": sizes, "faults": [describe(fault)]}
    slow = [] if options["smoke"] else _too_slow(measured["ratios"])
    return {"parameters": sizes, **measured, "faults": slow}


async def _measure(place: Installation, sizes: dict[str, int]) -> dict[str, Any]:
    owner = Person(place.url, f"bench-{uuid4().hex[:8]}@example.com")
    await owner.register()
    people = {"owner": owner, "visitor": Person(place.url, "")}
    there, found, seeded = 0, {}, {}
    for name in ("small", "large"):
        say(f"filling the table up to {sizes[name]}")
        began = time.monotonic()
        more = sizes[name] - there
        await asyncio.to_thread(
            place.manage, "seed_demo", "--generations", str(more), "--user", owner.email
        )
        await asyncio.to_thread(_write_out, place)
        await _come_back(owner, people["visitor"])
        there, seeded[name] = sizes[name], round(time.monotonic() - began, 1)
        say(f"asking for pages of {there}")
        found[name] = await _ask_all(place, people, there, sizes["requests"])
    return {**found, "seed_seconds": seeded, "ratios": _ratios(found["small"], found["large"])}


def _write_out(place: Installation) -> None:
    """What was filled in is written to disk now, and not while pages are asked for."""
    with _connect(place) as one:
        one.execute("CHECKPOINT")


async def _come_back(owner: Person, visitor: Person) -> None:
    """Filling takes longer than connections last that nobody uses, and than an access token."""
    for person in (owner, visitor):
        person.connection.close()
    await owner.call("POST", "/auth/refresh", want=200)


async def _ask_all(
    place: Installation, people: dict[str, Person], there: int, count: int
) -> dict[str, Any]:
    cursors = await asyncio.to_thread(_cursors, place, there)
    found = {}
    for name, (who, path) in PAGES.items():
        page = await _ask(place, people[who], path.format(**cursors), count)
        beside = await _latencies(people["visitor"], CONTROL, count)
        found[name] = {**page, "control_p50_ms": summary_ms(beside)["p50_ms"]}
    return found


def _cursors(place: Installation, there: int) -> dict[str, str]:
    with _connect(place) as one:
        at = {"second": 49, "deep": int(there * DEPTH) - 1}
        return {name: one.execute(_AT, [number]).fetchone()[0] for name, number in at.items()}  # type: ignore[index]


def _connect(place: Installation) -> psycopg.Connection:
    return psycopg.connect(Postgres(Home(place.run.parent)).url, autocommit=True)


async def _ask(place: Installation, person: Person, path: str, count: int) -> dict[str, Any]:
    """One after the other, warm. Raises Refused where an answer is no page."""
    for _ in range(max(3, count // 10)):
        _check(path, await person.call("GET", path, want=200))
    before = Cpu.used(place.run)
    latencies = await _latencies(person, path, count)
    return {**summary_ms(latencies), **Cpu.used(place.run).each_ms(before, count)}


async def _latencies(person: Person, path: str, count: int) -> list[float]:
    """Seconds, of requests one after the other."""
    latencies = []
    for _ in range(count):
        began = time.perf_counter()
        await person.call("GET", path, want=200)
        latencies.append(time.perf_counter() - began)
    return latencies


def _check(path: str, body: dict[str, Any]) -> None:
    if not (body.get("publicGenerations") or body.get("generations")):
        raise Refused(f"GET {path}: an empty page", status=200)


def _ratios(small: dict[str, Any], large: dict[str, Any]) -> dict[str, float]:
    """Of the medians, as multiples of what was asked for beside them."""

    def multiple(found: dict[str, Any]) -> float:
        return found["p50_ms"] / found["control_p50_ms"]

    return {name: round(multiple(large[name]) / multiple(small[name]), 2) for name in PAGES}


def _too_slow(ratios: dict[str, float]) -> list[str]:
    return [
        f"{name}: {ratio} times as long in the large table"
        for name, ratio in ratios.items()
        if ratio >= RATIO_MOST
    ]
