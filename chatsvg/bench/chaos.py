"""Scenario: people ask while workers and web are killed, Valkey emptied, PostgreSQL restarted."""

import asyncio
import os
import time
from argparse import ArgumentParser
from typing import Any

from chatsvg.bench import verdict
from chatsvg.bench.client import Person
from chatsvg.bench.errors import BenchError
from chatsvg.bench.hammer import Hammer
from chatsvg.bench.installation import (
    OF_ANOTHER,
    Installation,
    model_server,
    temporary_home,
)
from chatsvg.bench.load import Load
from chatsvg.bench.model_log import read_calls
from chatsvg.bench.people import gather_people
from chatsvg.bench.report import say
from chatsvg.bench.sizes import chosen as sizes_of
from chatsvg.bench.stack import Stack, StackError

HELP = "kill workers and web under load; every job must end, and none be charged twice"
IS_STRICT = True  # a broken promise is exit code 1, in the long run too
FULL = {"jobs": 1000, "kills": 50, "every": 5.0}
SMOKE = {"jobs": 100, "kills": 6, "every": 3.0}
PEOPLE, WORKERS = 10, 2
MODEL = "gpt-4o"  # one of those that go to OPENAI_BASE_URL
ANSWER = ("--first-delay=1", "--piece-delay=0.05")  # about 1.4 s for a whole answer
END_SECONDS = 150  # a job's whole deadline is 110
UNDER_WAY = "SELECT count(*) FROM generations_job WHERE status IN ('QUEUED', 'RUNNING')"


class Killed(Stack):
    """A stack whose processes show the model server who they are, by their keys."""

    def spawn(self, name: str, **env: str) -> None:
        super().spawn(name, OPENAI_API_KEY=name, **env)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--jobs", type=int, help="drawings asked for (1000)")
    parser.add_argument("--kills", type=int, help="processes killed, nine workers to a web (50)")
    parser.add_argument("--every", type=float, help="seconds from kill to kill, on average (5)")
    parser.add_argument("--seed", type=int, default=0, help="of moments and victims (0)")


def run(options: dict[str, Any]) -> dict[str, Any]:
    sizes = sizes_of(options, full=FULL, smoke=SMOKE)
    parameters = {**sizes, "seed": options["seed"], "people": PEOPLE, "workers": WORKERS}
    began = time.monotonic()
    with temporary_home() as home, model_server(home, *ANSWER) as model_url:
        env = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER}
        stack = Killed(home, env)
        stack.set(
            OPENAI_BASE_URL=model_url, EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"
        )
        try:
            say(f"starting web, upkeep and {WORKERS} workers in a folder of their own")
            stack.start(workers=WORKERS)
            found = _measure(stack, model_url, parameters)
        except StackError as error:
            raise BenchError(str(error)) from error
        finally:
            stack.stop()
    return {"parameters": parameters, **found, "duration_s": round(time.monotonic() - began, 1)}


def _measure(stack: Stack, model_url: str, parameters: dict[str, Any]) -> dict[str, Any]:
    jobs, kills, every = (parameters[name] for name in ("jobs", "kills", "every"))
    place = Installation(stack.url, stack.home.run, stack.env)
    say(f"registering {PEOPLE} people")
    people = asyncio.run(_register(place, credits=jobs))
    load = Load(people, jobs, kills * every, model=MODEL)
    hammer = Hammer(stack, model_url, kills=kills, every=every, seed=parameters["seed"])
    say(f"{jobs} jobs and {kills} kills in {kills * every:.0f} s or a little more")
    load.start()
    try:
        hammer.run()
        say("waiting for the last jobs")
        load.wait()
        stack.wait_for(lambda: _all_ended(stack, hammer), END_SECONDS)
    finally:
        load.stop()
    found = verdict.figures(stack, read_calls(model_url), hammer.blows, asked=jobs)
    faults = [*load.faults, *hammer.faults, *verdict.broken_promises(found, asked=jobs)]
    return {**found, "requests_sent_again": load.repeats, "faults": faults}


async def _register(place: Installation, *, credits: int) -> list[Person]:
    """People who can pay; they will ask from another event loop."""
    people = await gather_people(place, PEOPLE, credits=credits)
    for person in people:
        person.connection.close()
    return people


def _all_ended(stack: Stack, hammer: Hammer) -> bool:
    hammer.look_after()
    time.sleep(0.2)
    return not stack.value(UNDER_WAY)
