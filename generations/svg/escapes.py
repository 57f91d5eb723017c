"""Markup that came escaped, as JSON, HTML, an address or base64, as it was meant."""

import base64
import re
from html import unescape
from urllib.parse import unquote

LAYERS = 3  # of escapes around a drawing; more than that is not meant
OPENING = re.compile(r"<(?:svg|[a-z]{1,20}:svg)(?=[\s>/])[^<>]*+>?", re.IGNORECASE)

_json_quoted = re.compile(
    r"<svg[^<>]{0,2000}?=\s{0,3}+\\{1,8}[\"']|\\{1,8}u003c(?:svg|\\{0,8}u002fsvg)", re.IGNORECASE
)
_json_document = re.compile(
    r"\s{0,99}+(?:(?:```|~~~)\w{0,20}\s{0,9}+)?(?:\{\s{0,99}+\"|\[\s{0,99}+[\"{]|\")"
)
_json_escape = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_json_letters = {"n": "\n", "t": "\t", "r": "\r", "b": " ", "f": " "}
_data_address = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/\s]++)", re.IGNORECASE)
_zeros = re.compile(r"(?<=&#)(x?)0{6,}+", re.IGNORECASE)
_long_number = re.compile(r"&#(?:[0-9]{8,}+|x[0-9a-f]{7,}+);?", re.IGNORECASE)  # beyond Unicode


def from_html(text: str) -> str:
    """`text` without references to characters; what is none stays as it is.

    `html.unescape` raises ValueError for numbers of more than 4,300 digits.
    """
    if "&" not in text:
        return text
    return unescape(_long_number.sub("\ufffd", _zeros.sub(r"\1", text)))


def from_json(text: str) -> str:
    """`text` without the escapes of JSON strings, whole or cut."""
    plain = _json_escape.sub(_json_character, text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def _json_character(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    return _json_letters.get(found[2], found[2])


def unwrapped(answer: str) -> str:
    """`answer` with a drawing's opening tag in plain text, if there is one in any of the ways."""
    if _json_document.match(answer):
        answer = from_json(answer)
    for _ in range(LAYERS):
        inner = _layer_off(answer)
        if inner is None:
            break
        answer = inner
    return answer


def _layer_off(answer: str) -> str | None:
    if _json_quoted.search(answer):
        return from_json(answer)
    if OPENING.search(answer):
        return None
    lower = answer.lower()
    if "&lt;svg" in lower:
        return from_html(answer)
    if "%3csvg" in lower:
        return unquote(answer)
    packed = _data_address.search(answer)
    return _from_base64(packed[1]) if packed else None


def _from_base64(text: str) -> str:
    """What the whole groups of four say; a cut stream may end within one."""
    packed = "".join(text.split())
    return base64.b64decode(packed[: len(packed) // 4 * 4]).decode("utf-8", "ignore")
