"""Broken markup written anew: a tolerant reader for what models get wrong (SVG_SAFETY §2).

It reads tags the way HTML does, drops comments and declarations, closes what is open, quotes
what is bare, keeps the first of two attributes, and declares the namespaces that are used.
Linear in the length of the text.
"""

import re
from collections import Counter
from html import unescape

from generations.svg.errors import Rejected
from generations.svg.tables import ANIMATIONS, SHAPES, SVG, TITLES, XLINK
from generations.svg.text import FORBIDDEN
from generations.svg.view import pixels

KNOWN = {"xlink": XLINK}
# Elements that hold only titles and animations, so that another tag means a forgotten slash.
LEAVES = SHAPES | {"image", "use", "stop"}
INSIDE_LEAVES = ANIMATIONS | TITLES | {"style", "script"}

_token = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<raw>.*?)(?:\]\]>|\Z)|<[!?][^>]*+(?:>|\Z)"
    r"|</(?P<close>[A-Za-z_][\w:.-]*+)[^<>]*+>?"
    r"|<(?P<open>[A-Za-z_][\w:.-]*+)"
    r"(?P<attributes>(?:[^<>\"']++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+)(?P<end>>|(?=<)|\Z)",
    re.DOTALL,
)
_attribute = re.compile(
    r"(?P<name>[A-Za-z_][\w:.-]*+)"
    r"(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s\"'<>]++)))?+"
)


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
            self._text(self.text[at:])
        if self.root is None:
            raise Rejected("no_svg")
        while self.open:
            self._close()
        return self._root_tag() + "".join(self.parts)

    def _take(self, found: re.Match) -> None:
        if found["raw"] is not None:
            self._write(_escaped(found["raw"]))
        elif found["close"]:
            self._take_closing(found["close"])
        elif found["open"] and (found["end"] or found.end() < len(self.text)):
            self._take_opening(found)
        # A tag without an end is where the stream was cut; what it began is not kept.

    def _take_opening(self, found: re.Match) -> None:
        name, attributes = found["open"], _attributes(found["attributes"])
        is_closed = found["attributes"].rstrip().endswith("/")
        self._note_prefixes(name, attributes)
        if self.root is None:
            self.root, self.root_name = attributes, name
            self._opened(name)
            if is_closed:
                self._close()
            return
        if self.open[-1] in LEAVES and name not in INSIDE_LEAVES:
            self._close()
        written = "".join(f' {key}="{_escaped(value)}"' for key, value in attributes.items())
        if is_closed:
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
            self._write(_escaped(unescape(text)))

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


def _attributes(text: str) -> dict[str, str]:
    """The attributes of a tag, decoded; of two with one name the first, as in HTML."""
    found: dict[str, str] = {}
    for match in _attribute.finditer(text):
        name = match["name"]
        if name.count(":") > 1 or name.endswith(":"):
            continue
        values = (match["double"], match["single"], match["bare"])
        value = next((one for one in values if one is not None), "")
        if match["bare"] and value.endswith("/") and match.end() == len(text):
            value = value[:-1]
        if name.startswith("xmlns:") and not value:
            continue
        found.setdefault(name, unescape(value))
    return found


def _add_view_box(attributes: dict[str, str]) -> None:
    """A viewBox from width and height, or under its right spelling."""
    for name in [one for one in attributes if one.lower() == "viewbox" and one != "viewBox"]:
        attributes.setdefault("viewBox", attributes.pop(name))
    width = pixels(attributes.get("width", "").strip())
    height = pixels(attributes.get("height", "").strip())
    if "viewBox" not in attributes and width and height:
        attributes["viewBox"] = f"0 0 {width:g} {height:g}"


def _escaped(text: str) -> str:
    """Text for XML, whatever `unescape` made of references to characters that XML forbids."""
    text = FORBIDDEN.sub("", text.encode("utf-8", "ignore").decode())
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
