"""Scenario: many drawings under way in one worker process, and the memory that they take."""

import asyncio
import os
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from chatsvg.bench.errors import BenchError
from chatsvg.bench.installation import OF_ANOTHER, Installation, model_server, temporary_home
from chatsvg.bench.model_log import read_calls
from chatsvg.bench.people import ask_many, gather_people, not_succeeded, see_all_ends
from chatsvg.bench.report import say
from chatsvg.bench.stack import Stack, StackError

HELP = "many drawings at once in one worker, by a slow model: do all succeed, in how much memory"
IS_STRICT = True  # a drawing that does not succeed is exit code 1
FULL = (100, 6.0)  # drawings, seconds of each
SMOKE = (30, 2.0)
PEOPLE = 10
PIECES = 20  # of a whole answer
MODEL = "gpt-4o"  # one of those that go to OPENAI_BASE_URL
STYLE = "flat"  # which the answer keeps to, so that no repair is asked for
CONNECTIONS = 20  # to the database
SAMPLE_SECONDS = 0.2
GB = 1e9


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--drawings", type=int, help="asked for at once (100)")
    parser.add_argument("--seconds", type=float, help="that the model takes for each (6)")


def run(options: dict[str, Any]) -> dict[str, Any]:
    usual = SMOKE if options["smoke"] else FULL
    drawings, seconds = options["drawings"] or usual[0], options["seconds"] or usual[1]
    pace = f"--piece-delay={seconds / PIECES}"
    with temporary_home() as home, model_server(home, "--piece=45", pace) as model_url:
        env = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER}
        stack = Stack(home, env)
        stack.threads = drawings
        stack.set(
            OPENAI_BASE_URL=model_url,
            OPENAI_API_KEY="bench",
            CHATSVG_MODELS="",
            DB_POOL_SIZE=str(CONNECTIONS),
            EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        )
        try:
            say("starting web, upkeep and one worker in a folder of their own")
            stack.start()
            found = asyncio.run(_measure(stack, model_url, drawings))
        except StackError as error:
            raise BenchError(str(error)) from error
        finally:
            stack.stop()
    parameters = {"drawings": drawings, "seconds": seconds, "people": PEOPLE}
    parameters["database_connections"] = CONNECTIONS
    return {"parameters": parameters, **found}


async def _measure(stack: Stack, model_url: str, drawings: int) -> dict[str, Any]:
    place = Installation(stack.url, stack.home.run, stack.env)
    people = await gather_people(place, PEOPLE, credits=drawings + 1)
    say("warming up with one drawing")
    await see_all_ends(await ask_many(people, 1, model=MODEL))
    worker = Memory(stack.pid(stack.workers[0]))
    say(f"{drawings} drawings at once")
    started = time.perf_counter()
    with worker.watched():
        asked = await ask_many(people, drawings, model=MODEL, style=STYLE)
        ended = await see_all_ends(asked)
    seconds = time.perf_counter() - started
    failed = not_succeeded(ended)
    return {
        "succeeded": len(ended) - len(failed),
        "seconds": round(seconds, 1),
        "calls_at_once_most": _most_at_once(model_url),
        **worker.figures(_most_at_once(model_url)),
        "faults": [*asked.errors, *failed],
    }


def _most_at_once(model_url: str) -> int:
    """How many calls the model server had open at its busiest moment."""
    calls = read_calls(model_url)
    steps = [(call.began_at, 1) for call in calls]
    steps += [(call.ended_at or call.closed_at or call.began_at, -1) for call in calls]
    now = most = 0
    for _, step in sorted(steps):
        now += step
        most = max(most, now)
    return most


class Memory:
    """What a process takes (its proportional share, in bytes): idle, and at most while watched."""

    def __init__(self, pid: int):
        self._process = psutil.Process(pid)
        self.idle = self.most = self._now()
        self._ended = threading.Event()

    def _now(self) -> int:
        whole = self._process.memory_full_info()
        return getattr(whole, "pss", whole.rss)

    @contextmanager
    def watched(self) -> Iterator[None]:
        watch = threading.Thread(target=self._watch, name="memory", daemon=True)
        watch.start()
        try:
            yield
        finally:
            self._ended.set()
            watch.join()

    def _watch(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self.most = max(self.most, self._now())

    def figures(self, drawings: int) -> dict[str, Any]:
        """Of the whole process, and of what the drawings added to it."""
        added = self.most - self.idle
        return {
            "idle_mb": round(self.idle / 1e6, 1),
            "most_mb": round(self.most / 1e6, 1),
            "added_kb_each": round(added / 1e3 / drawings, 1),
            "drawings_per_gb": round(drawings / (self.most / GB)),
        }
