"""Pictures of what people come by, for us to look at, where TEST_WINDOW is set.

They are in `.pytest_cache/flows`, or where TEST_SCREENSHOTS says.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.e2e import windows
from tests.nodejs import PROJECT

FOLDER = Path(os.environ.get("TEST_SCREENSHOTS", PROJECT / ".pytest_cache" / "flows"))
PAUSE = 250  # milliseconds: what slides or fades in is there then


def keep(page: Page, what: str) -> None:
    """Something that is seen on the way, before it goes on."""
    if windows.IS_CHOSEN:
        test = os.environ["PYTEST_CURRENT_TEST"].partition("::")[2].partition(" (")[0]
        _take(page, f"{test}-{what}")


def keep_all(contexts: Iterable[BrowserContext], test: str) -> None:
    """What every window shows in the end."""
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages, 1):
        _take(page, f"{test}-end-{number}")


def _take(page: Page, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    plain = re.sub(r"\W+", "-", name.removeprefix("test_")).strip("-")
    page.wait_for_timeout(PAUSE)
    page.screenshot(path=FOLDER / f"{plain}.jpg", type="jpeg", quality=75)
