"""The pytest plugin that shares a run out among processes, and prints what was measured.

Files stay whole, so that what a file's tests share is started once. The tests of the folders in
TOGETHER share installations of real processes: each folder is one piece, and begins first, for
they wait more than they work.
"""

from pathlib import PurePath

import pytest

TOGETHER = ("tests/faults",)
FIGURE = "figure"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.xdist_group(piece(item)))
    items.sort(key=lambda item: piece(item) not in TOGETHER)  # stable: the rest keeps its order


def piece(item) -> str:
    path = PurePath(item.nodeid.split("::")[0])
    return path.parent.as_posix() if path.parent.as_posix() in TOGETHER else path.as_posix()


@pytest.fixture
def report(request, record_property):
    """Keep a figure, for the end of the run: what was measured is a result of a test."""

    def tell(what: str) -> None:
        record_property(FIGURE, f"{request.node.name.split('@')[0]}: {what}")

    return tell


def pytest_terminal_summary(terminalreporter):
    ended = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    figures = [text for one in ended for name, text in one.user_properties if name == FIGURE]
    if figures:
        terminalreporter.section("figures")
    for figure in dict.fromkeys(figures):
        terminalreporter.line(figure)
