"""Drawings as pixels, by resvg: what a person would see before and after."""

import io

import resvg_py
from PIL import Image, ImageChops


def pixels(svg: str) -> Image.Image:
    """The drawing, 200 pixels wide, on nothing."""
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=200, dpi=96, languages=["en"]))
    return Image.open(io.BytesIO(png)).convert("RGBA")


def difference(one: str, other: str) -> int:
    """The largest difference of any channel of any pixel; 256 where the sizes differ."""
    first, second = pixels(one), pixels(other)
    if first.size != second.size:
        return 256
    return max(high for _, high in ImageChops.difference(first, second).getextrema())
