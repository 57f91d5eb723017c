"""The pytest plugin that shares a run out among processes, and prints what was measured.

Files stay whole, so that what a file's tests share is started once. The tests of the folders in
TOGETHER share installations of real processes: each folder is one piece. Pieces with slow tests
begin first, for they wait more than they work; of the others those with most tests, so that no
process is left alone with a long one.
"""

import gc
from collections import Counter
from pathlib import PurePath

import pytest

TOGETHER = (
    "tests/faults",
    "tests/acceptance",
    "tests/e2e",
    "tests/realtime/socketio",
    "tests/generations/mcp",
    "tests/parity",
)
LONG = (  # few tests, each of which takes seconds
    "tests/accounts/test_rotation_properties.py",
    "tests/credits/payments/test_histories.py",
    "tests/credits/test_ledger_properties.py",
    "tests/generations/behaviours/test_jobs.py",
    "tests/generations/test_job_properties.py",
    "tests/generations/test_races.py",
    "tests/generations/test_repairs.py",
)
FIGURE = "figure"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    slow = {piece(item.nodeid) for item in items if item.get_closest_marker("slow")}
    sizes = Counter(piece(item.nodeid) for item in items)
    items.sort(key=lambda item: order(piece(item.nodeid), slow, sizes))  # stable


def order(name: str, slow: set[str], sizes: Counter[str]) -> tuple[int, int]:
    rank = 0 if name in TOGETHER else 1 if name in slow or name in LONG else 2
    return rank, -sizes[name] if rank == 2 else 0


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Thousands of tests are made and stay: looking for garbage among them takes half the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def piece(nodeid: str) -> str:
    """The file of a test, or its folder where that stays whole."""
    path = PurePath(nodeid.split("::")[0])
    folders = [folder.as_posix() for folder in path.parents]
    return next((name for name in TOGETHER if name in folders), path.as_posix())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Whole pieces, in the order in which they were collected. (loadgroup shares nothing out by
    its marks with pytest 9.2.)"""
    from xdist.scheduler import LoadScopeScheduling

    class Pieces(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return piece(nodeid)

    return Pieces(config, log)


@pytest.fixture
def report(request, record_property):
    """Keep a figure, for the end of the run: what was measured is a result of a test."""

    def tell(what: str) -> None:
        record_property(FIGURE, f"{request.node.name}: {what}")

    return tell


def pytest_terminal_summary(terminalreporter):
    ended = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    figures = [text for one in ended for name, text in one.user_properties if name == FIGURE]
    if figures:
        terminalreporter.section("figures")
    for figure in dict.fromkeys(figures):
        terminalreporter.line(figure)
