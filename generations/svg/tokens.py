"""Broken markup as a row of tokens: comments, sheets, tags with their attributes."""

import re

from generations.svg.text import FORBIDDEN

SPACES = dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029"), " ")
# a comment ends at its mark; one whose mark was forgotten, with its line
COMMENT_TEXT = r"<!--(?:[^<-]++|-(?!-!?>|>)|<(?!!--))*+(?:--!?>|->)|<!--[^\n<>]*+>?"
CDATA = r"<!\[CDATA\[(?P<raw>(?:[^\]]++|\](?!\]>))*+)(?:\]\]>|\Z)"

TOKEN = re.compile(
    COMMENT_TEXT
    + r"|\{\s*+/\*(?:[^*{]++|\*(?!/)|\{(?!\s*+/\*))*+\*/\s*+\}|"
    + CDATA
    + r"|<[!?][^>]*+(?:>|\Z)"
    r"|</(?P<close>[A-Za-z_][A-Za-z0-9_:.-]*+)(?P<rest>[^<>]*+)>?"
    r"|<(?P<open>[A-Za-z_][A-Za-z0-9_:.-]*+)"
    # a value ends at its quote, or where it was forgotten: at the next tag
    r"(?P<attributes>(?:[^<>\"'{=]++|=>(?=[\s({])|=|\{(?:[^{}<]++|\{[^{}<]*+\})*+\}|\{"
    r"|<!--[^<>-]*+(?:-(?!->)[^<>-]*+)*+-->"
    r"|\"(?:[^\"<]++|<(?![A-Za-z/!?]))*+(?:\"|(?=<)|\Z)"
    r"|'(?:[^'<]++|<(?![A-Za-z/!?]))*+(?:'|(?=<)|\Z))*+)(?P<end>>|(?=<)|\Z)",
    re.DOTALL,
)
COMMENT = re.compile(r"<!--[^<>-]*+(?:-(?!->)[^<>-]*+)*+-->")
RAW_END = {
    name: re.compile(rf"</(?:\w{{1,20}}:)?{name}\b", re.IGNORECASE) for name in ("style", "script")
}
TAG = re.compile(r"<[/A-Za-z]")
ROOT_END = re.compile(r"<\s{0,3}/\s{0,3}(?:\w{1,20}:)?svg\b", re.IGNORECASE)
_spaced = re.compile(
    r"<(?=[\s/])\s{0,3}(/?)\s{0,3}(?=(?:svg|g|defs|path|rect|circle|ellipse|line|polygon|polyline|use"
    r"|stop|linearGradient|radialGradient|clipPath|mask|pattern|title|text)[\s/>])",
    re.IGNORECASE,
)


def readable(drawing: str) -> str:
    """`drawing` without characters that XML forbids; those that part words are spaces."""
    text = FORBIDDEN.sub("", _without_surrogates(drawing).translate(SPACES))
    return _spaced.sub(r"<\1", text)


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()
