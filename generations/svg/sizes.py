"""The viewBox of a drawing that has none of use: from what was meant as one, or from its sides.

Where nothing says a size it is the smallest usual square that holds the shapes.
"""

import re
from collections.abc import Iterable
from itertools import islice

from generations.svg.meant import numbers
from generations.svg.view import pixels, view_box
from generations.svg.words import NUMBER

USUAL = (16, 24, 32, 48, 64, 100, 128, 200, 256, 300, 400, 512, 800, 1000, 1024)

_number = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_style_size = re.compile(r"(?:\A|[;\s])(width|height)\s{0,9}+:\s{0,9}+([0-9.]{1,20}+[a-z]{0,3}+)")
_place = re.compile(
    rf' (x|y|x1|y1|x2|y2|cx|cy|r|rx|ry|width|height|points)="({NUMBER}(?:[\s,]+{NUMBER})*+)"'
)
MOST = 5_000  # shapes that are looked at


def settle(attributes: dict[str, str], parts: Iterable[str]) -> bool:
    """Give the root a viewBox, if any can be found; say whether it is a guess."""
    box = attributes.get("viewBox", "")
    if view_box(box) is not None:
        return False
    said = _from_numbers(box) or _from_sides(attributes)
    found = said or _from_shapes(parts)
    if found:
        attributes["viewBox"] = found
    return bool(found and not said)


def _from_numbers(box: str) -> str:
    if "%" in box:
        return ""
    found = _number.findall(numbers.ascii_digits(box[:200]))[:4]
    if len(found) == 2:
        found = ["0", "0", *found]
    mended = " ".join(found)
    return mended if view_box(mended) is not None else ""


def _from_sides(attributes: dict[str, str]) -> str:
    sides = dict(_style_size.findall(attributes.get("style", "")[:2000])) | attributes
    width, height = (_side(sides.get(name, "")) for name in ("width", "height"))
    return f"0 0 {width:g} {height:g}" if width and height else ""


def _side(text: str) -> float | None:
    return pixels(text.strip()) or pixels(numbers.meant(text) or "")


def _from_shapes(parts: Iterable[str]) -> str:
    farthest = max([0.0, *map(_reach, islice(parts, MOST))])
    side = next((side for side in USUAL if farthest <= side), 0)
    return f"0 0 {side} {side}" if farthest and side else ""


def _reach(tag: str) -> float:
    """How far to the right or down a shape goes, about."""
    said = {found[1]: found[2] for found in _place.finditer(tag[:2000])}
    if "points" in said:
        return max(map(float, _number.findall(said["points"])), default=0.0)
    place = {name: float(text) for name, text in said.items() if _number.fullmatch(text)}
    far = place.get("r", 0.0)
    return max(
        place.get("cx", 0.0) + place.get("rx", far),
        place.get("cy", 0.0) + place.get("ry", far),
        place.get("x", 0.0) + place.get("width", 0.0),
        place.get("y", 0.0) + place.get("height", 0.0),
        *(place.get(name, 0.0) for name in ("x1", "y1", "x2", "y2")),
    )
