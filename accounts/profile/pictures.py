"""Making a small, clean picture out of whatever was uploaded. Pure: bytes in, bytes out."""

import threading
from io import BytesIO
from typing import TYPE_CHECKING

from accounts.profile.errors import BadPicture, PictureTooLarge

if TYPE_CHECKING:
    from PIL import Image  # not every process makes pictures

SIZE = 256  # pixels, each side
BYTES_MOST = 2 * 1024 * 1024
PIXELS_MOST = 4096 * 4096  # 64 MB decoded
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")  # no other decoder of Pillow's is ever run
_UNDER_WAY = threading.BoundedSemaphore(2)  # so many decoded at once, however many people upload


def portrait(upload: bytes) -> bytes:
    """The middle of the picture as a WebP of SIZE × SIZE, without anything else that was in the
    file; of an animation its first frame. Raises BadPicture or PictureTooLarge."""
    if len(upload) > BYTES_MOST:
        raise PictureTooLarge()
    if not _looks_right(upload):
        raise BadPicture()
    from PIL import Image

    try:
        with _UNDER_WAY, Image.open(BytesIO(upload), formats=FORMATS) as picture:
            _check_size(picture)  # read from the header: nothing is decoded yet
            return _encode(_crop(picture))
    except PictureTooLarge:
        raise
    except Exception as error:  # of a hostile file a decoder may raise anything
        raise BadPicture() from error


def _looks_right(upload: bytes) -> bool:
    """Whether it begins like a file of one of FORMATS."""
    is_webp = upload[:4] == b"RIFF" and upload[8:12] == b"WEBP"
    return is_webp or upload.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8"))


def _check_size(picture: "Image.Image") -> None:
    if picture.width * picture.height > PIXELS_MOST:
        raise PictureTooLarge()


def _crop(picture: "Image.Image") -> "Image.Image":
    from PIL import ImageOps

    picture.draft("RGB", (2 * SIZE, 2 * SIZE))  # of a JPEG no more is decoded than is needed
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    has_alpha = upright.has_transparency_data
    return ImageOps.fit(upright.convert("RGBA" if has_alpha else "RGB"), (SIZE, SIZE))


def _encode(picture: "Image.Image") -> bytes:
    """Only the pixels: they are copied to a picture that knows nothing of the file."""
    from PIL import Image

    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    out = BytesIO()
    clean.save(out, "WEBP", quality=85, method=4)
    return out.getvalue()
