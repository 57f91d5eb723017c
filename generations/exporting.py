"""A drawing as a file in the format that somebody asks for: for programs and for pages."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from chatsvg.database import give_back
from chatsvg.errors import Invalid
from generations import exports, files, names
from generations.errors import NoPicture, PicturesBusy
from generations.exports.kept import Kept
from generations.models import Generation
from generations.svg import measure

INERT = {name: files.SAFETY_HEADERS[name] for name in ("X-Content-Type-Options",)}
INERT |= {"Content-Security-Policy": files.SAFETY_HEADERS["Content-Security-Policy"]}


SCALES = ("1", "2", "4")
PAINTED = ("png", "webp", "pdf")
_kept = Kept(most_bytes=16 * 2**20, largest=2**20)  # of public drawings, which many ask for


class Export(NamedTuple):
    """A drawing in another format. `size` means pixels of a picture's longer side; `is_copy`, that
    it is text to be copied and no file."""

    kind: str
    size: int
    is_copy: bool = False
    is_for_guest: bool = False

    @property
    def format(self) -> exports.Format:
        return exports.FORMATS[self.kind]


def read(query: Mapping[str, str]) -> Export:
    """The format that a query names. Raises Invalid."""
    kind = query.get("format", "svg").strip().lower()
    if kind not in exports.FORMATS:
        raise Invalid(f"Invalid format. Must be one of: {', '.join(exports.FORMATS)}")
    return Export(kind, _size(query.get("size")))


def _size(text: str | None) -> int:
    if text is None:
        return exports.USUAL_SIZE
    text = text.strip()
    if text.isascii() and text.isdecimal() and len(text) < 9 and int(text) in exports.SIZES:
        return int(text)
    most = exports.SIZES.stop - 1
    raise Invalid(f"size must be a whole number from {exports.SIZES.start} to {most}")


def read_of(query: Mapping[str, str], drawing: Generation) -> Export:
    """The same for pages: pictures also `scale` times as large as the drawing says that it is, and
    text to be copied. Raises Invalid."""
    scale = query.get("scale", "").strip()
    size = query.get("size", "").strip() or str(exports.USUAL_SIZE)
    if scale:
        size = str(scaled(drawing, _scale(scale)))
    wanted = read({"format": query.get("format", "svg"), "size": size})
    if query.get("copy") != "1":
        return wanted
    if not wanted.format.is_text:
        raise Invalid("A picture cannot be copied as text. Download it instead.")
    return wanted._replace(is_copy=True)


def _scale(text: str) -> int:
    if text not in SCALES:
        raise Invalid(f"scale must be one of: {', '.join(SCALES)}")
    return int(text)


def scaled(drawing: Generation, times: int) -> int:
    """Pixels of the longer side of a picture so many times as large as the drawing."""
    return max(exports.SIZES.start, round(max(measure(drawing.svg).sides) * times))


def sizes_for(viewer) -> range:
    """Pixels of the longer side of the pictures that somebody may have made."""
    return exports.SIZES if viewer.is_authenticated else exports.GUEST_SIZES


def allowed(viewer, wanted: Export) -> Export:
    """The same, as far as `viewer` may have it made. Raises Invalid."""
    if wanted.format.has_size and wanted.size not in (sizes := sizes_for(viewer)):
        raise Invalid(
            f"Pictures of more than {sizes.stop - 1} pixels are for people who are signed in."
        )
    return wanted._replace(is_for_guest=not viewer.is_authenticated)


def answer(request: HttpRequest, drawing: Generation, wanted: Export) -> HttpResponse:
    """The file as an attachment, or 304; no cache is told anything yet. Raises NoPicture or
    PicturesBusy."""
    etag = tag(drawing, wanted)
    known = get_conditional_response(request, etag=etag)
    response = known or HttpResponse(made(drawing, wanted), headers=_headers(drawing, wanted))
    response["ETag"] = etag
    return response


def _class_of(drawing: Generation) -> str:
    """What its class in CSS is called."""
    return f"chatsvg-{drawing.pk}"


def tag(drawing: Generation, wanted: Export) -> str:
    size = wanted.size if wanted.format.has_size else 0
    version = f"{drawing.sanitizer_version}.{exports.VERSION}"
    manner = "-copy" if wanted.is_copy else ""
    return quote_etag(f"{drawing.pk}-{version}-{wanted.kind}-{size}{manner}")


def made(drawing: Generation, wanted: Export) -> bytes:
    """Raises NoPicture or PicturesBusy."""
    give_back()  # a picture may take seconds
    if drawing.is_private or wanted.kind not in PAINTED:
        return _made(drawing, wanted)
    return _kept.get(tag(drawing, wanted), partial(_made, drawing, wanted))


def _made(drawing: Generation, wanted: Export) -> bytes:
    try:
        return exports.make(
            drawing.svg,
            wanted.kind,
            name=_class_of(drawing),
            size=wanted.size,
            is_for_guest=wanted.is_for_guest,
        )
    except exports.NotDrawn as error:
        raise (PicturesBusy() if error.is_busy else NoPicture()) from error


def _headers(drawing: Generation, wanted: Export) -> dict[str, str]:
    if wanted.is_copy:
        return {**INERT, "Content-Type": "text/plain; charset=utf-8"}
    return {
        **INERT,
        "Content-Type": wanted.format.media_type,
        "Content-Disposition": names.attachment(drawing, wanted.format.ending),
    }
