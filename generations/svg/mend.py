"""Broken markup written anew: a tolerant reader for what models get wrong (SVG_SAFETY §2).

It reads tags the way HTML does, drops comments and declarations, closes what is open, quotes
what is bare, keeps the first of two attributes, spells names and values as SVG does, and declares
the namespaces that are used. Linear in the length of the text.
"""

import re
from collections import Counter

from generations.svg import meant, names, sizes, tags
from generations.svg.called import Called
from generations.svg.errors import Rejected
from generations.svg.escapes import from_html
from generations.svg.losses import MOST, Loss
from generations.svg.meant.styles import sheet
from generations.svg.tables import (
    ANIMATIONS,
    LIGHTS,
    PRIMITIVES,
    SHAPES,
    SVG,
    TEXT,
    TITLES,
    TRANSFERS,
    XLINK,
)
from generations.svg.text import FORBIDDEN
from generations.svg.tokens import COMMENT, RAW_END, ROOT_END, TAG, TOKEN, readable

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
GRADIENTS = frozenset(("linearGradient", "radialGradient"))
INSIDE |= dict.fromkeys(GRADIENTS, INSIDE_LEAVES | {"stop"})
INSIDE |= {"filter": PRIMITIVES | LIGHTS | TRANSFERS | INSIDE_LEAVES | {"feMergeNode"}}
DEFINITIONS = GRADIENTS | {"clipPath", "mask", "pattern", "filter", "marker", "symbol", "style"}
RAW = frozenset(RAW_END)
WORDED = TEXT | TITLES | RAW

_slash = re.compile(r"[\"'}\s]/>?\Z")
_cut_reference = re.compile(r"&#?\w{0,31}+\Z", re.ASCII)
_id = re.compile(
    r"(?<![\w-])id\s{0,9}=\s{0,9}[\"'“”‘’{`]{0,3}([^\"'“”‘’<>{}`=/]{1,200})", re.IGNORECASE
)


