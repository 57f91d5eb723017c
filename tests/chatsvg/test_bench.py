"""`manage.py bench`, for real: what it prints, and that it leaves nothing behind."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from chatsvg.bench.driver import table
from chatsvg.bench.report import summary_ms
from chatsvg.bench.servers import Cpu, frozen_worker
from chatsvg.embedded.home import PROJECT
from chatsvg.embedded.processes import wait_until, write_pid

LATENCY = {"n", "p50_ms", "p90_ms", "p99_ms", "max_ms"}
CPU = {"web_cpu_ms_each", "worker_cpu_ms_each", "driver_cpu_ms_each"}
FAULTS = {"errors", "not_succeeded"}


def bench(*words):
    return subprocess.Popen(
        [sys.executable, "manage.py", "bench", *words],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def folders_of(process):
    return list(Path("/tmp").glob(f"chatsvg-bench-{process.pid}-*"))


@pytest.fixture
def worker(tmp_path):
    """A process whose pid file says that it is the worker."""
    process = subprocess.Popen([sys.executable, "-c", "import time; print(1); time.sleep(60)"])
    write_pid(tmp_path / "worker.pid", process.pid)
    yield psutil.Process(process.pid)
    process.kill()
    process.wait()


def test_table_has_a_row_for_every_figure_that_was_measured():
    found = {
        "a": {"api_cpu_ms_per_op": 2.9, "req_per_s": 299.0, "p99_ms": 150},
        "b": {"api_cpu_ms_per_op": 5.0, "worker_cpu_ms_per_op": 10.5},
    }

    assert [(row["figure"], row["ours"], row["met"]) for row in table(found)] == [
        ("submit, API CPU (ms)", 2.9, True),
        ("submits, 32 clients (/s)", 299.0, False),
        ("submits, 32 clients, p99 (ms)", 150, True),
        ("whole job, CPU of web and worker (ms)", 15.5, False),
    ]


STARTING = "starting manage.py dev --like-production in a folder of its own\n"
MEASURING = "registering 8 people\n"


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "moment"), [(signal.SIGTERM, STARTING), (signal.SIGINT, MEASURING)]
)
def test_bench_interrupted_ends_what_it_started(number, moment):
    process = bench("submit", "--smoke")
    assert process.stderr.readline() == STARTING
    assert moment == STARTING or process.stderr.readline() == moment
    itself = psutil.Process(process.pid)
    assert wait_until(lambda: itself.children(recursive=True), 30)
    started = itself.children(recursive=True)

    process.send_signal(number)
    output, _ = process.communicate(timeout=60)

    assert process.returncode not in (0, None)
    assert output == ""
    assert wait_until(lambda: not any(one.is_running() for one in started), 20)
    assert folders_of(process) == []


def test_bench_says_that_nobody_answers():
    process = bench("submit", "--smoke", "--base-url", "http://127.0.0.1:1")

    output, complaint = process.communicate(timeout=30)

    assert process.returncode == 1
    assert output == ""
    assert "Nobody can register at http://127.0.0.1:1" in complaint


def test_frozen_worker_stands_still_inside_only(worker, tmp_path):
    with frozen_worker(tmp_path) as found:
        assert found is True
        assert wait_until(lambda: worker.status() == psutil.STATUS_STOPPED, 10)

    assert wait_until(lambda: worker.status() != psutil.STATUS_STOPPED, 10)


def test_frozen_worker_tells_when_there_is_none(tmp_path):
    with frozen_worker(tmp_path) as found:
        assert found is False


def test_cpu_of_processes_elsewhere_is_unknown(tmp_path):
    before = Cpu.used(tmp_path)

    each = Cpu.used(tmp_path).each_ms(before, 10)

    assert each.keys() == CPU
    assert (each["web_cpu_ms_each"], each["worker_cpu_ms_each"]) == (None, None)


def test_cpu_each_is_the_difference_shared():
    before = Cpu(web=1.0, worker=2.0, driver=3.0)

    assert Cpu(web=1.5, worker=2.0, driver=3.1).each_ms(before, 100) == {
        "web_cpu_ms_each": 5.0,
        "worker_cpu_ms_each": 0.0,
        "driver_cpu_ms_each": 1.0,
    }


def test_summary_takes_the_nearest_rank():
    assert summary_ms([number / 1000 for number in range(100, 0, -1)]) == {
        "n": 100,
        "p50_ms": 50.0,
        "p90_ms": 90.0,
        "p99_ms": 99.0,
        "max_ms": 100.0,
    }
    assert summary_ms([])["p99_ms"] is None
