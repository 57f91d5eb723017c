"""Pictures embedded in a drawing: raster data only, of the kind that they say (§2 limits)."""

import base64
import binascii
import re
import struct
from dataclasses import dataclass

from generations.svg.errors import Rejected
from generations.svg.tables import MAX_RASTER_BYTES, MAX_RASTER_PIXELS

_data = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,", re.IGNORECASE | re.ASCII)
_base64 = re.compile(r"[A-Za-z0-9+/]++={0,2}")
MAGIC = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "jpeg": re.compile(rb"\xff\xd8\xff"),
    "gif": re.compile(rb"GIF8[79]a"),
    "webp": re.compile(rb"RIFF....WEBPVP8[ LX]", re.DOTALL),
}

# What begins another frame or scan; in a GIF the end of a block before an image descriptor.
PASSES = {"png": b"fcTL", "jpeg": b"\xff\xda", "gif": b"\x00\x2c", "webp": b"ANMF"}
PASSES_A_PICTURE = 20


@dataclass(frozen=True, slots=True)
class Picture:
    """A `data:` URL in canonical form, and how many pixels it takes to show.

    Every twenty frames or progressive scans count as the picture once more: a megabyte of
    empty scans over a large picture would keep a decoder busy for hours.
    """

    url: str
    pixels: int


def read(value: str) -> Picture | None:
    """The picture that a `data:` URL holds, or None. Refuses the drawing if it is too large."""
    value = value.strip()
    found = _data.match(value)
    if not found:
        return None
    kind = found[1].lower().replace("jpg", "jpeg")
    body = "".join(value[found.end() :].split())
    if len(body) > MAX_RASTER_BYTES * 4 // 3 + 4:
        raise Rejected("image_too_large")
    data = _decode(body)
    if not data or not MAGIC[kind].match(data):
        return None
    width, height = SIZES[kind](data)
    if not width or not height:
        return None
    if width * height > MAX_RASTER_PIXELS:
        raise Rejected("image_too_large")
    passes = 1 + data.count(PASSES[kind]) // PASSES_A_PICTURE
    return Picture(f"data:image/{kind};base64,{body}", width * height * passes)


def _decode(body: str) -> bytes | None:
    if not _base64.fullmatch(body):
        return None
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4))
    except binascii.Error:
        return None


def _png(data: bytes) -> tuple[int, int]:
    return struct.unpack(">II", data[16:24]) if len(data) >= 24 else (0, 0)


def _gif(data: bytes) -> tuple[int, int]:
    return struct.unpack("<HH", data[6:10]) if len(data) >= 10 else (0, 0)


def _jpeg(data: bytes) -> tuple[int, int]:
    """Width and height from the first start-of-frame segment (ITU T.81, B.2.2)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 1 if marker == 0xFF else 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return 0, 0


def _webp(data: bytes) -> tuple[int, int]:
    """Width and height from the first chunk (RFC 9649 §2.5-2.7)."""
    if len(data) < 30:
        return 0, 0
    chunk = data[12:16]
    if chunk == b"VP8X":
        return _u24(data, 24) + 1, _u24(data, 27) + 1
    if chunk == b"VP8L":
        bits = struct.unpack("<I", data[21:25])[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _u24(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 3], "little")


SIZES = {"png": _png, "jpeg": _jpeg, "gif": _gif, "webp": _webp}
