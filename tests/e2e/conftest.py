"""One installation and one Chromium for all stories of this folder; people are new in each.

What people do in a window is done in the one that TEST_WINDOW names: see `tests/e2e/windows.py`.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import browser
from tests.collectors import Traces
from tests.e2e import windows
from tests.e2e.keeping import keep_all
from tests.e2e.visitors import PATIENCE
from tests.faults.harness import running_stack
from tests.paypal_server import PayPalServer

expect.set_options(timeout=PATIENCE)
HERE = Path(__file__).parent


def pytest_generate_tests(metafunc):
    if "window" in metafunc.fixturenames:
        metafunc.parametrize("window", _windows(), ids=str)


def _windows() -> list[windows.Window]:
    try:
        return windows.asked_for()
    except windows.UnknownWindow as problem:
        raise pytest.UsageError(str(problem)) from problem


def pytest_collection_modifyitems(config, items):
    """For windows that somebody chose, nothing is tested that has none."""
    if not windows.IS_CHOSEN:
        return
    left = [one for one in items if HERE in one.path.parents and "window" not in one.fixturenames]
    config.hook.pytest_deselected(items=left)
    items[:] = [one for one in items if one not in set(left)]


@pytest.fixture(scope="package")
def paypal():
    with PayPalServer() as one:
        yield one


@pytest.fixture(scope="package")
def collector():
    """Takes the traces of all processes."""
    with Traces() as one:
        yield one


@pytest.fixture(scope="package")
def processes(collector, paypal):
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with running_stack(**traced, **paypal.environment()) as stack:
        yield stack


@pytest.fixture
def stack(processes):
    """A whole installation with one worker; what a test broke is mended before the next."""
    processes.make_whole()
    yield processes
    processes.model.release()


@pytest.fixture(scope="package")
def chromium():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_options())
        yield chromium
        chromium.close()


@pytest.fixture
def visit(chromium, stack, window, request):
    """Opens windows of people who have never been here; in the end none may have complained."""
    contexts, complaints = [], []

    def open_window(**options):
        context = chromium.new_context(base_url=stack.url, **window.options | options)
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        context.on("weberror", lambda raised: complaints.append(str(raised.error)))
        contexts.append(context)
        return context.new_page()

    open_window.complaints = complaints
    yield open_window
    if windows.IS_CHOSEN:
        keep_all(contexts, request.node.name)
    for context in contexts:
        context.close()
    assert complaints == []
