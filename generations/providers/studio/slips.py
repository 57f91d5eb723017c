"""Slips of the pen: words that are nearly known ones."""

import difflib
from collections import defaultdict
from functools import lru_cache

from . import fillers, grammar, vocabulary
from .colours import NAMED

MOST_MENDED = 6


def mended(words: list[str]) -> tuple[list[str], list[str]]:
    """The words with probable slips put right, and a note of each."""
    notes: list[str] = []
    result = list(words)
    for index, word in enumerate(words):
        if len(notes) < MOST_MENDED and _may_be_a_slip(word):
            meant = _one_off(word)
            if meant:
                result[index] = meant
                notes.append(f"“{word}” was read as “{meant}”.")
    return result, list(dict.fromkeys(notes))


def nearest(word: str) -> str | None:
    """The known noun that this one is probably a slip of: the same start, nearly the same rest."""
    if len(word) < 6 or word.endswith(("ing", "ed", "y", "ly")):
        return None
    alike = [
        known
        for known in vocabulary.own_words()
        if known[0] == word[0] and " " not in known and abs(len(known) - len(word)) < 3
    ]
    close = difflib.get_close_matches(word, alike, n=1, cutoff=0.8)
    return close[0] if close else None


def _may_be_a_slip(word: str) -> bool:
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return False
    return not (
        word in _known() or any(single in _known() for single in vocabulary.singulars(word))
    )


def _one_off(word: str) -> str | None:
    """The known word that is one letter off; for long words nearly so will do."""
    near = [known for known in _by_start()[word[0]] if abs(len(known) - len(word)) < 3]
    if len(word) == 4:
        near = [known for known in near if known in NAMED]
    for known in near:
        if _is_one_edit(word, known):
            return known
    if len(word) < 7 or word.endswith(("ing", "ed", "ly", "er", "ion", "ity", "ness")):
        return None
    close = difflib.get_close_matches(word, near, n=1, cutoff=0.84)
    return close[0] if close else None


def _is_one_edit(one: str, other: str) -> bool:
    """One letter added, left out or wrong, or two neighbours swapped."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start + 1 : start + 2] + short[start : start + 1] + short[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or swapped == long[start:]


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Every word that is part of something known."""
    phrases = [*vocabulary.words(), *_small_words()]
    return frozenset(word for phrase in phrases for word in phrase.replace("-", " ").split()) | {
        phrase for phrase in phrases if " " not in phrase
    }


@lru_cache(maxsize=1)
def _by_start() -> dict[str, list[str]]:
    """The words that a slip may have been meant for, the commoner kinds first."""
    phrases = [*NAMED, *grammar.RELATIONS, *vocabulary.own_words(), *grammar.NUMBERS]
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for phrase in phrases:
        for word in phrase.split():
            if len(word) > 3:
                found[word[0]][word] = None
    return defaultdict(list, {start: list(group) for start, group in found.items()})


def _small_words() -> set[str]:
    tables = (
        fillers.SILENT, fillers.UNSHOWN, fillers.PARTS, fillers.REAL, fillers.TRAILERS,
        fillers.MODIFIERS, fillers.WEAK, fillers.OWNERS, fillers.PRONOUNS, NAMED,
        grammar.RELATIONS, grammar.MOODS, grammar.AND, grammar.AFTER, grammar.ASIDES,
        grammar.DENIALS, grammar.NUMBERS, grammar.SIZES, grammar.SHADES, grammar.SPOTS,
    )  # fmt: skip
    return {phrase for table in tables for phrase in table}
