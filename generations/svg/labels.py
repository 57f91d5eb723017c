"""The grammars of ids, and of words for people and their programs."""

import re
from urllib.parse import unquote

from generations.svg.tables import MAX_ID, PREFIX, ROLES
from generations.svg.words import NOT_FINITE, collapse

ID_CHARACTER = r"[^\s\"'()<>\\;{}#&`%\x00-\x1f\x7f-\x9f\ufffd-\uffff]"
ID = ID_CHARACTER + "+"
_id = re.compile(ID)
_languages = re.compile(r"[a-zA-Z0-9,\- ]{1,200}")
_extensions = re.compile(r"[\w.\- ]*+", re.ASCII)


def prefixed(name: str) -> str | None:
    """An id as it stands in the output: with the prefix once, or None when it is no id."""
    bare = name.removeprefix(PREFIX)
    if not bare or len(bare) > MAX_ID or "//" in bare or not _id.fullmatch(bare):
        return None
    return PREFIX + bare.replace(":", "_")  # React writes ":r1:"; nothing here has a scheme


def fragment(value: str) -> str | None:
    """The id that `#id` names, prefixed; percent signs are decoded, as a browser would."""
    value = value.strip()
    if not value.startswith("#"):
        return None
    return prefixed(unquote(value[1:]))


def joined(parts: list[str | None], separator: str) -> str | None:
    """The parts as one value; None when there are none or one of them is not allowed."""
    allowed = [part for part in parts if part is not None]
    return separator.join(allowed) if allowed and len(allowed) == len(parts) else None


def role_value(value: str) -> str | None:
    value = value.strip().lower()
    return value if value in ROLES else None


def prose_value(value: str) -> str | None:
    """Words for people; the serialiser escapes them."""
    return collapse(value)[:1000].strip() or None


def ids_value(value: str) -> str | None:
    return joined([prefixed(name) for name in value.split()[:20]], " ")


def languages_value(value: str) -> str | None:
    value = collapse(value)
    return value if _languages.fullmatch(value) else None


def extensions_value(value: str) -> str | None:
    """Any required extension is one that we do not have; its address is not kept."""
    value = collapse(value)
    fits = len(value) < 100 and _extensions.fullmatch(value) and not NOT_FINITE.search(value)
    return value if fits else "unsupported"
