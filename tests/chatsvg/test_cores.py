"""Processes that keep to one processor, asked of the system itself."""

import os
import subprocess
import sys

import pytest

from chatsvg.embedded.home import PROJECT

MAY_USE = sorted(os.sched_getaffinity(0))
SAY = """
import os, threading
from chatsvg import cores

def say():
    print(*sorted(os.sched_getaffinity(0)))

cores.keep_to_mine()
say()
other = threading.Thread(target=say)
other.start()
other.join()
with cores.everywhere():
    say()
say()
"""


def process_of(core: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", SAY],
        cwd=PROJECT,
        env={**os.environ, "CPU_CORE": core},
        capture_output=True,
        text=True,
        timeout=60,
    )


def said(core: str) -> list[list[int]]:
    """Where a process is, a thread of it, the first one inside `everywhere`, and after that."""
    ended = process_of(core)
    assert ended.returncode == 0, ended.stderr
    return [[int(word) for word in line.split()] for line in ended.stdout.splitlines()]


@pytest.mark.parametrize("core", ["0", "1", "7", " 1 "])
def test_process_keeps_to_the_one_that_is_named(core):
    one = [MAY_USE[int(core) % len(MAY_USE)]]

    assert said(core) == [one, one, MAY_USE, one]


def test_process_is_where_the_system_puts_it_where_none_is_named():
    assert said("") == [MAY_USE] * 4


@pytest.mark.parametrize("core", ["first", "-1", "0,1", "½"])
def test_what_is_no_number_stops_the_start_by_name(core):
    ended = process_of(core)

    assert ended.returncode == 1
    assert f"CPU_CORE must be a whole number, not '{core}'." in ended.stderr
