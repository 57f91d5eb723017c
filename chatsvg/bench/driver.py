"""Scenario: the load driver that every server of the contract is measured by, run three times.

The driver is a program beside the design (`bench.py run`, `bench.py median`) and no part of ours.
Each run has an installation of its own, like production, with a model that answers at once. What
is told is the median of the runs, each figure beside the original backend's and its goal.
"""

import json
import shlex
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NamedTuple

from chatsvg.bench.errors import BenchError
from chatsvg.bench.installation import Installation, model_server, own, temporary_home
from chatsvg.bench.report import say, yardstick_ms
from chatsvg.embedded.home import PROJECT
from chatsvg.embedded.processes import read_pid

HELP = "the design's table, by the load driver beside it (--driver bench.py)"
IS_STRICT = False  # figures of a machine
RUN_SECONDS = 900
DOT = (  # what the driver asks for, as a model that answers well would draw it
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#000" '
    'stroke-width="2"><circle cx="12" cy="12" r="5"/></svg>'
)


class Figure(NamedTuple):
    """A row: where the driver's result has it, as the sum of these, and what it has to be."""

    name: str
    paths: tuple[str, ...]
    original: float
    goal: float
    unit: str
    is_least: bool = False  # the goal is a least, not a most

    def is_met(self, value: float) -> bool:
        return value >= self.goal if self.is_least else value <= self.goal


FIGURES = (
    Figure("submit, API CPU", ("a.api_cpu_ms_per_op",), 7.2, 3.0, "ms"),
    Figure("submits, 32 clients", ("a.req_per_s",), 156, 300, "/s", is_least=True),
    Figure("submits, 32 clients, p99", ("a.p99_ms",), 268, 150, "ms"),
    Figure(
        "whole job, CPU of web and worker",
        ("b.api_cpu_ms_per_op", "b.worker_cpu_ms_per_op"),
        *(29, 15, "ms"),
    ),
    Figure("500 jobs until all have succeeded", ("b.all_done_s",), 9.6, 4.8, "s"),
    Figure("submit to terminal event, p50", ("c.submit_to_terminal_event.p50_ms",), 49, 35, "ms"),
    Figure("submit to terminal event, p99", ("c.submit_to_terminal_event.p99_ms",), 118, 80, "ms"),
    Figure(
        "finished to event, 200 sockets, p50",
        ("e.paced_10_per_s.finished_to_event.p50_ms",),
        *(7.2, 5, "ms"),
    ),
    Figure(
        "finished to event, 200 sockets, p99",
        ("e.paced_10_per_s.finished_to_event.p99_ms",),
        *(33, 20, "ms"),
    ),
    Figure(
        "200 submit at once: last event", ("e.burst_one_job_each.all_events_in_s",), 4.8, 2.4, "s"
    ),
    Figure(
        "public drawings, first page, CPU",
        ("d.public_limit50.api_cpu_ms_per_op",),
        0.35,
        0.25,
        "ms",
    ),
    Figure(
        "public drawings, second page, CPU",
        ("d.public_second_page.api_cpu_ms_per_op",),
        1.3,
        0.65,
        "ms",
    ),
    Figure("own drawings, CPU", ("d.user_generations.api_cpu_ms_per_op",), 1.65, 0.8, "ms"),
    Figure("one job, CPU", ("d.job_get.api_cpu_ms_per_op",), 2.35, 1.2, "ms"),
    Figure("memory per idle socket", ("m.rss_kib_per_socket_slope",), 11, 60, "KiB"),
    Figure("idle memory, web", ("f.api.rss_mib",), 126, 110, "MB"),
    Figure("idle memory, worker", ("f.worker.rss_mib",), 146, 110, "MB"),
)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--driver", type=Path, required=True, help="the driver's bench.py")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scenarios", default="f,m,c,a,b,d,e", help="the driver's (all)")
    parser.add_argument("--out", type=Path, help="a folder that keeps each run's result")


def run(options: dict[str, Any]) -> dict[str, Any]:
    driver = options["driver"].resolve()
    if not driver.is_file():
        raise BenchError(f"{driver} is no file.")
    with temporary_home() as home:
        kept = options["out"] or home.root.parent
        kept.mkdir(parents=True, exist_ok=True)
        files = [kept / f"run{number + 1}.json" for number in range(options["runs"])]
        yardsticks = []
        for file in files:
            say(f"{file.name} of {len(files)}")
            yardsticks.append(yardstick_ms())
            _one_run(driver, options["scenarios"], file)
        found = json.loads(_drive(driver, "median", *map(str, files)))
    rows = table(found)
    return {
        "parameters": {"runs": len(files), "scenarios": options["scenarios"]},
        "yardsticks_ms": yardsticks,
        "table": rows,
        "median": found,
        "faults": [f"{row['figure']}: {row['ours']}" for row in rows if not row["met"]],
    }


def _one_run(driver: Path, scenarios: str, file: Path) -> None:
    with temporary_home() as home:
        answer = home.root.with_name("dot.svg")
        answer.write_text(DOT)
        with model_server(home, "--answer", str(answer)) as url:
            env = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "bench", "CHATSVG_MODELS": ""}
            with own(home, env) as place:
                words = ["--scenarios", scenarios, "--out", str(file)]
                _drive(driver, "run", *_about(place), *words, env=place.env)


def _about(place: Installation) -> list[str]:
    """What the driver has to know of an installation."""
    manage = shlex.join([sys.executable, str(PROJECT / "manage.py")])
    why = "--reason bench"
    return [
        *("--base-url", place.url),
        *("--api-pid", str(read_pid(place.run / "web.pid"))),
        *("--worker-pid", str(read_pid(place.run / "worker.pid"))),
        "--grant-credits-cmd",
        f"{manage} set_plan '{{email_like}}' SUPPORTER {why} && "
        f"{manage} grant_credits '{{email_like}}' {{credits}} {why}",
        "--seed-public-cmd",
        f"{manage} seed_demo --generations {{rows}} --user {{email}}",
    ]


def _drive(driver: Path, *words: str, env: dict[str, str] | None = None) -> str:
    """What it prints. Raises BenchError where it fails."""
    try:
        ended = subprocess.run(  # noqa: S603
            [sys.executable, str(driver), *words],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=RUN_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"The driver did not end within {RUN_SECONDS} s.") from None
    if ended.returncode:
        raise BenchError(f"The driver ended with {ended.returncode}.")
    return ended.stdout


def table(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows that a result has, each with whether its goal is met."""
    rows = []
    for one in FIGURES:
        values = [_at(found, path) for path in one.paths]
        if None in values:
            continue
        ours = round(sum(values), 3)  # type: ignore[arg-type]
        rows.append(
            {
                "figure": f"{one.name} ({one.unit})",
                "original": one.original,
                "goal": one.goal,
                "ours": ours,
                "met": one.is_met(ours),
            }
        )
    return rows


def _at(found: dict[str, Any], path: str) -> float | None:
    value: Any = found
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
