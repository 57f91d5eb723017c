"""Declarations of CSS as they are meant, in `style` attributes and in sheets."""

import re

from generations.svg import names
from generations.svg.css import KNOWN
from generations.svg.meant import colours, links, transforms
from generations.svg.meant.links import Ids
from generations.svg.words import NUMBER

MAX_LENGTH = 4_000
QUOTES = ("'", '"', "`")
ORIGIN = re.compile(rf"({NUMBER})(?:px)?[\s,]++({NUMBER})(?:px)?")

_part = re.compile(r"(?<![\w#.(-])[\"']?(--[\w-]+|[a-zA-Z-]{1,40})[\"']?\s*+[:=]")
_plain = re.compile(r"(?:\s*+[a-z-]++\s*+:[^:;={}\"'`]*+(?:;|\Z))*+\s*+")
_marks = re.compile(r"<!--|-->|<!\[CDATA\[|\]\]>")
_line_comment = re.compile(r"(?:^|(?<=[\s;{}]))//[^\n]*+")
_bare_hex = re.compile(r"(:\s*+)([0-9a-fA-F]{6})(?=\s*[;}!])")


def meant(text: str, ids: Ids) -> str:
    """A `style` with its declarations apart, each with the name and the value that it means."""
    if len(text) > MAX_LENGTH or "--" in text:
        return text
    split = _split if _plain.fullmatch(text) else _found
    pairs = split(text)
    mended = [(name, _value(name, value, ids)) for name, value in pairs]
    kept = [(name, value) for name, value in mended if value]
    return text if kept == _split(text) else "; ".join(f"{name}: {value}" for name, value in kept)


def _split(text: str) -> list[tuple[str, str]]:
    parts = [part.partition(":") for part in text.split(";") if part.strip()]
    return [(_named(name.strip()), value.strip()) for name, _, value in parts]


def _found(text: str) -> list[tuple[str, str]]:
    """The values between the names of properties, whatever separates them."""
    marks = [(mark, _named(mark[1])) for mark in _part.finditer(text)]
    marks = [(mark, name) for mark, name in marks if name in KNOWN or name.startswith("font")]
    ends = [mark.start() for mark, _ in marks[1:]] + [len(text)]
    return [
        (name, _bare(text[mark.end() : end].strip(" \t\r\n;,{}")))
        for (mark, name), end in zip(marks, ends, strict=False)
    ]


def _bare(value: str) -> str:
    """`value` without quotes around all of it."""
    quote = value[:1]
    is_quoted = quote in QUOTES and value.endswith(quote) and value.count(quote) == 2
    return value[1:-1].strip() if is_quoted else value


def _named(name: str) -> str:
    return name if name in KNOWN or name.startswith("--") else names.attribute(name)


def _value(name: str, value: str, ids: Ids) -> str | None:
    bare, mark, _ = value.partition("!important")
    if name in links.PAINTS:
        meant = links.paint(bare, ids)
    elif name in colours.NAMES:
        meant = colours.meant(bare)
    elif name in links.REFERENCES:
        meant = links.reference(bare, ids)
    else:
        return value
    return f"{meant} {mark}" if mark and meant else meant


def turned(text: str) -> tuple[str, str | None]:
    """A `style` without its transform, and that as an attribute, where plain numbers say it."""
    if "transform" not in text or len(text) > MAX_LENGTH or "transform-box" in text:
        return text, None
    found = dict(_split(text))
    wanted, origin = found.pop("transform", ""), found.pop("transform-origin", "0 0")
    point, written = ORIGIN.fullmatch(origin), transforms.of_style(wanted)
    if not written or not point:
        return text, None
    x, y = point.groups()
    attribute = written
    if float(x) or float(y):
        attribute = f"translate({x} {y}) {written} translate({_minus(x)} {_minus(y)})"
    return "; ".join(f"{name}: {value}" for name, value in found.items()), attribute


def _minus(number: str) -> str:
    return number[1:] if number.startswith("-") else "-" + number.lstrip("+")


def sheet(text: str) -> str:
    """The text of a `<style>` without the marks of other languages."""
    if "\n" not in text:
        text = text.replace("\\n", "\n")  # of a string of code
    text = _line_comment.sub("", _marks.sub(" ", text))
    return _bare_hex.sub(r"\1#\2", text)
