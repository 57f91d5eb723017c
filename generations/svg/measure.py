"""The size of a drawing in numbers: elements, bytes, viewBox."""

from dataclasses import dataclass

from generations.svg.parse import parse
from generations.svg.text import prepare
from generations.svg.view import view_box


@dataclass(frozen=True, slots=True)
class Measure:
    """`view_box` is (x, y, width, height), or None where the drawing has no usable one."""

    elements: int
    bytes: int
    view_box: tuple[float, float, float, float] | None


def measure(svg: str) -> Measure:
    """Count what is in `svg`; Rejected when it cannot be read at all."""
    root = parse(prepare(svg))
    count = sum(1 for _ in root.iter())
    return Measure(count, len(svg.encode()), view_box(root.get("viewBox", "")))
