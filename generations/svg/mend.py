"""Broken markup written anew: a tolerant reader for what models get wrong (SVG_SAFETY §2).

It reads tags the way HTML does, drops comments and declarations, closes what is open, quotes
what is bare, keeps the first of two attributes, spells names as SVG does, and declares the
namespaces that are used. Linear in the length of the text.
"""

import re
from collections import Counter

from generations.svg import names
from generations.svg.errors import Rejected
from generations.svg.escapes import from_html
from generations.svg.tables import (
    ANIMATIONS,
    LIGHTS,
    PRIMITIVES,
    SHAPES,
    SVG,
    TITLES,
    TRANSFERS,
    XLINK,
)
from generations.svg.text import FORBIDDEN
from generations.svg.view import pixels, view_box

KNOWN = {"xlink": XLINK, "svg": SVG}
VOID = frozenset("br hr img input link meta wbr".split())  # HTML's, which are never closed
# Elements that hold only titles and animations, so that another tag means a forgotten slash.
LEAVES = (
    SHAPES
    | LIGHTS
    | TRANSFERS
    | (PRIMITIVES - {"feMerge", "feComponentTransfer", "feDiffuseLighting", "feSpecularLighting"})
    | {"image", "use", "stop", "feMergeNode"}
)
INSIDE_LEAVES = ANIMATIONS | TITLES | {"style", "script"}
INSIDE = dict.fromkeys(LEAVES, INSIDE_LEAVES) | dict.fromkeys(ANIMATIONS, TITLES | {"mpath"})

_token = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<raw>.*?)(?:\]\]>|\Z)|<[!?][^>]*+(?:>|\Z)"
    r"|</(?P<close>[A-Za-z_][A-Za-z0-9_:.-]*+)[^<>]*+>?"
    r"|<(?P<open>[A-Za-z_][A-Za-z0-9_:.-]*+)"
    # a value ends at its quote, or where it was forgotten: at the next tag
    r"(?P<attributes>(?:[^<>\"']++"
    r"|\"(?:[^\"<]++|<(?![A-Za-z/!?]))*+(?:\"|(?=<)|\Z)"
    r"|'(?:[^'<]++|<(?![A-Za-z/!?]))*+(?:'|(?=<)|\Z))*+)(?P<end>>|(?=<)|\Z)",
    re.DOTALL,
)
_attribute = re.compile(
    r"(?P<name>[A-Za-z_][A-Za-z0-9_:.-]*+)"
    r"(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|[“”](?P<curly>[^“”]*+)[“”]"
    r"|\{\s*+[\"']?(?P<braced>[^\"'{}]*+)[\"']?\s*+\}|(?P<bare>[^\s\"'<>]++)))?+"
)
KINDS = ("double", "single", "curly", "braced", "bare")
_qualified = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*+(?::[A-Za-z_][A-Za-z0-9_.-]*+)?")
_cut_reference = re.compile(r"&#?\w{0,31}+\Z", re.ASCII)
_number = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_style_size = re.compile(r"(?:\A|[;\s])(width|height)\s{0,9}+:\s{0,9}+([0-9.]{1,20}+[a-z]{0,3}+)")


def mend(drawing: str) -> str:
    """`drawing`, which starts at its svg tag, as well-formed XML. Raises Rejected("no_svg")."""
    return _Mender(FORBIDDEN.sub("", _without_surrogates(drawing))).mended()


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


