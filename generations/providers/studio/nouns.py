"""Looking up nouns: letters and digits, emoji, people by gender, faces with parts."""

from dataclasses import replace

from . import fillers, glyphs, parts, tokens, vocabulary
from .vocabulary import Entry

_FEMALE = frozenset("female woman lady girl she her".split())
_MALE = frozenset("male man gentleman boy he his".split())

longest = vocabulary.longest


def look_up(phrase: str) -> tuple[Entry, bool] | None:
    """The entry of a phrase, with its hyphens and articles or without them; is it a plural?"""
    if tokens.is_emoji(phrase):
        return _emoji(phrase)
    sign = _sign(phrase)
    if sign:
        return sign, False
    plain = phrase.replace("-", " ")
    short = " ".join(word for word in plain.split() if word not in fillers.ARTICLES)
    for form in dict.fromkeys((phrase, plain, short)):
        found = vocabulary.find(form)
        if found:
            return found
    return None


def single(phrase: str) -> str:
    return next(iter(vocabulary.singulars(phrase)), phrase)


def _emoji(character: str) -> tuple[Entry, bool] | None:
    """An emoji in the prompt means itself; a skin tone does not matter."""
    plain = "".join(c for c in character if not 0x1F3FB <= ord(c) <= 0x1F3FF)
    for name in (plain, plain.rstrip("️"), plain + "️"):
        if glyphs.exists(name):
            return vocabulary.by_picture().get(name, Entry(name)), False
    return None


def _sign(phrase: str) -> Entry | None:
    """Tiles with one letter or digit."""
    word, _, sign = phrase.partition(" ")
    if word in ("letter", "initial") and len(sign) == 1 and sign.isascii() and sign.isalpha():
        return Entry(chr(0x1F1E6 + ord(sign) - ord("a")))
    if word in ("number", "digit", "numeral") and sign.isascii() and sign.isdigit():
        return Entry(f"{sign}️⃣") if len(sign) == 1 else None
    return None


def is_sign(phrase: str) -> bool:
    return _sign(phrase) is not None


def of_gender(entry: Entry, words: list[str], at: int) -> Entry:
    """The woman or the man of a profession, where one is named right before: "female doctor"."""
    before = frozenset(words[max(0, at - 1) : at])
    if not entry.picture.startswith("🧑") or not before & (_FEMALE | _MALE):
        return entry
    name = entry.picture.replace("🧑", "👩" if before & _FEMALE else "👨", 1)
    return replace(entry, picture=name) if glyphs.exists(name) else entry


def with_part(entry: Entry, part: str) -> tuple[Entry, bool]:
    """The entry to take so that a part can be told apart, and whether there is one.

    Eyes can be seen in the face of an animal better than in the whole of it.
    """
    if part in parts.EYES and entry.face and parts.has(entry.face, part):
        return replace(entry, picture=entry.face), True
    if parts.has(entry.picture, part):
        return entry, True
    if entry.face and parts.has(entry.face, part):
        return replace(entry, picture=entry.face), True
    return entry, False
