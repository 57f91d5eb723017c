"""Reading a prompt: which things it names, how many, in which colours, and how they stand."""

from . import fillers, languages, slips, tidy, tokens
from .nouns import look_up
from .reader import Reader
from .things import Reading, Thing

__all__ = ["Reading", "Thing", "read"]

MOST_WORDS = 120
_NO_QUOTES = str.maketrans(dict.fromkeys('"“”«»', " "))


def read(prompt: str) -> Reading:
    """Understand what can be understood of the prompt."""
    plain, lettering = tokens.lettering(prompt)
    reading = _understood(plain)
    if not reading.things and lettering:
        lettering = []
        reading = _understood(prompt.translate(_NO_QUOTES))
    if lettering:
        said = ", ".join(f"“{text}”" for text in lettering)
        reading.notes.append(f"Lettering is not drawn: {said}.")
    return tidy.tidied(reading)


def _understood(text: str) -> Reading:
    words = tokens.split(text)[:MOST_WORDS]
    language = languages.foreign(words)
    if language:
        unknown = [word for word in words if word.isalpha()]
        note = f"The studio reads English only; this looks like {language}."
        return Reading(unknown=unknown, notes=[note])
    words, notes = slips.mended(words)
    reading = Reader(words, fillers.SILENT | fillers.UNSHOWN).run()
    if not reading.things:
        reading = Reader(words, fillers.ALWAYS_SILENT).run()
    if not reading.things:
        _guess(reading)
    reading.notes[:0] = notes
    return reading


def _guess(reading: Reading) -> None:
    """Where nothing was understood, take the unknown words for slips of the pen."""
    for word in list(reading.unknown):
        close = slips.nearest(word)
        found = close and look_up(close)
        if close and found:
            reading.things.append(Thing(close, found[0]))
            reading.unknown.remove(word)
            reading.notes.append(f"“{word}” was read as “{close}”.")
