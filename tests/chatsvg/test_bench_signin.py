"""`manage.py bench signin`, for real: a small run; and its statistic."""

import json
import subprocess
import sys

import pytest

from chatsvg.bench.signin import compare, standard_score
from chatsvg.embedded.home import PROJECT

LATENCY = {"n", "p50_ms", "p90_ms", "p99_ms", "max_ms"}
COMPARED = LATENCY | {"median_ratio", "mann_whitney_z"}


@pytest.mark.slow
def test_bench_signin_prints_one_json_object():
    ran = subprocess.run(
        [sys.executable, "manage.py", "bench", "signin", "--smoke"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["faults"] == []
    assert {kind: one["n"] for kind, one in told["signin"].items()} == {
        "wrong_password": 5,
        "unknown": 5,
        "no_password": 5,
    }
    assert told["signin"]["wrong_password"].keys() == LATENCY
    assert told["signin"]["unknown"].keys() == COMPARED
    assert {kind: one["n"] for kind, one in told["forgot"].items()} == {"known": 5, "unknown": 5}


def test_score_of_equals_is_small_and_of_slower_ones_large():
    times = [number / 1000 for number in range(300)]
    evens, odds = times[::2], times[1::2]

    assert abs(standard_score(evens, odds)) < 0.2
    assert standard_score([one + 1 for one in odds], evens) > 10
    assert standard_score(odds, [one + 1 for one in evens]) < -10
    assert standard_score([], evens) is None


def test_compare_tells_how_the_others_differ_from_the_first():
    told = compare({"known": [0.001] * 10, "unknown": [0.002] * 10, "away": []})

    assert told["known"].keys() == LATENCY
    assert told["unknown"]["median_ratio"] == 2.0
    assert told["unknown"]["mann_whitney_z"] > 3
    assert told["away"]["median_ratio"] is None
