"""Markup that came escaped, as JSON, HTML, an address or base64, as it was meant."""

import base64
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

LAYERS = 4  # of escapes around a drawing; more than that is not meant
PREFIX = r"[a-zA-Z][a-zA-Z0-9_.-]{0,19}:"
OPENING = re.compile(rf"<(?:svg|{PREFIX}svg)(?=[\s>/])[^<>]*+>?", re.IGNORECASE)

_json_quoted = re.compile(
    r"<svg[^<>]{0,2000}?=\s{0,3}+\\{1,8}[\"']|\\{1,8}u003c(?:svg|\\{0,8}u002fsvg)", re.IGNORECASE
)
_json_document = re.compile(
    r"\s{0,99}+(?:(?:```|~~~)\w{0,20}\s{0,9}+)?(?:\{\s{0,99}+\"|\[\s{0,99}+[\"{]|\")"
)
_json_escape = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_json_letters = {"n": "\n", "t": "\t", "r": "\r", "b": " ", "f": " "}
_html_opening = re.compile(
    r"&(?:amp;){0,4}(?:lt|#0{0,4}60|#x0{0,4}3c);(?:\w{1,20}:)?svg", re.IGNORECASE
)
_markdown_escape = re.compile(r"\\([!-/:-@\[-`{-~])")
_address = re.compile(r"data:image/svg\+xml[^,<\"']{0,60},", re.IGNORECASE)
_percent = re.compile(r"%(?:25){0,2}3csvg", re.IGNORECASE)
_escaped_sign = re.compile(r"%(?:23|20|22|27|3[ce])", re.IGNORECASE)
# "<svg", "<?xml", "<!DOCTYPE" and "data:" in base64, or base64 of that
_packed = re.compile(r"(?:PHN2Z|PD94bW|PCFET0|UEhOMlp|VUVoT)[A-Za-z0-9+/_-][A-Za-z0-9+/_\s-]{30,}+")
_zeros = re.compile(r"(?<=&#)(x?)0{6,}+", re.IGNORECASE)
_long_number = re.compile(r"&#(?:[0-9]{8,}+|x[0-9a-f]{7,}+);?", re.IGNORECASE)  # beyond Unicode
WIDE = {0xFEE0 + sign: sign for sign in range(0x21, 0x7F)}


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


def has_drawing(answer: str) -> bool:
    """Whether there is a drawing's opening tag in `answer`, in any of the ways."""
    return bool(OPENING.search(unwrapped(answer)))


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
    opening = OPENING.search(answer)
    if opening:
        return _from_address(answer, opening.start())
    for sign, undo in LAYER.items():
        if found := sign.search(answer):
            return undo(answer, found)
    return None


def _from_address(answer: str, at: int) -> str | None:
    """A drawing in an address of which only some signs are escaped."""
    before = answer[max(at - 200, 0) : at]
    if not _address.search(before) or not _escaped_sign.search(answer, at):
        return None
    return answer[:at] + unquote(answer[at:])


def _from_base64(answer: str, found: re.Match[str]) -> str:
    """What the whole groups of four say; a cut stream may end within one."""
    packed = "".join(found.group().split()).replace("-", "+").replace("_", "/")
    return base64.b64decode(packed[: len(packed) // 4 * 4]).decode("utf-8", "ignore")


# Signs of an opening tag in disguise, and what takes the disguise off.
LAYER: dict[re.Pattern[str], Callable[[str, re.Match[str]], str]] = {
    _html_opening: lambda answer, found: from_html(answer),
    re.compile(r"\\<svg", re.IGNORECASE): lambda answer, found: _markdown_escape.sub(r"\1", answer),
    _percent: lambda answer, found: unquote(answer),
    re.compile(rf"{chr(0xFF1C)}svg", re.IGNORECASE): lambda answer, found: answer.translate(WIDE),
    _packed: _from_base64,
}
