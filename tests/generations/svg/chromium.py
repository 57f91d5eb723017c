"""A judge with a real browser: what drawings do when opened, inlined and shown as images.

Every drawing is loaded in each of the three places, everything in it is clicked, focused and
pointed at, and what came of it is written down: scripts that ran, requests that left,
frames that navigated, pixels of the page outside the drawing that changed.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Error, Page, sync_playwright

from tests import browser

HOST = "http://host.test"
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100"/>'
BOX, GAP, COLUMNS = 100, 60, 8
SETTLE_MILLISECONDS = 250
QUIET = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()

TELL_TALE = """
for (const name of ["alert", "confirm", "prompt", "print"])
    window[name] = () => console.log("script ran: " + name);
"""
TOUCH = """() => {
    const pointed = ["pointerenter", "mouseenter", "mouseover", "mousemove", "pointerdown",
        "mousedown", "mouseup", "wheel", "focusin", "focusout", "click", "dblclick", "auxclick"];
    const typed = ["keydown", "keypress", "keyup"];
    for (const element of document.querySelectorAll("svg, svg *, x-host")) {
        const init = {bubbles: true, cancelable: true, key: "a", accessKey: "a"};
        try { element.focus && element.focus({preventScroll: true}); } catch {}
        for (const name of pointed) element.dispatchEvent(new MouseEvent(name, init));
        for (const name of typed) element.dispatchEvent(new KeyboardEvent(name, init));
        if (element.ownerSVGElement === null && element.setCurrentTime)
            element.setCurrentTime(element.getCurrentTime() + 2);
    }
}"""
# Writing a page's markup and reading it again is where markup changes its meaning.
REWRITE = """() => {
    for (const box of document.querySelectorAll(".box")) box.innerHTML = box.innerHTML;
}"""
NAMES_TAKEN = """() => {
    const named = [...document.querySelectorAll(".box [id], .box [name]")];
    const names = named.flatMap(element => [element.id, element.getAttribute("name")]);
    return names.filter(name => name && !name.startsWith("cs_"));
}"""
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; width: {width}px; height: {height}px; position: relative; background: #fff }}
.host {{ position: absolute; left: 0; top: 0; font: 12px sans-serif; color: #333 }}
.box {{ position: absolute; width: {box}px; height: {box}px }}
.box > * {{ display: block; width: {box}px !important; height: {box}px !important; border: 0 }}
</style><p class="host" id="host">Host <b id="banner" class="host">banner</b></p>{boxes}"""


class Browser:
    """One page in Chromium, and what happened in it since the last `load`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.served: dict[str, tuple[str, str]] = {}
        self.events: list[str] = []
        self.blank: dict[int, bytes] = {}
        page.route("**/*", self._answer)
        page.add_init_script(TELL_TALE)
        page.on("console", self._console)
        page.on("dialog", self._dialog)
        page.on("framenavigated", self._navigated)
        page.on("popup", lambda popup: self.events.append("popup"))

    def _answer(self, route) -> None:
        kind, body = self.served.get(route.request.url, ("", ""))
        if kind:
            route.fulfill(content_type=kind, body=body)
        else:
            self.events.append(f"request: {route.request.url[:120]}")
            route.abort()

    def _console(self, message) -> None:
        if message.text.startswith("script ran"):
            self.events.append(message.text)

    def _dialog(self, dialog) -> None:
        self.events.append("script ran: dialog")
        dialog.dismiss()

    def _navigated(self, frame) -> None:
        if frame.url.partition("#")[0] not in self.served and frame.url != "about:blank":
            self.events.append(f"navigation: {frame.url[:120]}")

    def load(self, boxes: list[str]) -> list[bytes]:
        """Show a page with `boxes` and touch all in it; what it looks like before and after."""
        self.events = []
        rows = -(-len(boxes) // COLUMNS)
        size = {"width": COLUMNS * (BOX + GAP) + GAP, "height": rows * (BOX + GAP) + GAP}
        self.page.set_viewport_size(size)
        placed = "".join(
            f'<div class="box" style="left:{x}px;top:{y}px">{box}</div>'
            for box, (x, y) in zip(boxes, _places(len(boxes)), strict=True)
        )
        self.served[f"{HOST}/"] = ("text/html", PAGE.format(box=BOX, boxes=placed, **size))
        self.page.goto(f"{HOST}/", wait_until="load")
        self.page.wait_for_timeout(SETTLE_MILLISECONDS)
        return [self._picture(), self._touched()]

    def _touched(self) -> bytes:
        for frame in self.page.frames:
            try:
                frame.evaluate(TOUCH)
            except Error as left:  # it went elsewhere while it was touched
                self.events.append(f"navigation: {left.message.splitlines()[0]}")
        self.page.wait_for_timeout(SETTLE_MILLISECONDS)
        return self._picture()

    def rewritten(self) -> bytes:
        """What the page looks like when its markup was written out and read again."""
        taken = self.page.evaluate(NAMES_TAKEN)
        self.events += [f"page: the name {name} is taken" for name in taken]
        self.page.evaluate(REWRITE)
        self.page.wait_for_timeout(SETTLE_MILLISECONDS)
        return self._touched()

    def _picture(self) -> bytes:
        return self.page.screenshot(animations="allow")


def _places(count: int) -> list[tuple[int, int]]:
    step = BOX + GAP
    return [(GAP + i % COLUMNS * step, GAP + i // COLUMNS * step) for i in range(count)]


@contextmanager
def opened() -> Iterator[Browser]:
    """A fresh browser."""
    options = browser.launch_options()
    options["args"] = [*options.get("args", []), *QUIET]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**options)
        try:
            yield Browser(chromium.new_page())
        finally:
            chromium.close()


def happenings(window: Browser, drawings: list[str]) -> dict[str, list[str]]:
    """What the drawings did in each of the three places."""
    return {place: load(window, drawings) for place, load in PLACES.items()}


def picture(window: Browser, drawing: str) -> bytes:
    """The drawing opened by itself, as a picture."""
    window.page.set_viewport_size({"width": 200, "height": 200})
    window.page.goto(_serve(window, 0, drawing))
    return window.page.screenshot()


def _opened(window: Browser, drawings: list[str]) -> list[str]:
    """Each drawing as a document of its own, in a frame of the same origin."""
    window.load([f'<iframe src="{_serve(window, i, one)}"></iframe>' for i, one in _all(drawings)])
    return window.events


def _shown(window: Browser, drawings: list[str]) -> list[str]:
    window.load([f'<img src="{_serve(window, i, one)}">' for i, one in _all(drawings)])
    return window.events


def _inlined(window: Browser, drawings: list[str]) -> list[str]:
    count = len(drawings)
    if count not in window.blank:
        window.blank[count] = _outside(window.load([EMPTY] * count)[0], count)
    after = [*window.load(drawings), window.rewritten()]
    if any(_outside(one, count) != window.blank[count] for one in after):
        window.events.append("page: changed outside the drawings")
    return window.events


PLACES = {"opened": _opened, "image": _shown, "inlined": _inlined}


def _all(drawings: list[str]) -> Iterator[tuple[int, str]]:
    return iter(enumerate(drawings))


def _serve(window: Browser, number: int, drawing: str) -> str:
    url = f"{HOST}/{number}.svg"
    window.served[url] = ("image/svg+xml", drawing)
    return escape(url)


def _outside(picture: bytes, count: int) -> bytes:
    """The picture with the boxes painted over."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    pen = ImageDraw.Draw(image)
    for x, y in _places(count):
        pen.rectangle((x, y, x + BOX, y + BOX), fill="white")
    return ImageChops.invert(image).tobytes()
