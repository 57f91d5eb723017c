"""A drawing as an address that holds all of it, and as a mask of CSS."""

import re
from urllib.parse import quote

from generations.svg.measure import measure

# Characters that need no escape in a data: URL, nor inside url("…"): fewer bytes than base64.
_PLAIN = "=:/;,!*@$()?+"


def data_uri(svg: str, name: str, size: int) -> bytes:
    return _address(svg).encode()


def css(svg: str, name: str, size: int) -> bytes:
    """A class that shows the drawing's shape in the colour of the text around it."""
    box = measure(svg).view_box
    shape = f"{box[2]:g} / {box[3]:g}" if box else "1 / 1"
    mask = "var(--drawing) no-repeat center / contain"
    return f""".{_class(name)} {{
  --drawing: url("{_address(svg)}");
  display: inline-block;
  height: 1em;
  aspect-ratio: {shape};
  background-color: currentColor;
  -webkit-mask: {mask};
  mask: {mask};
}}
""".encode()


def _address(svg: str) -> str:
    return "data:image/svg+xml," + quote(svg, safe=_PLAIN)


def _class(name: str) -> str:
    """A name that CSS takes as it is."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", name) if name[:1].isalpha() else f"drawing-{name}"
