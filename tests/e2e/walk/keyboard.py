"""Somebody without a mouse, who must always see where they are."""

from playwright.sync_api import Locator, Page, expect

MOST_STEPS = 150
FOCUS = """() => {
    const one = document.activeElement;
    if (!one || one === document.body || one === document.documentElement) return "nothing";
    const shows = element => {
        const style = getComputedStyle(element), box = element.getBoundingClientRect();
        return element.checkVisibility() && box.width > 2 && box.height > 2
            && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    };
    const labels = [...(one.labels ?? [])];
    const stand_for_it = [one, ...labels, ...labels.flatMap(label => [...label.children])];
    return stand_for_it.some(shows) ? "" : `unseen: ${one.outerHTML.slice(0, 120)}`;
}"""


class Keyboard:
    """The keys of a page. Where the focus is lost or cannot be seen, that is kept in `faults`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def go(self, target: Locator) -> None:
        """Tab until it is there."""
        expect(target).to_be_visible()
        for _ in range(MOST_STEPS):
            if self._is_at(target):
                return
            self.press("Tab")
            self._see()
        raise AssertionError(f"the keyboard does not get to {target}")

    def push(self, target: Locator, key: str = "Enter") -> None:
        self.go(target)
        self.press(key)

    def fill(self, target: Locator, text: str) -> None:
        self.go(target)
        self.press("ControlOrMeta+a")
        self.type(text)

    def is_somewhere(self) -> None:
        """What was done has left the focus on something."""
        if self.page.evaluate(FOCUS) == "nothing":
            self.faults.append(f"{self.page.url}: the focus is lost")

    def _is_at(self, target: Locator) -> bool:
        return bool(target.evaluate("one => one === document.activeElement"))

    def _see(self) -> None:
        """After the last one the focus is at the browser's own buttons: on nothing of the page."""
        seen = self.page.evaluate(FOCUS)
        if seen and seen != "nothing":
            self.faults.append(f"{self.page.url}: {seen}")
