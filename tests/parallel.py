"""The pytest plugin that shares a run out among processes, and prints what was measured.

Files stay whole, so that what a file's tests share is started once. The tests of the folders in
TOGETHER share installations of real processes: each folder is one piece. Pieces of WAITING wait
more than they compute: while there are others, one process takes from those, so that no processor
is left without work. Long pieces begin first; of the rest those with most tests, so that no
process is left alone with a long one.
"""

import gc
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

import pytest

TOGETHER = (  # the longest first
    "tests/faults",
    "tests/e2e",
    "tests/realtime/socketio",
    "tests/acceptance",
    "tests/parity",
    "tests/generations/mcp",
    "tests/swift",
)
WAITING = (
    *TOGETHER[:2],
    "tests/chatsvg/test_dev.py",
    *TOGETHER[2:],
    "tests/chatsvg/test_bench.py",
    "tests/chatsvg/test_bench_chaos.py",
    "tests/chatsvg/test_embedded.py",
    "tests/contract/test_web_process.py",
    "tests/realtime/notifications/test_live.py",
    "tests/realtime/test_consumers.py",
)
LONG = (  # few tests, each of which takes seconds
    "tests/contract/test_idor_api.py",
    "tests/contract/test_idor_pages.py",
    "tests/contract/test_idor_admin.py",
    "tests/contract/test_idor_programs.py",
    "tests/contract/test_idor_live.py",
    "tests/contract/test_openapi.py",
    "tests/contract/test_openapi_v1.py",
    "tests/generations/svg/test_chromium.py",
    "tests/generations/svg/test_bombs.py",
    "tests/generations/test_job_properties.py",
    "tests/generations/test_races.py",
    "tests/accounts/test_rotation_properties.py",
    "tests/credits/payments/test_histories.py",
    "tests/credits/test_ledger_properties.py",
    "tests/generations/behaviours/test_jobs.py",
    "tests/generations/test_repairs.py",
)
FIGURE = "figure"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    _leave_to_ci(config, items)
    slow = {piece(item.nodeid) for item in items if item.get_closest_marker("slow")}
    sizes = Counter(piece(item.nodeid) for item in items)
    items.sort(key=lambda item: order(piece(item.nodeid), slow, sizes))  # stable


def _leave_to_ci(config, items):
    """Tests marked `ci` run where TEST_CI is set."""
    if os.environ.get("TEST_CI"):
        return
    left = [item for item in items if item.get_closest_marker("ci")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


def order(name: str, slow: set[str], sizes: Counter[str]) -> tuple[int, int]:
    if name in WAITING:
        return 0, WAITING.index(name)
    if name in LONG:
        return 1, LONG.index(name)
    return (2, 0) if name in slow else (3, -sizes[name])


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

        def _assign_work_unit(self, node) -> None:
            others = [one for one in self.nodes if one is not node]
            waiting = sum(map(self._waits, others))
            name = choose(self.workqueue, may_wait=not others or waiting < len(others))
            self.workqueue.move_to_end(name, last=False)
            super()._assign_work_unit(node)

        def _waits(self, node) -> bool:
            """Whether its last piece, which may only have begun, is one that waits."""
            return next(reversed(self.assigned_work[node]), "") in WAITING

    return Pieces(config, log)


def choose(names: Iterable[str], *, may_wait: bool) -> str:
    """The next piece of a process: one that waits where it may be, else one that works."""
    names = list(names)
    return next((name for name in names if (name in WAITING) == may_wait), names[0])


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