def mend(drawing: str) -> tuple[str, list[Loss]]:
    """`drawing`, which starts at its svg tag, as well-formed XML, and what is lost in it.

    Raises Rejected("no_svg").
    """
    mender = _Mender(readable(drawing))
    return mender.mended(), mender.losses


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
        self.ids = meant.Ids(_id.findall(text))
        self.called = Called()
        self.unending: set[str] = set()
        self.losses: list[Loss] = []
        self.after_definitions = 0  # of an open `defs`: how many parts there were
        ends = list(ROOT_END.finditer(text))
        self.last_end = ends[-1].start() if ends else 0

    def mended(self) -> str:
        at = 0
        while found := TOKEN.search(self.text, at):
            self._text(self.text[at : found.start()])
            at = self._take(found)
            if self.root is not None and not self.open:
                break
        else:
            self._text(_cut_reference.sub("", self.text[at:]))
        if self.root is None:
            raise Rejected("no_svg")
        while self.open:
            self._close_forgotten()
        return self._root_tag() + "".join(self.parts)

    def _take(self, found: re.Match[str]) -> int:
        """Take in one token; returns where the next one may begin."""
        if found["raw"] is not None:
            if self.open and self.open[-1] in WORDED:
                self._write(_escaped(found["raw"]))
        elif found["close"]:
            self._take_closing(found)
        elif found["open"] and self._is_complete(found):
            name = self._named(found["open"])
            self._take_opening(name, found["attributes"])
            if name in RAW and self.open and self.open[-1] == name:
                return self._take_raw(name, found.end())
        # A tag without an end is where the stream was cut; what it began is not kept.
        return found.end()

    def _is_complete(self, found: re.Match[str]) -> bool:
        """Whether the stream was not cut within this tag; a slash at its end is enough."""
        is_whole = bool(found["end"]) or found.end() < len(self.text)
        text = found["attributes"].rstrip()
        if is_whole or (_slash.search(text[-3:]) and not text.count('"') % 2):
            return True
        self.losses.append(Loss("cut", found.group()[:80]))
        return False

    def _take_raw(self, name: str, at: int) -> int:
        """The text of a sheet or a script, in which nothing is a tag; none of a script is kept."""
        end = None if name in self.unending else RAW_END[name].search(self.text, at)
        if end is None:
            self.unending.add(name)
            end = TAG.search(self.text, at)
        stop = end.start() if end else len(self.text)
        if name == "style":
            self._write(_escaped(sheet(from_html(self.text[at:stop]))))
        self._take_end(name)
        return stop

    def _take_opening(self, name: str, text: str) -> None:
        attributes = tags.read(COMMENT.sub(" ", text))
        is_closed = text.rstrip().endswith(("/", "/>"))
        if self.root is None:
            self._note_prefixes(attributes)
            self.root = attributes
            self._opened(name)
            if is_closed:
                self._close()
            return
        if name in names.KNOWN:
            attributes.pop("xmlns", None)
            attributes = self.called.renamed(self._meant(name, attributes))
        if name in names.HTML and not self.counts["foreignObject"]:
            return
        self._note_prefixes(attributes)
        self._close_before(name)
        written = "".join(f' {key}="{_escaped(value)}"' for key, value in attributes.items())
        if is_closed:
            self._write(f"<{name}{written}/>")
        else:
            self._write(f"<{name}{written}>")
            self._opened(name)

    def _meant(self, name: str, given: dict[str, str]) -> dict[str, str]:
        attributes = meant.attributes(name, given, self.ids)
        if "display" in attributes and "display" not in given and len(self.losses) < MOST:
            said = "".join(f' {key}="{value}"' for key, value in given.items())
            self.losses.append(Loss("number", f"<{name}{said}"[:80]))
        return attributes

    def _close_before(self, name: str) -> None:
        """Close what cannot hold `name`, so that its closing tag was forgotten."""
        while self.open[-1] in INSIDE and name not in INSIDE[self.open[-1]]:
            self._close()

    def _take_closing(self, found: re.Match[str]) -> None:
        """Close an element and what is open inside it; a tag that closes nothing is left out."""
        name, rest = self._named(found["close"]), found["rest"]
        if not self.counts[name]:
            if self.open and "=" in rest and rest.rstrip().endswith("/"):
                self._take_opening(name, rest)
            return
        is_early = name == self.open[0] and self.counts[name] == 1
        if is_early and found.start() < self.last_end:
            while len(self.open) > 1:
                self._close_forgotten()
            return
        self._take_end(name)

    def _take_end(self, name: str) -> None:
        while self.open[-1] != name:
            self._close_forgotten()
        self._close()

    def _close_forgotten(self) -> None:
        """Close what was never closed: `defs` before the shapes that were not meant to be in it."""
        if self.open[-1] == "defs" and len(self.open) == 2 and self.after_definitions:
            self.open.pop()
            self.counts["defs"] -= 1
            self.parts.insert(self.after_definitions, "</defs>")
            self.after_definitions = 0
        else:
            self._close()

    def _named(self, name: str) -> str:
        """An element's name as SVG spells it, and with one prefix at most."""
        prefix, colon, local = name.rpartition(":")
        known = names.element(local)
        if not colon or known in names.KNOWN:
            return known
        return name if tags.QUALIFIED.fullmatch(name) and self._known(prefix) else local

    def _known(self, prefix: str) -> bool:
        self.prefixes.add(prefix)
        return True

    def _note_prefixes(self, attributes: dict[str, str]) -> None:
        for key in attributes:
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
        if name in DEFINITIONS and self.open[1:] == ["defs"]:
            self.after_definitions = len(self.parts)

    def _text(self, text: str) -> None:
        if self.open:
            self._write(_escaped(from_html(text)))

    def _write(self, text: str) -> None:
        self.parts.append(text)

    def _root_tag(self) -> str:
        attributes = {"xmlns": SVG} | {
            key: value
            for key, value in (self.root or {}).items()
            if not key.startswith("xmlns") or (key.startswith("xmlns:") and value != SVG)
        }
        attributes |= {"xmlns:xlink": XLINK} if "xlink" in self.prefixes else {}
        for prefix in sorted(self.prefixes - self.declared - {"xlink", "xmlns"}):
            attributes[f"xmlns:{prefix}"] = f"urn:undeclared:{prefix}"
        if sizes.settle(attributes, self.parts):
            self.losses.append(Loss("size", "<svg"))
        attributes = meant.attributes("svg", attributes, self.ids)
        if "display" not in (self.root or {}):
            attributes.pop("display", None)
        written = "".join(f' {key}="{_escaped(value)}"' for key, value in attributes.items())
        return f"<svg{written}>"


def _escaped(text: str) -> str:
    """Text for XML, whatever `unescape` made of references to characters that XML forbids."""
    text = FORBIDDEN.sub("", text.encode("utf-8", "ignore").decode())
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
