"""One installation and one Chromium for all stories of this folder; people are new in each."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import browser
from tests.e2e.visitors import PATIENCE
from tests.faults.harness import running_stack

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def processes():
    with running_stack() as stack:
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
def visit(chromium, stack):
    """Opens windows of people who have never been here; in the end none may have complained."""
    contexts, complaints = [], []

    def open_window(**options):
        context = chromium.new_context(base_url=stack.url, **options)
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        context.on("weberror", lambda raised: complaints.append(str(raised.error)))
        contexts.append(context)
        return context.new_page()

    open_window.complaints = complaints
    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []
