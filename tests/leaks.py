"""What a whole installation wrote to its logs, searched for what nobody may read there.

Known texts come from its database: addresses, names and prompts of everybody who was there. Tokens,
cookies and keys are known by their shape, since only their hashes are kept.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg

SHORTEST = 8  # characters of a text that is searched for: a shorter one stands in every log
_KNOWN = """
SELECT email FROM accounts_user
UNION SELECT name FROM accounts_user WHERE name LIKE '%% %%'
UNION SELECT prompt FROM generations_job
UNION SELECT prompt FROM generations_generation
UNION SELECT "to" FROM accounts_mail
"""
_SHAPES = {
    "a JWT": re.compile(r"\beyJ[\w-]{10,}\.[\w-]{10,}"),
    "a token": re.compile(r"(?<![\w/.-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{43,}"),
    "a token or a hash": re.compile(r"(?<![0-9a-fA-F])[0-9a-f]{48,}"),
    "a key": re.compile(r"\b(?:sk_live|sk_test|whsec|oat|ort)_[\w-]{12,}"),
    "a cookie": re.compile(r"\b(?:refreshToken|csrf-token|admin-session|sessionid|token)=[\w%.-]+"),
    "a query": re.compile(r"[?&](?:token|code|state|signature|email|next)=[^&\s]"),
    "an address": re.compile(r"(?<![\w.+@-])(?<!endpoint=)[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
}
_PRINTED = re.compile(  # the console's stand-in for sending a mail; two may end in one line
    r"^Content-Type: text/plain.*?^-{79,}$|^Content-Type: multipart.*?^-{79,}$", re.M | re.S
)
_OURS = ("noreply@chatsvg.dev", "support@chatsvg.dev")


class Leak(NamedTuple):
    """A line that says what it should not."""

    log: str
    what: str
    line: str

    def __str__(self) -> str:
        return f"{self.log}: {self.what}: {self.line[:300]}"


def known(url: str, secrets: Iterable[str] = ()) -> set[str]:
    """What no line may hold of those who were in the database at `url`, and of `secrets`."""
    with psycopg.connect(url, connect_timeout=5) as wire:
        texts = {row[0] for row in wire.execute(_KNOWN.replace("%%", "%")).fetchall()}
    return {text for text in texts | set(secrets) if len(text) >= SHORTEST}


def search(folder: Path, texts: Iterable[str]) -> list[Leak]:
    """Every line of the logs in a folder that holds one of `texts`, or what looks like a secret."""
    texts = sorted(texts)
    return [
        leak
        for log in sorted(folder.glob("*.log"))
        for line in _PRINTED.sub("", log.read_text(errors="replace")).splitlines()
        for leak in _of_line(log.stem, line, texts)
    ]


def _of_line(log: str, line: str, texts: Iterable[str]) -> Iterator[Leak]:
    if found := next((text for text in texts if text in line), None):
        yield Leak(log, repr(found), line)
    for what, shape in _SHAPES.items():
        if (match := shape.search(line)) and match[0] not in _OURS:
            yield Leak(log, what, line)
