"""The attributes of a tag, whatever became of their quotes."""

import re

from generations.svg import names
from generations.svg.escapes import from_html

NAME = r"[A-Za-z_][A-Za-z0-9_:.-]*+"
QUALIFIED = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*+(?::[A-Za-z_][A-Za-z0-9_.-]*+)?")
MARKS = "\"'`“”„‟″‘’‚‛′«»"  # what values are found in

_attribute = re.compile(
    rf"(?P<name>{NAME})"
    r"(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|`(?P<tick>[^`]*+)`"
    r"|[“”„‟″«](?P<curly>[^“”„‟″»]*+)[“”„‟″»]|[‘’‚‛′](?P<curl>[^‘’‚‛′]*+)[‘’‚‛′]"
    r"|\{\{(?P<object>[^{}]*+)\}\}|\{\s*+[\"'`]?(?P<braced>[^\"'`{}]*+)[\"'`]?\s*+\}"
    r"|(?P<bare>[^\s\"'`<>{}“”„‟″‘’‚‛′]++)))?+"
)
KINDS = ("double", "single", "tick", "curly", "curl", "object", "braced", "bare")
_between = re.compile(r"[\s,;/]*+")
_start = re.compile(rf"(?<![\w:.-])({NAME})\s*+=")
_swallowed = re.compile(r"\s[\w:-]+\s*+=\s*+\Z")
_hyphens = str.maketrans("‐‑", "--")


def read(text: str) -> dict[str, str]:
    """The attributes in `text`, decoded; of two with one name the first, as in HTML."""
    text = text.translate(_hyphens)
    pairs = _quoted(text)
    if pairs is None:
        pairs = _loose(text)
    found: dict[str, str] = {}
    for written, value in pairs:
        name = names.attribute(written.removeprefix("v-bind:"))
        if not QUALIFIED.fullmatch(name) or name in ("xmlns:xml", "xmlns:xmlns"):
            continue
        if name.startswith("xmlns:") and not value:
            continue
        found.setdefault(name, from_html(value))
    return found


def _quoted(text: str) -> list[tuple[str, str]] | None:
    """The pairs of names and values; None where some quote is not where it should be."""
    pairs = []
    end = 0
    for match in _attribute.finditer(text):
        if any(mark in text[end : match.start()] for mark in "\"'“”‘’"):
            return None
        end = match.end()
        value = next((match[kind] for kind in KINDS if match[kind] is not None), "")
        if match["bare"] and value.endswith("/") and match.end() == len(text):
            value = value[:-1]
        if _swallowed.search(value[-100:]) or (match["bare"] and "=" in value):
            return None
        if not value and text.startswith(("#", '"', "'"), end) and match["double"] is not None:
            return None
        if match["object"] is not None:
            value = "{" + value + "}"
        pairs.append((match["name"], value))
    return None if any(mark in text[end:] for mark in "\"'“”‘’") else pairs


def _loose(text: str) -> list[tuple[str, str]]:
    """The values between the names, without any quotes."""
    starts = list(_start.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    pairs = []
    for start, end in zip(starts, ends, strict=False):
        value = text[start.end() : end].partition(">")[0].strip()
        pairs.append((start[1], value.removesuffix("/").strip(MARKS + " \t\r\n{}")))
    return pairs
