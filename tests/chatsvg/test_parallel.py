"""How a run is shared out among processes."""

import os
import subprocess
import sys

from chatsvg.embedded.home import PROJECT
from chatsvg.management.commands.test import IN_PARALLEL
from tests import parallel
from tests.parallel import LONG, TOGETHER, WAITING, choose

FILE = """
import os, pathlib, pytest
@pytest.mark.parametrize("number", range(6))
def test_it(number):
    with open(pathlib.Path(__file__).with_suffix(".ran"), "a") as file:
        print(os.environ["PYTEST_XDIST_WORKER"], file=file)
"""


def test_files_stay_whole(tmp_path):
    """As the command asks for it; a version of pytest once shared out single tests instead."""
    names = ("one", "two", "three", "four")
    for name in names:
        (tmp_path / f"test_{name}.py").write_text(FILE)

    apart = ["-p", "no:django", "-c", os.devnull, "--rootdir", tmp_path]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *IN_PARALLEL, "-p", "tests.parallel", *apart, tmp_path],
        env={"PATH": os.defpath, "PYTHONPATH": str(PROJECT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    workers = [(tmp_path / f"test_{name}.ran").read_text().split() for name in names]
    assert [(len(set(one)), len(one)) for one in workers] == [(1, 6)] * len(names)
    assert len({name for one in workers for name in one}) > 1


def test_piece_is_the_file_or_a_folder_that_stays_whole():
    assert parallel.piece("tests/faults/test_web.py::test_it[a::b/c]") == "tests/faults"
    assert parallel.piece("tests/credits/test_refill.py::test_it") == "tests/credits/test_refill.py"


def test_pieces_that_are_named_are_there():
    assert [name for name in {*TOGETHER, *WAITING, *LONG} if not (PROJECT / name).exists()] == []


def test_one_process_works_while_the_others_wait():
    works, waits = LONG[0], WAITING[0]

    assert choose([works, waits], may_wait=True) == waits
    assert choose([waits, works], may_wait=False) == works
    assert choose([waits], may_wait=False) == waits
    assert choose([works], may_wait=True) == works
