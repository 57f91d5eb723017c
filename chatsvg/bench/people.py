"""The people of a run: registered over HTTP, made able to pay, asking for drawings."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from chatsvg.bench.client import Person, Refused
from chatsvg.bench.errors import BenchError
from chatsvg.bench.installation import Installation

ENDED = ("SUCCEEDED", "FAILED")
PATIENCE_SECONDS = 130  # a job's whole deadline is 110
POLL_SECONDS = 0.1
REGISTERING_MOST = 16  # at once: each is a password to hash
FAULTS = (OSError, EOFError, TimeoutError, Refused)
ORDERS = (
    ("a red fox asleep", "flat"),
    ("a rocket ship above the clouds", "3d"),
    ("shopping cart icon", "outline"),
    ("a lighthouse by the sea", "gradient"),
    ("a cup of coffee with steam", "minimal"),
    ("a bicycle under a tree", "line-art"),
    ("a smiling robot waving", "cartoon"),
    ("a mountain lake at sunrise", "modern"),
    ("a guitar and a music note", "filled"),
)


@dataclass
class Asked:
    """Jobs that were asked for at once, and how the asking went."""

    jobs: list[tuple[Person, str]] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)  # seconds
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0


async def gather_people(place: Installation, count: int, *, credits: int) -> list[Person]:
    """Register `count` people on the larger plan with `credits` more each."""
    tag = f"bench-{uuid4().hex[:8]}-"
    people = [Person(place.url, f"{tag}{number}@example.com") for number in range(count)]
    gate = asyncio.Semaphore(REGISTERING_MOST)
    try:
        await asyncio.gather(*(_register(person, gate) for person in people))
    except FAULTS as fault:
        raise BenchError(f"Nobody can register at {place.url}: {describe(fault)}") from fault
    for words in (("set_plan", f"{tag}%", "SUPPORTER"), ("grant_credits", f"{tag}%", str(credits))):
        await asyncio.to_thread(place.manage, *words, "--reason", "bench")
    return people


async def _register(person: Person, gate: asyncio.Semaphore) -> None:
    async with gate:
        await person.register()


async def ask_many(
    people: list[Person], count: int, *, model: str, style: str | None = None
) -> Asked:
    """`count` submits by all people at once, each with one under way at a time; in every style,
    or in one."""
    asked, numbers = Asked(), iter(range(count))

    async def ask_on(person: Person) -> None:
        for number in numbers:
            await _ask(person, number, model, style, asked)

    started = time.perf_counter()
    await asyncio.gather(*map(ask_on, people))
    asked.seconds = time.perf_counter() - started
    return asked


async def _ask(person: Person, number: int, model: str, style: str | None, asked: Asked) -> None:
    prompt, usual = ORDERS[number % len(ORDERS)]
    started = time.perf_counter()
    try:
        job = await person.submit(uuid4().hex, prompt=prompt, style=style or usual, model=model)
    except FAULTS as fault:
        asked.errors.append(describe(fault))
    else:
        asked.latencies.append(time.perf_counter() - started)
        asked.jobs.append((person, job))


async def see_end(person: Person, job_id: str, *, every: float = POLL_SECONDS) -> dict[str, Any]:
    """The job once it has ended, or as it is when patience ends."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            job = await person.job(job_id)
        except FAULTS as fault:
            job = {"status": "UNKNOWN", "errorCode": describe(fault)}
        if job["status"] in ENDED or time.monotonic() > end:
            return job
        await asyncio.sleep(every)


async def see_last_ends(asked: Asked) -> None:
    """Return when each person's last job has ended: few questions, and nearly all jobs are done."""
    for person, job_id in dict(asked.jobs).items():
        await see_end(person, job_id)


async def see_all_ends(asked: Asked) -> list[dict[str, Any]]:
    """Every job of these, ended."""
    return [await see_end(person, job_id) for person, job_id in asked.jobs]


def not_succeeded(jobs: list[dict[str, Any]]) -> list[str]:
    """What became of those that have not succeeded."""
    return [f"{job['status']} {job['errorCode']}" for job in jobs if job["status"] != "SUCCEEDED"]


def describe(fault: BaseException) -> str:
    return f"{type(fault).__name__} {fault}".strip()
