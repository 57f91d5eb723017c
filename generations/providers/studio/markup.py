"""Writing SVG: elements as text, and the definitions they refer to."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from pathops import Path

from . import geometry

NAMESPACE = "http://www.w3.org/2000/svg"
Stops = Iterable[tuple[float, str] | tuple[float, str, float]]
"""Of a gradient: offset, colour and, where it is not 1, opacity."""


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """One element; `stroke_width=2` writes stroke-width="2", None writes nothing."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _value(value: object) -> str:
    return geometry.number(value) if isinstance(value, float) else str(value)


def shape(path: Path, /, **attributes: object) -> str:
    """A path element, or nothing for an empty path."""
    data = geometry.write(path)
    return element("path", "", d=data, **attributes) if data else ""


def group(content: str, /, **attributes: object) -> str:
    return element("g", content, **attributes) if content else ""


def repeated(content: str, copies: Iterable[geometry.Point]) -> str:
    """The content, and again at each distance."""
    away = list(copies)
    if not away:
        return content
    uses = "".join(element("use", href="#one", x=float(x), y=float(y)) for x, y in away)
    return group(content, id="one") + uses


class Definitions:
    """Gradients and clips by what they are, each written once."""

    def __init__(self) -> None:
        self._written: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def linear(self, stops: Stops, box: geometry.Box, turn=(0, 0, 1, 1)):
        """A paint that runs over the box from one corner to another."""
        left, top, right, bottom = box
        x1, y1, x2, y2 = turn
        ends = {
            "x1": left + x1 * (right - left),
            "y1": top + y1 * (bottom - top),
            "x2": left + x2 * (right - left),
            "y2": top + y2 * (bottom - top),
        }
        content = _stops(stops)
        return self._add("linearGradient", content, gradientUnits="userSpaceOnUse", **ends)

    def radial(self, stops: Stops, cx: float, cy: float, r: float) -> str:
        content = _stops(stops)
        return self._add(
            "radialGradient", content, gradientUnits="userSpaceOnUse", cx=cx, cy=cy, r=r
        )

    def clip(self, path: Path) -> tuple[str, str]:
        """A clip to the area, and what its shape is called for a <use>."""
        name = f"s{len(self._names) + 1}"
        return self._add("clipPath", shape(path, id=name)), f"#{name}"

    def _add(self, name: str, content: str, **attributes: object) -> str:
        key = element(name, content, **attributes)
        if key not in self._names:
            identifier = f"d{len(self._names) + 1}"
            self._written[key] = element(name, content, id=identifier, **attributes)
            self._names[key] = identifier
        return f"url(#{self._names[key]})"

    def write(self) -> str:
        return element("defs", "".join(self._written.values())) if self._names else ""


def _stops(stops: Stops) -> str:
    written = []
    for offset, colour, *opacity in stops:
        faint = float(opacity[0]) if opacity else None
        written.append(element("stop", offset=float(offset), stop_color=colour, stop_opacity=faint))
    return "".join(written)


def document(body: str, *, title: str, description: str) -> str:
    """The whole drawing on its 256 × 256 canvas."""
    named = element("title", escape(title) or "Drawing") + element("desc", escape(description))
    return f'<svg xmlns="{NAMESPACE}" viewBox="0 0 256 256" role="img">{named}{body}</svg>'
