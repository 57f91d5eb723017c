"""Scenario: what everything that is listed costs among few rows and among a million.

Drawings, jobs, ledger entries, events, calls of models and notifications, of one person by the
half and of everybody, in an installation of its own without servers for the web: the pages are
asked for in one process beside PostgreSQL, and what counts is the CPU of the two.
"""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from chatsvg.bench.errors import BenchError
from chatsvg.bench.installation import temporary_home
from chatsvg.bench.report import say
from chatsvg.bench.sizes import chosen as sizes_of
from chatsvg.bench.stack import Stack
from chatsvg.embedded.home import PROJECT

HELP = "every list, the sweeps and submits among few rows and among a million"
FULL = {"small": 1_000, "large": 1_000_000, "requests": 100}
SMOKE = {"small": 500, "large": 3_000, "requests": 5}
IS_STRICT = True  # a cost that grows is exit code 1; the small run, a few requests, judges none
RATIO_MOST = 1.5
FLOOR_MS = 1.0  # more that is no growth: noise, and pages of other drawings
BOUNDED = {
    "metrics"
}  # told, not judged: it reads the newest 20,000 calls of models, where they are


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--small", type=int, help="rows of each table at first (1,000)")
    parser.add_argument("--large", type=int, help="rows in the end (1,000,000)")
    parser.add_argument("--requests", type=int, help="for each list and size (100)")


def run(options: dict[str, Any]) -> dict[str, Any]:
    sizes = sizes_of(options, full=FULL, smoke=SMOKE)
    found = _measure(sizes)
    small, large = (found[str(sizes[name])]["ms"] for name in ("small", "large"))
    costs = {name: _told(small[name], large[name]) for name in small}
    filled = {size: one["filled_in_s"] for size, one in found.items()}
    grown = [] if options["smoke"] else faults(costs)
    return {"parameters": sizes, "filled_in_s": filled, "cpu_ms": costs, "faults": grown}


def _measure(sizes: dict[str, int]) -> dict[str, Any]:
    """By size, what `growth_pages` found."""
    with temporary_home() as home:
        stack = Stack(home, os.environ, durable=False)
        try:
            for server in (stack.postgres, stack.valkey):
                server.start()
            stack.migrate()
            return _ask(stack, [sizes["small"], sizes["large"]], sizes["requests"])
        finally:
            stack.stop()


def _ask(stack: Stack, sizes: list[int], requests: int) -> dict[str, Any]:
    say("asking in a process of its own")
    asked = json.dumps({"sizes": sizes, "requests": requests})
    env = {**stack.env, "LOG_LEVEL": "ERROR", "ACCESS_LOG": "false", "DEBUG": "false"}
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "chatsvg.bench.growth_pages", asked],
        cwd=PROJECT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise BenchError("What was asked for was not answered; the reason stands above.")
    return json.loads(ended.stdout)


def _told(small: dict[str, float], large: dict[str, float]) -> dict[str, dict[str, float]]:
    """Of both processes together, and of PostgreSQL alone, which the other may outweigh."""
    both = sum(small.values()), sum(large.values())
    return {
        "all": _compared(*both),
        "database": _compared(small["database"], large["database"]),
    }


def _compared(small: float, large: float) -> dict[str, float]:
    return {
        "small": round(small, 3),
        "large": round(large, 3),
        "ratio": round(large / max(small, 0.001), 2),
    }


def faults(costs: dict[str, dict[str, dict[str, float]]]) -> list[str]:
    """A sentence for whatever costs more among more."""
    return [
        f"{name}: {one['large']} ms in place of {one['small']} ({where})"
        for name, found in costs.items()
        for where, one in found.items()
        if name not in BOUNDED
        and one["ratio"] >= RATIO_MOST
        and one["large"] - one["small"] > FLOOR_MS
    ]
