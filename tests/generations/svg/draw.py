"""Drawings as pixels, by resvg and by Chromium: what a person would see before and after."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import resvg_py
from PIL import Image, ImageChops

from tests.generations.svg.chromium import Browser

# What a browser may vary by in two drawings of one and the same picture, of 255: a little in a
# few pixels of an edge.
FAINT, FAINT_SHARE, PLAIN = 4, 0.002, 48

SHOW = """async drawings => {
    const shown = drawings.map((drawing, number) => {
        const image = document.images[number];
        image.src = URL.createObjectURL(new Blob([drawing], {type: "image/svg+xml"}));
        return image.decode().then(() => true, () => false);
    });
    return await Promise.all(shown);
}"""
INLINE = """drawings => drawings.map((drawing, number) => {
    const parsed = new DOMParser().parseFromString(drawing, "image/svg+xml").documentElement;
    const root = document.querySelectorAll("div")[number].attachShadow({mode: "open"});
    root.innerHTML = "<style>svg {width: 100%; height: 100%}</style>";
    root.append(document.adoptNode(parsed));
    return parsed.localName === "svg" && !root.querySelector("parsererror");
})"""
HOLD = """at => {
    for (const frame of document.querySelectorAll("iframe")) {
        const svg = frame.contentDocument.documentElement;
        svg.pauseAnimations();
        svg.setCurrentTime(at);
    }
}"""


def pixels(svg: str, width: int = 200) -> Image.Image:
    """The drawing by resvg, so many pixels wide, on nothing."""
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width, dpi=96, languages=["en"]))
    return Image.open(io.BytesIO(png)).convert("RGBA")


def difference(one: str, other: str, width: int = 200) -> int:
    """The largest difference of any channel of any pixel; 256 where the sizes differ."""
    return _largest(pixels(one, width), pixels(other, width))


def _largest(first: Image.Image, second: Image.Image) -> int:
    if first.size != second.size:
        return 256
    return max(high for _, high in ImageChops.difference(first, second).getextrema())


@dataclass(frozen=True)
class Grid:
    """Squares of a page, in which drawings stand side by side."""

    side: int
    columns: int

    def page(self, cells: list[str]) -> str:
        return (
            "<!doctype html><style>body{margin:0;display:grid;"
            f"grid-template-columns:repeat({self.columns},{self.side}px);"
            f"grid-auto-rows:{self.side}px}}"
            "body>*{width:100%;height:100%;border:0;display:block;object-fit:contain}</style>"
            + "".join(cells)
        )

    def size(self, count: int) -> dict[str, int]:
        return {
            "width": self.columns * self.side,
            "height": -(-count // self.columns) * self.side,
        }

    def cut(self, picture: bytes, count: int) -> list[Image.Image]:
        sheet = Image.open(io.BytesIO(picture)).convert("RGB")
        corners = [
            (i % self.columns * self.side, i // self.columns * self.side) for i in range(count)
        ]
        return [sheet.crop((x, y, x + self.side, y + self.side)) for x, y in corners]


def as_images(window: Browser, drawings: list[str], grid: Grid) -> list[Image.Image | None]:
    """Each drawing in an `<img>` of one page; None where the browser shows none."""
    return _side_by_side(window, drawings, grid, "<img>", SHOW)


def inlined(window: Browser, drawings: list[str], grid: Grid) -> list[Image.Image | None]:
    """Each drawing inside one page, apart from the others: quick, also for hundreds of them."""
    return _side_by_side(window, drawings, grid, "<div></div>", INLINE)


def _side_by_side(
    window: Browser, drawings: list[str], grid: Grid, cell: str, fill: str
) -> list[Image.Image | None]:
    page = window.page.context.browser.new_page()  # none that answers, and so delays, every request
    page.set_viewport_size(grid.size(len(drawings)))
    page.set_content(grid.page([cell] * len(drawings)))
    shown = page.evaluate(fill, drawings)
    cells = grid.cut(page.screenshot(), len(drawings))
    page.close()
    return [cell if was else None for cell, was in zip(cells, shown, strict=True)]


def as_documents(
    window: Browser, drawings: list[str], grid: Grid, moments: Sequence[float] = (0,)
) -> list[list[Image.Image]]:
    """Each drawing as a document in a frame, its animations held at each of `moments`."""
    base = "http://drawings.test"
    for number, drawing in enumerate(drawings):
        window.served[f"{base}/{number}.svg"] = ("image/svg+xml", drawing)
    cells = [f'<iframe src="{base}/{number}.svg"></iframe>' for number in range(len(drawings))]
    window.served[f"{base}/"] = ("text/html", grid.page(cells))
    window.page.set_viewport_size(grid.size(len(drawings)))
    window.page.goto(f"{base}/", wait_until="load")
    found = []
    for at in moments:
        window.page.evaluate(HOLD, at)
        picture = window.page.screenshot(animations="allow")
        found.append(grid.cut(picture, len(drawings)))
    return found


def differing(before: list[Image.Image | None], after: list[Image.Image | None]) -> list[int]:
    """The numbers of the pictures that do not look alike."""
    pairs = enumerate(zip(before, after, strict=True))
    return [number for number, (one, other) in pairs if not _alike(one, other)]


def _alike(one: Image.Image | None, other: Image.Image | None) -> bool:
    if one is None or other is None:
        return one is other
    channels = ImageChops.difference(one, other).split()
    counts = reduce(ImageChops.lighter, channels).histogram()  # of pixels by their difference
    return not any(counts[PLAIN:]) and sum(counts[FAINT:]) <= FAINT_SHARE * sum(counts)


def is_blank(picture: Image.Image | None) -> bool:
    """Whether there is nothing to see, so that nothing could differ."""
    return picture is None or len(picture.getcolors(100_000) or "many") == 1
