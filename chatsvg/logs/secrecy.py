"""Taking out of texts that are not ours, such as errors of libraries, what nobody may read."""

import json
import re
from re import Match

from chatsvg.logs.about import hidden

MOST_CHARACTERS = 20_000  # of an error with its traceback are kept
_SECRETS = re.compile(  # whatever is repeated is bounded, or begins at the beginning of a word
    r"""
    (?P<mail>[\w.+-]{1,64}@[\w-]+\.[\w.-]*\w)
    | (?P<jwt>\beyJ[\w-]{8,2000}\.[\w-]+(?:\.[\w-]+)?)
    | (?P<key>\b(?:sk_(?:live|test)|oat|ort|whsec)_[\w-]+|\bsk-[\w-]{8,})
    | (?P<row>(?:DETAIL|CONTEXT|LINE\ \d+):[^\n]*)
    | (?P<url>(?<=://)[^/\s:@'"]{0,256}:[^@\s'"]{1,2000}(?=@))
    | (?P<value>(?<![\w-])(?:code(?!:\ \d{3}\b)|state
        |(?:[\w-]*[_-]|access|refresh|csrf|client|secret|session)?
        (?:token|signature|secret|password|authorization|cookie|(?:api|access|secret|private)[_-]?key))
        ["']?\s*[=:]\s*["']?(?:Bearer\s+|Basic\s+)?[^\s"'&;,)]+)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def hide(text: str) -> str:
    """The text without addresses, keys, tokens, values of rows, and what `logs.hidden` names."""
    for one in filter(None, hidden()):
        for written in _ways_to_write(one):
            text = text.replace(written, "[hidden]")
    return _SECRETS.sub(_instead, text[:MOST_CHARACTERS])


def _ways_to_write(text: str) -> list[str]:
    """As it is, and as errors repeat it that have it from JSON or from Python; the longest first,
    of which the others may be parts."""
    ways = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    return sorted({*ways, repr(text)[1:-1]}, key=len, reverse=True)


def _instead(found: Match[str]) -> str:
    kind = found.lastgroup
    if kind == "value":
        name = re.split(r"[=:]", found[0], maxsplit=1)[0].rstrip("\"' ")
        return f"{name}=[hidden]"
    return f"[{kind}]"
