"""Pictures as they are uploaded, honest and hostile."""

import struct
import zlib
from io import BytesIO

from PIL import Image

SECRET = b"GPS 48.2082N 16.3738E"


def picture(format: str = "PNG", *, size=(640, 400), colour=(200, 90, 48), **options) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, format, **options)
    return out.getvalue()


def with_exif() -> bytes:
    """A JPEG that says where it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn right
    exif[0x010E] = SECRET.decode()
    picture = Image.new("RGB", (400, 400), "blue")
    picture.paste("red", (0, 0, 400, 200))  # the upper half, which is the right one when upright
    out = BytesIO()
    picture.save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


def animated() -> bytes:
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("green", "red", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few KB that would take gigabytes to decode."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(b"\0" * 1_000_000)),
            (b"IEND", b""),
        )
    )


def text_bomb() -> bytes:
    """A PNG whose comment grows to 200 MB."""
    data = b"Comment\0\0" + zlib.compress(b"A" * 200_000_000, 9)
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + data))
    honest = picture()
    return honest[:33] + chunk + honest[33:]
