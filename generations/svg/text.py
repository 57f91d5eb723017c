"""What is checked on the text of a drawing before any parser sees it (SVG_SAFETY §2.1)."""

import codecs
import re
from dataclasses import dataclass

from generations.svg.errors import Rejected
from generations.svg.tables import (
    MAX_BYTES,
    MAX_ELEMENTS,
    MAX_NAMESPACE_LENGTH,
    MAX_NAMESPACES,
)

# Characters outside the Char production of XML 1.0 (§2.2); surrogates fail at encoding.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY|ATTLIST|NOTATION|ELEMENT)", re.IGNORECASE)
# The bare doctype that drawing programs write: no internal subset, so it declares nothing.
BARE_DOCTYPE = re.compile(
    r"""<!DOCTYPE\s++svg(?:\s++(?:PUBLIC|SYSTEM))?(?:\s*+(?:"[^"<>\[]{0,200}"|'[^'<>\[]{0,200}')){0,2}\s*+>""",
    re.ASCII,
)
XML_DECLARATION = re.compile(r"<\?xml\s[^<>?]{0,200}\?>")
QUOTE = re.compile("[\"']")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The UTF-8 bytes to parse, and how many lines and columns were cut before them."""

    data: bytes
    lines_cut: int
    columns_cut: int


def decode(data: bytes) -> str:
    """The text of an uploaded file: strict UTF-8, or UTF-16 told by its byte order mark.

    Labels inside the file are not believed: libxml2 would honour UTF-7 (SVG_SAFETY §3).
    """
    if len(data) > 2 * MAX_BYTES + 2:
        raise Rejected("too_large")
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if utf16 else "utf-8")
    except UnicodeDecodeError:
        raise Rejected("bad_encoding") from None


def prepare(text: str) -> Prepared:
    """`text` as bytes that are safe to hand to the parser, its prologue cut off."""
    if not isinstance(text, str):
        raise Rejected("not_text")
    if len(text) > MAX_BYTES:
        raise Rejected("too_large")
    _refuse_characters(text)
    start = _prologue_end(text)
    _refuse_declarations(text, start)
    if text.count("<") > 2 * MAX_ELEMENTS:
        raise Rejected("too_many_elements")
    _refuse_namespaces(text)
    data = text[start:].encode()
    if len(data) > MAX_BYTES:
        raise Rejected("too_large")
    return Prepared(data, text.count("\n", 0, start), start - text.rfind("\n", 0, start) - 1)


def _refuse_characters(text: str) -> None:
    found = FORBIDDEN.search(text)
    if found:
        raise Rejected("bad_character", *_position(text, found.start()))


def _refuse_declarations(text: str, start: int) -> None:
    found = DECLARATION.search(text, start)
    if found:
        raise Rejected("doctype", *_position(text, found.start()))


def _prologue_end(text: str) -> int:
    """Where the drawing begins: after BOM, declaration, comments and one bare doctype."""
    at = 1 if text.startswith("\ufeff") else 0
    at = _skip_space(text, at)
    declaration = XML_DECLARATION.match(text, at)
    if declaration:
        at = declaration.end()
    at = _skip_comments(text, at)
    doctype = BARE_DOCTYPE.match(text, at)
    return _skip_comments(text, doctype.end()) if doctype else at


def _skip_space(text: str, at: int) -> int:
    while text[at : at + 1] in ("\t", "\n", "\r", " "):
        at += 1
    return at


def _skip_comments(text: str, at: int) -> int:
    at = _skip_space(text, at)
    while text.startswith("<!--", at):
        end = text.find("-->", at + 4)
        if end < 0:
            return at
        at = _skip_space(text, end + 3)
    return at


def _refuse_namespaces(text: str) -> None:
    """Refuse namespaces so many or so long that merely naming elements would cost memory."""
    if text.count("xmlns") > MAX_NAMESPACES:
        raise Rejected("too_many_namespaces")
    at = text.find("xmlns")
    opening = QUOTE.search(text, max(at, 0))
    while at >= 0 and opening:
        if opening.start() < at:  # searched for again only where it lies behind: linear
            opening = QUOTE.search(text, at)
            continue
        closing = text.find(opening.group(), opening.end())
        if closing - opening.end() > MAX_NAMESPACE_LENGTH:
            raise Rejected("too_many_namespaces", *_position(text, at))
        at = text.find("xmlns", at + 5)


def _position(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
