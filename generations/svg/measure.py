"""The size of a drawing in numbers: elements, bytes, viewBox, sides."""

from dataclasses import dataclass

from generations.svg.parse import parse
from generations.svg.text import prepare
from generations.svg.view import pixels, view_box


@dataclass(frozen=True, slots=True)
class Measure:
    """`view_box` is (x, y, width, height), or None where the drawing has no usable one. `sides` are
    its width and height in CSS pixels: what it says itself, else those of the viewBox."""

    elements: int
    bytes: int
    view_box: tuple[float, float, float, float] | None
    sides: tuple[float, float] = (0, 0)


def measure(svg: str) -> Measure:
    """Count what is in `svg`; Rejected when it cannot be read at all."""
    root = parse(prepare(svg))
    count = sum(1 for _ in root.iter())
    box = view_box(root.get("viewBox", ""))
    said = (pixels(root.get("width", "")), pixels(root.get("height", "")))
    return Measure(count, len(svg.encode()), box, _sides(box, *said))


def _sides(
    box: tuple[float, float, float, float] | None, width: float | None, height: float | None
) -> tuple[float, float]:
    """The one that is not said follows from the viewBox."""
    if box is None:
        return width or 0, height or 0
    if width is None and height is None:
        return box[2:]
    shape = box[2] / box[3]
    return width or (height or 0) * shape, height or (width or 0) / shape
