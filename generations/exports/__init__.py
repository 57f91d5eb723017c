"""A drawing in other formats: SVG text in, a file out. Pure functions, no Django.

`make(svg, "jsx", name="chatsvg-1")` is the file's bytes; `FORMATS` tells its media type and ending.
"""

from collections.abc import Callable
from typing import NamedTuple

from generations.exports import code, links, pictures, smaller
from generations.exports.errors import NotDrawn

__all__ = ["FORMATS", "GUEST_SIZES", "SIZES", "USUAL_SIZE", "VERSION", "Format", "NotDrawn", "make"]

VERSION = 3  # of all files: raised when any of them comes out otherwise
SIZES = range(16, 4096 + 1)  # pixels of the longer side
GUEST_SIZES = range(SIZES.start, 2048 + 1)  # for those who are not signed in
USUAL_SIZE = 512
_TEXT = "text/plain; charset=utf-8"


class Format(NamedTuple):
    """`make` gets the SVG text, a name for it, and the pixels of a picture's longer side."""

    media_type: str
    ending: str
    make: Callable[[str, str, int], bytes]
    has_size: bool = False

    @property
    def is_text(self) -> bool:
        return self.media_type.startswith(("text/", "image/svg"))


def _svg(svg: str, name: str, size: int) -> bytes:
    return svg.encode()


FORMATS = {
    "svg": Format("image/svg+xml; charset=utf-8", "svg", _svg),
    "optimized": Format("image/svg+xml; charset=utf-8", "min.svg", smaller.optimized),
    "png": Format("image/png", "png", pictures.png, has_size=True),
    "webp": Format("image/webp", "webp", pictures.webp, has_size=True),
    "pdf": Format("application/pdf", "pdf", pictures.pdf),
    "jsx": Format(_TEXT, "jsx", code.jsx),
    "tsx": Format(_TEXT, "tsx", code.tsx),
    "vue": Format(_TEXT, "vue", code.vue),
    "svelte": Format(_TEXT, "svelte", code.svelte),
    "data-uri": Format(_TEXT, "txt", links.data_uri),
    "css": Format("text/css; charset=utf-8", "css", links.css),
}


def make(
    svg: str,
    kind: str,
    *,
    name: str = "drawing",
    size: int = USUAL_SIZE,
    is_for_guest: bool = False,
) -> bytes:
    """The file of one of FORMATS. Raises NotDrawn where no picture can be made in time: for a guest
    that is less, and at once where others have theirs made."""
    with pictures.for_guest(is_for_guest):
        return FORMATS[kind].make(svg, name, size)
