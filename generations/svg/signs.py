"""Signs that should not be in a drawing, or stand for others: colours of terminals, spaces of no
width, references to entities that only a page or a document type declares.
"""

import re

from generations.svg.escapes import from_html

MAX_ENTITIES, MAX_REFERENCES = 50, 2_000

_terminal = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_unseen = re.compile("[\u200b\u2060\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_entity = re.compile(r"<!ENTITY\s+([A-Za-z][\w.-]{0,50})\s+[\"']([^\"'<>&%]{0,200})[\"']\s*>")
_quoted = re.compile(r"=\s{0,3}&(?:amp;)?(?:quot|#34|#x22);", re.IGNORECASE)
_quote = re.compile(r"&(?:amp;)?(?:quot|#34|#x22);", re.IGNORECASE)
_backslash = re.compile(r"\\{1,4}(?=[\"'])")
_backslashed = re.compile(r"=\s{0,3}\\{1,4}[\"']")
_markup = re.compile(
    r"<(?P<tag>[A-Za-z]*+)(?P<rest>[^<>]*+)>(?P<text>[^<>]*&lt;/?[a-z][^<>]*+)", re.IGNORECASE
)
WORDED = frozenset("text tspan textpath title desc style script".split())


def plain(answer: str) -> str:
    """`answer` without what is never seen."""
    return _unseen.sub("", _terminal.sub("", answer))


def with_entities(drawing: str, answer: str) -> str:
    """`drawing` with the plain text that the document type of `answer` declares for its names."""
    if "<!ENTITY" not in answer or drawing.count("&") > MAX_REFERENCES:
        return drawing
    for name, value in _entity.findall(answer)[:MAX_ENTITIES]:
        drawing = drawing.replace(f"&{name};", value)
    return drawing


def unescaped(drawing: str) -> str:
    """`drawing` with quotes and tags that are escaped in some places only."""
    if _backslashed.search(drawing):
        drawing = _backslash.sub("", drawing)
    if _quoted.search(drawing):
        drawing = _quote.sub('"', drawing)
    if "\n" not in drawing:
        drawing = drawing.replace("\\n", "\n")  # a string of code
    return _markup.sub(_with_tags, drawing) if "&lt;" in drawing else drawing


def _with_tags(found: re.Match[str]) -> str:
    if found["tag"].lower() in WORDED:
        return found.group()
    return f"<{found['tag']}{found['rest']}>{from_html(found['text'])}"
