"""`manage.py bench sanitizer`: its drawings, its figures, and that it needs no server."""

import json
import os
import subprocess
import sys

import pytest

from chatsvg.bench.drawings import BOMBS, drawing
from chatsvg.bench.sanitizer import measure_drawings, measure_once
from chatsvg.embedded.home import PROJECT
from generations import svg

LATENCY = {"n", "p50_ms", "p90_ms", "p99_ms", "max_ms"}
MORE = {5_000: (), 100_000: ("<use", "<text", "clip-path", "class=")}


@pytest.mark.ci
@pytest.mark.slow
def test_bench_sanitizer_prints_one_json_object_and_starts_no_server(tmp_path):
    ran = subprocess.run(
        [sys.executable, "manage.py", "bench", "sanitizer", "--smoke"],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": "", "REDIS_URL": "", "CHATSVG_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["faults"] == []
    assert told["parameters"]["sanitizer_version"] == svg.SANITIZER_VERSION
    for name, count in (("small", 10), ("large", 3)):
        assert told[name].keys() == LATENCY | {"bytes", "elements", "mb_per_second", "peak_mb"}
        assert told[name]["n"] == count
    assert told["large"]["p50_ms"] > told["small"]["p50_ms"] > 0
    assert told["bombs"]["each"].keys() == BOMBS.keys()
    assert told["bombs"]["worst_ms"]["cpu_ms"] <= 5000
    assert told["bombs"]["worst_mb"]["peak_mb"] <= 150
    assert not (tmp_path / "run").exists() or not list((tmp_path / "run").iterdir())


@pytest.mark.parametrize("size", [5_000, 100_000])
def test_drawings_are_of_that_size_and_keep_everything(size):
    text = drawing(size, 7)

    assert text == drawing(size, 7)
    assert text != drawing(size, 8)
    assert size <= len(text) <= size + 2_000
    made = svg.sanitize(text)
    assert made.notes == ()
    assert svg.measure(made.svg).elements >= svg.measure(text).elements - 1  # the style sheet
    for word in ("<path", "url(#", "<filter", "<clipPath", "<style") + MORE[size]:
        assert word in text


def test_measuring_tells_what_was_left_out_or_refused(monkeypatch):
    texts = iter(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script/></svg>',
            "<svg",
        ]
    )
    monkeypatch.setattr("chatsvg.bench.sanitizer.drawing", lambda size, seed: next(texts))
    monkeypatch.setattr("chatsvg.bench.sanitizer._warm_up", lambda: None)
    faults = []

    found = measure_drawings(70, 2, 0, faults)

    assert found["n"] == 1
    assert faults == [
        "drawing 0 of 70 bytes: element script dropped",
        "drawing 1 of 70 bytes: malformed",
    ]


def test_measured_memory_is_what_sanitizing_takes():
    found = measure_once(BOMBS["elements within the limit"]())

    assert found["outcome"] == "drawn"
    assert found["cpu_ms"] > 1
    assert 0 <= found["peak_mb"] < 150
