"""Scenario: what the sanitizer costs: processor time and memory, on drawings and on bombs.

It needs no server. Each peak of memory is measured in a process of its own, which is this module
run as a program.
"""

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from chatsvg.bench.drawings import BOMBS, drawing
from chatsvg.bench.errors import BenchError
from chatsvg.bench.report import say, summary_ms
from chatsvg.bench.sizes import chosen as sizes_of
from chatsvg.embedded.home import PROJECT
from generations import svg

HELP = "processor time and memory of the sanitizer, on drawings of 5 and 100 KB and on bombs"
IS_STRICT = False  # figures, of which none is right or wrong
FULL = {"small": 400, "large": 120}
SMOKE = {"small": 10, "large": 3}
SIZES = {"small": 5_000, "large": 100_000}  # bytes
CHILD_SECONDS = 60
MEGABYTE = 1024 * 1024


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--small", type=int, help="drawings of 5 KB (400)")
    parser.add_argument("--large", type=int, help="drawings of 100 KB (120)")
    parser.add_argument("--seed", type=int, default=0, help="of the drawings (0)")


def run(options: dict[str, Any]) -> dict[str, Any]:
    counts = sizes_of(options, full=FULL, smoke=SMOKE)
    faults: list[str] = []
    found: dict[str, Any] = {}
    for name, count in counts.items():
        say(f"{count} drawings of {SIZES[name] // 1000} KB")
        found[name] = measure_drawings(SIZES[name], count, options["seed"], faults)
        found[name]["peak_mb"] = in_child(name, options["seed"])["peak_mb"]
    found["bombs"] = measure_bombs(faults)
    parameters = {**counts, "seed": options["seed"], "sanitizer_version": svg.SANITIZER_VERSION}
    load = dict(zip(("load_1m", "load_5m", "load_15m"), os.getloadavg(), strict=True))
    return {"parameters": parameters, **load, **found, "faults": faults}


def measure_drawings(size: int, count: int, seed: int, faults: list[str]) -> dict[str, Any]:
    """Processor time of this thread for each of `count` drawings, after a first to warm up."""
    drawings = [drawing(size, seed + number) for number in range(count)]
    _warm_up()
    gc.collect()
    seconds, length = [], 0
    for number, text in enumerate(drawings):
        start = time.thread_time()
        try:
            made = svg.sanitize(text)
        except svg.Rejected as refusal:
            faults.append(f"drawing {number} of {size} bytes: {refusal.code}")
            continue
        seconds.append(time.thread_time() - start)
        length += len(text.encode())
        if made.notes:
            faults.append(f"drawing {number} of {size} bytes: {made.notes[0]}")
        elif number < len(drawings) // 10 + 1 and svg.sanitize(made.svg).svg != made.svg:
            faults.append(f"drawing {number} of {size} bytes: changed when sanitized again")
    spent = sum(seconds)
    return {
        "bytes": round(statistics.mean(len(text) for text in drawings)),
        "elements": round(statistics.mean(text.count("<") - text.count("</") for text in drawings)),
        **summary_ms(seconds),
        "mb_per_second": round(length / spent / 1e6, 2) if spent else None,
    }


def measure_bombs(faults: list[str]) -> dict[str, Any]:
    """The bombs one by one, and the worst of them."""
    say(f"{len(BOMBS)} bombs")
    each = {name: in_child(name, 0) for name in BOMBS}
    faults += [f"{name}: internal" for name, one in each.items() if one["outcome"] == "internal"]
    slowest = max(each, key=lambda name: each[name]["cpu_ms"])
    largest = max(each, key=lambda name: each[name]["peak_mb"])
    return {
        "worst_ms": {"bomb": slowest, "cpu_ms": each[slowest]["cpu_ms"]},
        "worst_mb": {"bomb": largest, "peak_mb": each[largest]["peak_mb"]},
        "each": each,
    }


def in_child(name: str, seed: int) -> dict[str, Any]:
    """`measure_once` in a fresh process, which a drawing that does harm may not outlive."""
    try:
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "chatsvg.bench.sanitizer", name, str(seed)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
            timeout=CHILD_SECONDS,
        )
    except subprocess.SubprocessError as error:
        raise BenchError(f"{name} could not be measured: {error}") from error
    return json.loads(child.stdout)


def measure_once(text: str) -> dict[str, Any]:
    """What becomes of one drawing; processor time, and the peak of memory above what was there."""
    gc.collect()
    before, peak = psutil.Process().memory_info().rss, _peak_memory()
    start = time.process_time()
    try:
        outcome = "drawn" if svg.sanitize(text).svg else ""
    except svg.Rejected as refusal:
        outcome = refusal.code
    spent = time.process_time() - start
    return {
        "outcome": outcome,
        "cpu_ms": round(spent * 1000, 2),
        "peak_mb": round(max(peak() - before, 0) / MEGABYTE, 1),
    }


def _peak_memory() -> Callable[[], int]:
    """How to read this process's peak from now on, in bytes."""
    status, resets = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if status.exists():
        with suppress(OSError):
            resets.write_text("5")  # the peak begins anew at what is used now (proc(5))
        return lambda: _kilobytes(status.read_text()) * 1024
    import resource  # where there is no /proc; there the unit is bytes

    return lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _kilobytes(status: str) -> int:
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def _warm_up() -> None:
    """Load what is loaded at the first use."""
    with suppress(svg.Rejected):
        svg.sanitize(drawing(1_000, 1))


def main(name: str, seed: str) -> None:
    text = BOMBS[name]() if name in BOMBS else drawing(SIZES[name], int(seed))
    _warm_up()
    sys.stdout.write(json.dumps(measure_once(text)))


if __name__ == "__main__":
    main(*sys.argv[1:])
