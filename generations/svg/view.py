"""The size of the drawing: viewBox, width and height of the root (SVG_SAFETY §2.8)."""

import math
import re

from generations.svg.errors import Rejected
from generations.svg.node import Node
from generations.svg.tables import MAX_SIDE, MAX_VIEW_BOX, MAX_VIEW_RATIO, MIN_VIEW_BOX

_side = re.compile(
    r"(?P<number>\+?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?)"
    r"(?P<unit>px|pt|pc|mm|cm|in|em|ex|rem|%)?"
)
# CSS pixels of a unit (CSS Values 4 §6.2); those that depend on the page are not numbers here.
PIXELS = {None: 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}
# The same with a guess for the units that depend on the page, so that they are bounded too.
BOUNDS = PIXELS | {"em": 16, "ex": 8, "rem": 16, "%": MAX_SIDE / 100}


def view_box(value: str) -> tuple[float, float, float, float] | None:
    """The four numbers of a viewBox, or None when they are not usable."""
    try:
        x, y, width, height = (float(part) for part in value.replace(",", " ").split())
    except ValueError:
        return None
    sides_fit = all(MIN_VIEW_BOX <= side <= MAX_VIEW_BOX for side in (width, height))
    if not sides_fit or not all(math.isfinite(at) and abs(at) <= MAX_VIEW_BOX for at in (x, y)):
        return None
    return x, y, width, height


def pixels(value: str) -> float | None:
    """A width or height in CSS pixels, when it is a positive length that says so itself."""
    found = _side.fullmatch(value)
    if not found or found["unit"] not in PIXELS:
        return None
    size = float(found["number"]) * PIXELS[found["unit"]]
    return size if 0 < size <= MAX_SIDE else None


def settle(root: Node) -> None:
    """Give `root` a usable viewBox and drop sizes that are not; refuse a drawing without any."""
    attributes = root.attributes
    font_size = "font-size" in attributes or "font-size" in root.style
    for name in ("width", "height"):
        if name in attributes and not _is_side(attributes[name], font_size):
            del attributes[name]
    box = " ".join(attributes.pop("viewBox", "").replace(",", " ").split())
    if not _is_usable(box):
        box = _from_sides(attributes)
    root.attributes = {"viewBox": box, **attributes}


def _is_side(value: str, has_font_size: bool) -> bool:
    found = _side.fullmatch(value)
    if not found or (has_font_size and found["unit"] in ("em", "ex")):
        return False
    size = float(found["number"]) * BOUNDS[found["unit"]]
    return 0 < size <= MAX_SIDE


def _from_sides(attributes: dict[str, str]) -> str:
    width = pixels(attributes.get("width", ""))
    height = pixels(attributes.get("height", ""))
    box = f"0 0 {_plain(width)} {_plain(height)}" if width and height else ""
    if not _is_usable(box):
        raise Rejected("no_view_box")
    return box


def _is_usable(box: str) -> bool:
    """Whether the root may have this viewBox: four fitting numbers, and no needle."""
    found = view_box(box)
    return found is not None and max(found[2:]) <= MAX_VIEW_RATIO * min(found[2:])


def _plain(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
