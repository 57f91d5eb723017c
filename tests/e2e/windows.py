"""The windows in which people walk through the flows, as TEST_WINDOW names them.

`TEST_WINDOW="390 dark"`, or several: `TEST_WINDOW="390 light, 390 dark"`. Where it is set, only
what somebody does in a window is tested, and pictures of it are kept (see `tests/e2e/keeping.py`).
"""

import os
from itertools import product
from typing import NamedTuple

HEIGHTS = {1280: 720, 390: 844}
THEMES = ("light", "dark")


class UnknownWindow(ValueError):
    """The text names the windows that there are."""


class Window(NamedTuple):
    width: int
    theme: str

    def __str__(self) -> str:
        return f"{self.width} {self.theme}"

    @property
    def options(self) -> dict:
        """What playwright's `new_context` takes."""
        size = {"width": self.width, "height": HEIGHTS[self.width]}
        return {"viewport": size, "color_scheme": self.theme}


ALL = {str(one): one for one in (Window(*pair) for pair in product(HEIGHTS, THEMES))}
IS_CHOSEN = "TEST_WINDOW" in os.environ


def chosen(text: str) -> list[Window]:
    """Those of a list with commas."""
    names = [" ".join(name.split()) for name in text.split(",")]
    for name in names:
        if name not in ALL:
            raise UnknownWindow(f"TEST_WINDOW: no window {name!r}; there are {', '.join(ALL)}")
    return [ALL[name] for name in names]


def asked_for() -> list[Window]:
    return chosen(os.environ.get("TEST_WINDOW", "1280 light"))
