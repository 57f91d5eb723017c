"""Scenario: many Socket.IO clients; each event must reach its person's, and nobody else's."""

import asyncio
import time
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from chatsvg.bench import installation
from chatsvg.bench.client import Person
from chatsvg.bench.errors import BenchError
from chatsvg.bench.installation import Installation
from chatsvg.bench.listeners import Listener, Poller, WebSocketer
from chatsvg.bench.people import (
    FAULTS,
    ORDERS,
    PATIENCE_SECONDS,
    Asked,
    describe,
    gather_people,
    not_succeeded,
    see_all_ends,
)
from chatsvg.bench.report import say, summary_ms
from chatsvg.bench.servers import Cpu
from chatsvg.bench.sizes import chosen as sizes_of
from chatsvg.embedded.processes import read_pid

HELP = "Socket.IO clients over both transports: who is told, how soon, and memory for each"
FULL = {"sockets": 200, "jobs": 200, "rate": 10.0}
SMOKE = {"sockets": 10, "jobs": 10, "rate": 5.0}
IS_STRICT = True  # an event that is lost, or told to somebody else, is exit code 1
TRANSPORTS: dict[str, type[Listener]] = {"websocket": WebSocketer, "polling": Poller}
FIRST = 2  # people who connect before memory is measured
AT_ONCE = 20  # handshakes
SETTLE_SECONDS = 2.0
AGAIN_SECONDS = 2.0  # in which an end is told once more


def add_arguments(parser: ArgumentParser) -> None:
    installation.add_arguments(parser)
    parser.add_argument("--sockets", type=int, help="clients, half of each transport (200)")
    parser.add_argument("--jobs", type=int, help="drawings asked for, one after the other (200)")
    parser.add_argument("--rate", type=float, help="drawings asked for in a second (10)")


def run(options: dict[str, Any]) -> dict[str, Any]:
    sizes = sizes_of(options, full=FULL, smoke=SMOKE)
    model = installation.model_name(options)
    with installation.installation(options) as place:
        found, faults = asyncio.run(_measure(place, sizes, model))
        if faults:
            place.say_logs()
    return {"parameters": {**sizes, "model": model}, **found, "faults": faults}


async def _measure(
    place: Installation, sizes: dict[str, Any], model: str
) -> tuple[dict[str, Any], list[str]]:
    count = max(sizes["sockets"] // len(TRANSPORTS), FIRST)
    say(f"registering {count} people")
    people = await gather_people(place, count, credits=sizes["jobs"])
    crowd: dict[Person, list[Listener]] = {person: [] for person in people}
    try:
        memory = await connect_all(place, crowd)
        say(f"{sizes['jobs']} drawings")
        before = Cpu.used(place.run)
        asked = await ask_steadily(people, sizes["jobs"], sizes["rate"], model)
        ended = await see_all_ends(asked)
        cpu = Cpu.used(place.run).each_ms(before, len(asked.jobs))
        await see_all_told(crowd, asked)
        latency = lateness(crowd, asked, ended)
        faults = [*asked.errors, *not_succeeded(ended), *verdicts(crowd, asked)]
    finally:
        await asyncio.gather(*(one.close() for mine in crowd.values() for one in mine))
    return {"memory": memory, "finished_to_event": latency, **cpu}, faults


async def connect_all(place: Installation, crowd: dict[Person, list[Listener]]) -> dict[str, Any]:
    """Connect everybody by each transport; KiB that an idle connection takes in the server."""
    people = list(crowd)
    for transport in TRANSPORTS.values():
        await _connect(place, people[:FIRST], transport, crowd)
    found = {}
    for name, transport in TRANSPORTS.items():
        say(f"connecting {len(people)} clients by {name}")
        before = await _memory(place.run)
        await _connect(place, people[FIRST:], transport, crowd)
        after = await _memory(place.run)
        found[f"{name}_kib_each"] = _kib_each(before, after, len(people) - FIRST)
    return found


async def _connect(
    place: Installation,
    people: list[Person],
    transport: type[Listener],
    crowd: dict[Person, list[Listener]],
) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def connect(person: Person) -> None:
        async with gate:
            listener = transport(place.url, person.cookie)
            crowd[person].append(listener)
            await listener.open()

    try:
        await asyncio.gather(*map(connect, people))
    except FAULTS as fault:
        raise BenchError(f"Nobody can connect to {place.url}: {describe(fault)}") from fault


async def ask_steadily(people: list[Person], count: int, rate: float, model: str) -> Asked:
    """`count` drawings at `rate` a second, by everybody in turn."""
    asked, began = Asked(), time.monotonic()

    async def ask(number: int) -> None:
        person, (prompt, style) = people[number % len(people)], ORDERS[number % len(ORDERS)]
        try:
            job = await person.submit(uuid4().hex, prompt=prompt, style=style, model=model)
        except FAULTS as fault:
            asked.errors.append(describe(fault))
        else:
            asked.jobs.append((person, job))

    turns = []
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        turns.append(asyncio.create_task(ask(number)))
    await asyncio.gather(*turns)
    asked.seconds = time.monotonic() - began
    return asked


async def see_all_told(crowd: dict[Person, list[Listener]], asked: Asked) -> None:
    """Until everybody was told of the ends of their drawings, or patience ends; and a while more,
    in which they are told again."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if all(job in one.ends for person, job in asked.jobs for one in crowd[person]):
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(AGAIN_SECONDS)


def lateness(
    crowd: dict[Person, list[Listener]], asked: Asked, ended: list[dict[str, Any]]
) -> dict[str, Any]:
    """Of the first news of each end, by transport; by the server's clock and ours."""
    late: dict[str, list[float]] = {name: [] for name in TRANSPORTS}
    for (person, job_id), job in zip(asked.jobs, ended, strict=True):
        if not job.get("finishedAt"):
            continue
        finished = datetime.fromisoformat(job["finishedAt"]).timestamp()
        for name, transport in TRANSPORTS.items():
            told = (one.ends.get(job_id) for one in crowd[person] if type(one) is transport)
            late[name] += [times[0] - finished for times in told if times]
    return {name: summary_ms(seconds) for name, seconds in late.items()}


def verdicts(crowd: dict[Person, list[Listener]], asked: Asked) -> list[str]:
    """A sentence for everything that was not told, told too often, or told to somebody else."""
    faults = []
    for person, listeners in crowd.items():
        mine = {job for asker, job in asked.jobs if asker is person}
        for listener in listeners:
            name = type(listener).__name__
            if listener.fault:
                faults.append(f"{name}: {describe(listener.fault)}")
            faults += [f"{name} was told of another's {job}" for job in listener.jobs - mine]
            for job in mine:
                times = len(listener.ends.get(job, ()))
                if times != 2:
                    faults.append(f"{name} was told {times} times of the end of {job}")
    return faults


async def _memory(run: Path) -> int | None:
    """Bytes of who holds the connections, once it has settled: its own, swapped out or not."""
    await asyncio.sleep(SETTLE_SECONDS)
    pid = read_pid(run / "live.pid") or read_pid(run / "web.pid")
    if not pid:
        return None
    memory = psutil.Process(pid).memory_full_info()
    return memory.uss + getattr(memory, "swap", 0)


def _kib_each(before: int | None, after: int | None, count: int) -> float | None:
    if before is None or after is None or not count:
        return None
    return round((after - before) / 1024 / count, 1)
