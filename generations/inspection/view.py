"""What a drawing looks like: a picture for a model to see, and whether there is anything to see."""

import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from PIL import Image

from generations.svg import show
from generations.svg.read import Reading, read
from generations.svg.tables import SVG
from generations.svg.view import view_box

SIDE = 24  # pixels of the drawing's longer side, with as much room on all sides of it
FAINTEST = 6  # of 255: less of any colour is taken for nothing
COARSE = 0xFC  # colours that differ by less are one
FAR = 2  # times as much outside as inside is too much

Colour = tuple[int, ...]
NOTHING: Colour = ()

_opening = re.compile(r"<svg [^>]*+>")
_placing = re.compile(r" (?:width|height|preserveAspectRatio|overflow)=\"[^\"]*+\"")


@dataclass(frozen=True, slots=True)
class View:
    """What of a drawing can be seen. Pixels are shares of all those of the drawing.

    `inside` and `outside` are pixels with something on them, in the viewBox and around it.
    """

    inside: float
    outside: float
    is_one_colour: bool

    @property
    def is_blank(self) -> bool:
        return not self.inside or self.is_one_colour

    @property
    def is_elsewhere(self) -> bool:
        """Whether most of what there is lies outside the viewBox."""
        return self.outside > FAR * self.inside


def picture(svg: str, *, side: int = 256) -> bytes | None:
    """A PNG of a sanitized drawing, its longer side so many pixels.

    None for the few drawings that are not shown in this process (`generations.svg.show`).
    """
    return show.png(svg, side) if show.is_plain(read(svg)) else None


def view(svg: str, drawing: Reading) -> View | None:
    """What is seen of a drawing and around it; None where nobody can tell cheaply."""
    box = view_box(drawing.root.attributes["viewBox"])
    if box is None or not show.is_plain(drawing):
        return None
    longest = max(box[2:])
    width, height = box[2] / longest, box[3] / longest
    png = show.png(_with_room(svg, width, height), 3 * SIDE)
    if png is None:
        return None
    return _judged(Image.open(io.BytesIO(png)).convert("RGBA"), width, height)


def _with_room(svg: str, width: float, height: float) -> str:
    """The drawing in the middle of a page three times as large, and not cut off at its edges."""
    opening = _opening.match(svg)
    root = opening.group() if opening else ""
    placed = _placing.sub("", root)[:-1].removesuffix("/")
    placed += f' x="1" y="1" width="{width:.6f}" height="{height:.6f}" overflow="visible"'
    placed += "/>" if root.endswith("/>") else ">"
    side = 3 * SIDE
    return (
        f'<svg xmlns="{SVG}" width="{side}" height="{side}" viewBox="0 0 3 3">'
        f"{placed}{svg[len(root) :]}</svg>"
    )


def _judged(image: Image.Image, width: float, height: float) -> View:
    right, bottom = SIDE + max(round(SIDE * width), 1), SIDE + max(round(SIDE * height), 1)
    within = _colours(image.crop((SIDE, SIDE, right, bottom)))
    around = _colours(image) - within
    size = sum(within.values())
    inside, outside = within.total() - within[NOTHING], around.total() - around[NOTHING]
    is_full = not within[NOTHING]
    return View(
        inside=inside / size,
        # What fills the whole drawing may well go on around it.
        outside=0.0 if is_full else outside / size,
        is_one_colour=is_full and len(within) == 1,
    )


def _colours(image: Image.Image) -> Counter[Colour]:
    """How many pixels there are of each colour, roughly; what is hardly there counts as nothing."""
    counted: Counter[Colour] = Counter()
    found: Any = image.getcolors(image.width * image.height)
    for count, colour in found:
        counted[_coarse(colour)] += count
    return counted


def _coarse(colour: Colour) -> Colour:
    return NOTHING if colour[3] < FAINTEST else tuple(part & COARSE for part in colour)