class _Mender:
    """One reading of one drawing: what is written so far, and what is still open."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[str] = []
        self.open: list[str] = []
        self.counts: Counter[str] = Counter()
        self.prefixes: set[str] = set()
        self.declared: set[str] = {"xml"}
        self.root: dict[str, str] | None = None
        self.root_name = "svg"

    def mended(self) -> str:
        at = 0
        for found in _token.finditer(self.text):
            self._text(self.text[at : found.start()])
            at = found.end()
            self._take(found)
            if self.root is not None and not self.open:
                break
        else:
            self._text(_cut_reference.sub("", self.text[at:]))
        if self.root is None:
            raise Rejected("no_svg")
        while self.open:
            self._close()
        return self._root_tag() + "".join(self.parts)

    def _take(self, found: re.Match[str]) -> None:
        if found["raw"] is not None:
            self._write(_escaped(found["raw"]))
        elif found["close"]:
            self._take_closing(_named(found["close"]))
        elif found["open"] and (found["end"] or found.end() < len(self.text)):
            self._take_opening(_named(found["open"]), found["attributes"])
        # A tag without an end is where the stream was cut; what it began is not kept.

    def _take_opening(self, name: str, text: str) -> None:
        attributes = _attributes(text)
        is_closed = text.rstrip().endswith("/")
        self._note_prefixes(name, attributes)
        if self.root is None:
            self.root, self.root_name = attributes, name
            self._opened(name)
            if is_closed:
                self._close()
            return
        while self.open[-1] in INSIDE and name not in INSIDE[self.open[-1]]:
            self._close()
        written = "".join(f' {key}="{_escaped(value)}"' for key, value in attributes.items())
        if is_closed or name in VOID:
            self._write(f"<{name}{written}/>")
        else:
            self._write(f"<{name}{written}>")
            self._opened(name)

    def _take_closing(self, name: str) -> None:
        """Close `name` and what is open inside it; a tag that closes nothing is left out."""
        if not self.counts[name]:
            return
        while self.open[-1] != name:
            self._close()
        self._close()

    def _note_prefixes(self, name: str, attributes: dict[str, str]) -> None:
        for key in (name, *attributes):
            prefix, colon, local = key.partition(":")
            if colon and prefix == "xmlns":
                self.declared.add(local)
            elif colon:
                self.prefixes.add(prefix)

    def _opened(self, name: str) -> None:
        self.open.append(name)
        self.counts[name] += 1

    def _close(self) -> None:
        name = self.open.pop()
        self.counts[name] -= 1
        self._write(f"</{name}>")

    def _text(self, text: str) -> None:
        if self.open:
            self._write(_escaped(from_html(text)))

    def _write(self, text: str) -> None:
        self.parts.append(text)

    def _root_tag(self) -> str:
        attributes = self.root or {}
        if ":" not in self.root_name:
            attributes = {"xmlns": SVG} | {k: v for k, v in attributes.items() if k != "xmlns"}
        for prefix in sorted(self.prefixes - self.declared):
            attributes[f"xmlns:{prefix}"] = KNOWN.get(prefix, f"urn:undeclared:{prefix}")
        _add_view_box(attributes)
        written = "".join(f' {key}="{_escaped(value)}"' for key, value in attributes.items())
        return f"<{self.root_name}{written}>"


def _named(name: str) -> str:
    """An element's name as SVG spells it, and with one prefix at most."""
    if ":" not in name:
        return names.element(name)
    return name if _qualified.fullmatch(name) else name.replace(":", "_")


def _attributes(text: str) -> dict[str, str]:
    """The attributes of a tag, decoded; of two with one name the first, as in HTML."""
    found: dict[str, str] = {}
    for match in _attribute.finditer(text):
        name = names.attribute(match["name"])
        if not _qualified.fullmatch(name) or name in ("xmlns:xml", "xmlns:xmlns"):
            continue
        value = next((match[kind] for kind in KINDS if match[kind] is not None), "")
        if match["bare"] and value.endswith("/") and match.end() == len(text):
            value = value[:-1]
        if name.startswith("xmlns:") and not value:
            continue
        found.setdefault(name, from_html(value))
    return found


def _add_view_box(attributes: dict[str, str]) -> None:
    """A viewBox from what was meant as one, or from width and height."""
    box = attributes.get("viewBox", "")
    if view_box(box) is not None:
        return
    numbers = _number.findall(box[:200])
    if len(numbers) == 2:
        numbers = ["0", "0", *numbers]
    mended = " ".join(numbers)
    if view_box(mended) is None:
        mended = _from_sides(attributes)
    if mended:
        attributes["viewBox"] = mended


def _from_sides(attributes: dict[str, str]) -> str:
    sides = dict(_style_size.findall(attributes.get("style", "")[:2000])) | attributes
    width, height = (pixels(sides.get(name, "").strip()) for name in ("width", "height"))
    return f"0 0 {width:g} {height:g}" if width and height else ""


def _escaped(text: str) -> str:
    """Text for XML, whatever `unescape` made of references to characters that XML forbids."""
    text = FORBIDDEN.sub("", text.encode("utf-8", "ignore").decode())
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
