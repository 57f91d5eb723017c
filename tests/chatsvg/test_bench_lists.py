"""`manage.py bench lists`, for real: a small run."""

import json
import subprocess
import sys

import pytest

from chatsvg.bench.lists import PAGES, _too_slow
from chatsvg.embedded.home import PROJECT


@pytest.mark.slow
def test_bench_lists_prints_one_json_object():
    ran = subprocess.run(
        [sys.executable, "manage.py", "bench", "lists", "--smoke"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["faults"] == []
    assert told["small"].keys() == told["large"].keys() == told["ratios"].keys() == PAGES.keys()
    for name in PAGES:
        assert told["large"][name]["n"] == 10
        assert told["large"][name]["p50_ms"] > 0


def test_page_that_grows_with_the_table_is_a_fault():
    assert _too_slow({"first": 1.49, "deep": 1.5}) == ["deep: 1.5 times as long in the large table"]
