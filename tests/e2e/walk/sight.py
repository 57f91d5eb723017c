"""What somebody sees of a page, and everything that is wrong with it."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import brotli
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

from tests import nodejs

MANIFEST = Path(__file__).with_name("package.json")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
IS_WHOLE = os.environ.get("TEST_WALK") == "whole"
SLOWED = 4  # times: the processor's, while the narrow page loads
SHIFT = 0.001
KILOBYTES = 60
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = [*WCAG, "best-practice"]
AXE = """async (only) => {
    const told = await axe.run(document, {runOnly: only, resultTypes: ["violations"],
        elementRef: false, preload: false});
    return told.violations.map(one => `${one.id} (${one.impact}): ` + one.nodes.slice(0, 4).map(
        node => `${node.target.join(" ")} — ${node.failureSummary.split("\\n").slice(1).join(";")}`
    ).join(" | "));
}"""
# before a page's own scripts: what the policy forbade, and what moved without being asked
WATCH = """
window.walk = {forbidden: [], shift: 0, moved: []};
addEventListener("securitypolicyviolation", event => walk.forbidden.push(
    `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
const place = rect => [rect.x, rect.y, rect.width, rect.height].map(Math.round).join(" ");
new PerformanceObserver(list => list.getEntries().forEach(one => {
    if (one.hadRecentInput) return;
    walk.shift += one.value;
    walk.moved.push(...one.sources.map(source => `${source.node?.outerHTML?.slice(0, 60)} from `
        + `${place(source.previousRect)} to ${place(source.currentRect)}`));
})).observe({type: "layout-shift", buffered: true});
"""
SETTLED = """async () => {
    const frame = () => new Promise(done => requestAnimationFrame(done));
    const ends = one => one.effect?.getComputedTiming().endTime < 2000;
    const waits = () => document.querySelector(".htmx-request")
        || document.getAnimations().some(one => one.playState === "running" && ends(one));
    await document.fonts.ready;
    await frame(); await frame();
    for (let tries = 0; tries < 120 && waits(); tries++) await frame();
}"""
LOOK = """() => {
    const seen = element => element.checkVisibility();
    const wide = document.documentElement.scrollWidth - innerWidth;
    const beyond = wide > 0 ? [...document.body.querySelectorAll("*")].filter(
        one => seen(one) && one.getBoundingClientRect().right > innerWidth + 1) : [];
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return {
        title: document.title.trim(),
        headings: [...document.querySelectorAll("h1")].filter(seen).map(one => one.innerText),
        wide, beyond: beyond.slice(0, 3).map(one => one.outerHTML.slice(0, 100)),
        broken: [...document.images].filter(one => one.complete && one.currentSrc
            && !one.naturalWidth).map(one => one.currentSrc.slice(0, 200)),
        forbidden: walk.forbidden, shift: walk.shift, moved: walk.moved.slice(0, 4),
        paint: paint ? paint.startTime : null,
    };
}"""


class Weight(NamedTuple):
    """What a page loads of a kind, as its files are sent where static files are compressed."""

    kilobytes: float
    files: int


class Sight:
    """Somebody's window. What goes wrong in it is kept in `faults`, with the page it was on."""

    def __init__(self, who: str, context: BrowserContext, folder: Path) -> None:
        self.who, self.context, self.folder = who, context, folder
        self.faults: list[str] = []
        self.rules, self.is_ours = RULES, True
        self.titles: dict[str, str] = {}
        self.weights: dict[str, Weight] = {}
        self.paints: dict[str, float] = {}
        self._where, self._static = "", {}
        self._is_refusal = False
        self._walked = 0
        context.add_init_script(WATCH)
        self.page: Page = context.new_page()
        self._wire = context.new_cdp_session(self.page)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.fault(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def fault(self, text: str) -> None:
        self.faults.append(f"{self.who} {self._where}: {text}")

    def walk(self, address: str, path: str, status: int = 200) -> None:
        """See a page at both sizes in both themes; in the usual run wide and light, or narrow and
        dark, by turns."""
        self._walked += 1
        if not IS_WHOLE and self._walked % 2:
            return self.see(address, path, NARROW, "dark", status)
        self.see(address, path, WIDE, "light", status)
        self._weigh(address)
        if not IS_WHOLE:
            return None
        self.see_as("dark", address)
        with self._slow_processor():
            self.load(path, NARROW, "dark", status)
        self.look(address)
        self.see_as("light", address)

    def glance(self, address: str, path: str) -> None:
        """See a page wide and light, narrow and dark; what it weighs is not ours to say."""
        self.see(address, path, WIDE, "light")
        if IS_WHOLE:
            self.see(address, path, NARROW, "dark")

    def see(self, address: str, path: str, size: dict, theme: str, status: int = 200) -> None:
        self.load(path, size, theme, status)
        self.look(address)

    def see_as(self, theme: str, address: str) -> None:
        """The page that is there, in the other theme: only its colours differ."""
        self._theme(theme)
        self._ask_axe({"type": "rule", "values": ["color-contrast"]})
        self._keep(address)

    @contextmanager
    def _slow_processor(self) -> Iterator[None]:
        self._wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        yield
        self._wire.send("Emulation.setCPUThrottlingRate", {"rate": 1})

    # --- a page is loaded ---

    def load(self, path: str, size: dict, theme: str, status: int = 200) -> None:
        self._where = f"{path} ({size['width']} {theme})"
        self._static, self._is_refusal = {}, status >= 400
        if self.page.viewport_size != size:
            self.page.set_viewport_size(size)
        self._wear(theme)
        answer = self.page.goto(path)
        self.page.evaluate(SETTLED)
        if answer is None or answer.status != status:
            self.fault(f"answered {answer and answer.status} instead of {status}")

    def _theme(self, theme: str) -> None:
        self._where = re.sub(r"(light|dark)\)$", f"{theme})", self._where)
        self._wear(theme)
        self.page.evaluate(SETTLED)

    def _wear(self, theme: str) -> None:
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")

    def _heard(self, said: ConsoleMessage) -> None:
        is_told_elsewhere = said.text.startswith("Failed to load resource")
        if said.type in ("error", "warning") and not is_told_elsewhere:
            self.fault(f"console {said.type}: {said.text}")

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # that is a page which was left
            self.fault(f"request failed: {request.url} {request.failure}")

    def _answered(self, answer: Response) -> None:
        request = answer.request
        if request.resource_type in ("stylesheet", "script"):
            self._static[answer.url] = answer
        if answer.status >= 400 and not request.is_navigation_request():
            self.fault(f"{answer.status} {answer.url}")

    # --- and looked at ---

    def look(self, address: str) -> None:
        """Judge the page that is there, and keep a picture of it."""
        told = self.page.evaluate(LOOK)
        if len(told["headings"]) != 1:
            self.fault(f"has {len(told['headings'])} h1: {told['headings']}")
        if told["wide"] > 0:
            self.fault(f"is {told['wide']} px wider than the window: {told['beyond']}")
        for name in ("broken", "forbidden"):
            if told[name]:
                self.fault(f"{name}: {told[name]}")
        if told["shift"] > SHIFT and self.is_ours:
            self.fault(f"moved while it loaded, by {told['shift']:.4f}: {told['moved']}")
        self._title(address, told["title"])
        self.paints[address] = max(self.paints.get(address, 0), told["paint"] or 0)
        self.page.evaluate(axe())
        self._ask_axe({"type": "tag", "values": self.rules})
        self._keep(address)

    def _title(self, address: str, title: str) -> None:
        if not title:
            self.fault("has no title")
        other = self.titles.setdefault(title, address)
        if other != address and self.is_ours and not self._is_refusal:
            self.fault(f"has the title of {other}: {title}")

    def _ask_axe(self, only: dict[str, Any]) -> None:
        for violation in self.page.evaluate(AXE, only):
            self.fault(f"axe: {violation}")

    def _keep(self, address: str) -> None:
        """A screenshot, named by who looks, the page, and how it is shown."""
        path, _, variant = self._where.removesuffix(")").rpartition(" (")
        shown = address if "<" in address or len(path) > 100 else path
        name = re.sub(r"\W+", "-", shown).strip("-")[:60] or "home"
        file = self.folder / f"{name}-{self.who}-{variant.replace(' ', '-')}.jpg"
        self.page.screenshot(path=file, full_page=True, type="jpeg", quality=75)

    def _weigh(self, address: str) -> None:
        sizes = [compressed(answer.url, answer.body) for answer in self._static.values()]
        self.weights[address] = weight = Weight(sum(sizes) / 1000, len(sizes))
        if weight.kilobytes > KILOBYTES:
            self.fault(f"loads {weight.kilobytes:.1f} KB of CSS and JS, in {weight.files} files")


_sizes: dict[str, int] = {}


def compressed(url: str, body: Callable[[], bytes]) -> int:
    """How many bytes a static file is on its way: whitenoise keeps it compressed like this."""
    if url not in _sizes:
        _sizes[url] = len(brotli.compress(body()))
    return _sizes[url]


@cache
def axe() -> str:
    return (nodejs.packages(MANIFEST) / "axe-core" / "axe.min.js").read_text()


def told(faults: list[str]) -> str:
    return "\n".join([f"{len(faults)} faults", *faults])
