"""Scenario: how fast submits are taken, how fast jobs are done, and how long one job takes."""

import asyncio
import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from uuid import uuid4

from chatsvg.bench import installation
from chatsvg.bench.client import Person
from chatsvg.bench.installation import Installation
from chatsvg.bench.people import (
    FAULTS,
    ORDERS,
    ask_many,
    describe,
    gather_people,
    not_succeeded,
    see_all_ends,
    see_end,
    see_last_ends,
)
from chatsvg.bench.report import rate, say, summary_ms
from chatsvg.bench.servers import Cpu, frozen_worker
from chatsvg.bench.sizes import chosen as sizes_of

HELP = "submit throughput and latency, jobs per second, one job at a time"
FULL = {"clients": 32, "requests": 300, "jobs": 200, "singles": 20}
SMOKE = {"clients": 8, "requests": 20, "jobs": 10, "singles": 3}
IS_STRICT = False  # figures, of which none is right or wrong
CLOSE_LOOK_SECONDS = 0.01


def add_arguments(parser: ArgumentParser) -> None:
    installation.add_arguments(parser)
    parser.add_argument("--clients", type=int, help="people at once (32)")
    parser.add_argument("--requests", type=int, help="submits while the worker stands still (300)")
    parser.add_argument("--jobs", type=int, help="jobs while the worker runs (200)")
    parser.add_argument("--singles", type=int, help="jobs one at a time (20)")


def run(options: dict[str, Any]) -> dict[str, Any]:
    sizes = sizes_of(options, full=FULL, smoke=SMOKE)
    model = installation.model_name(options)
    with installation.installation(options) as place:
        phases = asyncio.run(_measure(place, sizes, model))
        faults = [f"{name}: {fault}" for name, phase in phases.items() for fault in _faults(phase)]
        if faults:
            place.say_logs()
    return {"parameters": {**sizes, "model": model}, **phases, "faults": faults}


async def _measure(place: Installation, sizes: dict[str, int], model: str) -> dict[str, Any]:
    credits = sum(sizes.values())
    say(f"registering {sizes['clients']} people")
    people = await gather_people(place, sizes["clients"], credits=credits)
    say("warming up")
    await see_all_ends(await ask_many(people, len(people), model=model))
    say(f"{sizes['requests']} submits while the worker stands still")
    submit = await measure_submits(place, people, sizes["requests"], model)
    say(f"{sizes['jobs']} jobs at once")
    jobs = await measure_jobs(place, people, sizes["jobs"], model)
    say(f"{sizes['singles']} jobs, one at a time")
    singles = await measure_singles(people[0], sizes["singles"], model)
    return {"submit": submit, "jobs": jobs, "one_at_a_time": singles}


async def measure_submits(
    place: Installation, people: list[Person], count: int, model: str
) -> dict[str, Any]:
    """The web process alone. The jobs are done afterwards, unmeasured."""
    with frozen_worker(place.run) as frozen:
        before = Cpu.used(place.run)
        asked = await ask_many(people, count, model=model)
        cpu = Cpu.used(place.run).each_ms(before, count)
    ended = await see_all_ends(asked)
    return {
        "worker_frozen": frozen,
        "per_second": rate(len(asked.jobs), asked.seconds),
        **summary_ms(asked.latencies),
        **cpu,
        "errors": asked.errors,
        "not_succeeded": not_succeeded(ended),
    }


async def measure_jobs(
    place: Installation, people: list[Person], count: int, model: str
) -> dict[str, Any]:
    """Web and worker together, from the first submit to the last end (by the server's clock)."""
    before = Cpu.used(place.run)
    asked = await ask_many(people, count, model=model)
    await see_last_ends(asked)
    cpu = Cpu.used(place.run).each_ms(before, count)
    ended = await see_all_ends(asked)
    failed = not_succeeded(ended)
    done = [job for job in ended if job.get("finishedAt")]
    first = min((_epoch(job["createdAt"]) for job in done), default=0.0)
    seconds = max((_epoch(job["finishedAt"]) for job in done), default=0.0) - first
    return {
        "n": len(ended),
        "submit_seconds": round(asked.seconds, 3),
        "seconds": round(seconds, 3),
        "per_second": rate(len(ended) - len(failed), seconds),
        **cpu,
        "errors": asked.errors,
        "not_succeeded": failed,
    }


async def measure_singles(person: Person, count: int, model: str) -> dict[str, Any]:
    """Submit, and look closely until it has ended; then the next."""
    answered, finished, errors, ended = [], [], [], []
    for number in range(count):
        prompt, style = ORDERS[number % len(ORDERS)]
        started = time.time()
        try:
            job_id = await person.submit(uuid4().hex, prompt=prompt, style=style, model=model)
        except FAULTS as fault:
            errors.append(describe(fault))
            continue
        answered.append(time.time() - started)
        job = await see_end(person, job_id, every=CLOSE_LOOK_SECONDS)
        ended.append(job)
        if job.get("finishedAt"):
            finished.append(_epoch(job["finishedAt"]) - started)
    return {
        "submit": summary_ms(answered),
        "submit_to_finished": summary_ms(finished),
        "errors": errors,
        "not_succeeded": not_succeeded(ended),
    }


def _epoch(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()


def _faults(phase: dict[str, Any]) -> list[str]:
    return [*phase["errors"], *phase["not_succeeded"]]
