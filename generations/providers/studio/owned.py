"""Parts that a prompt names of a thing: "a house with a red door"."""

from . import fillers, nouns
from .pending import Pending
from .things import Reading, Thing

_OWNING = frozenset({"with", "wearing", "full", "holding"})


def owner(reading: Reading, word: str, sentence: int, before: str, said: Pending, goes_on: bool):
    """The thing that the word is a part of, if it is one; `goes_on` after another part."""
    things = reading.things
    owns = said.relation in _OWNING or (said.also and goes_on) or said.is_denied
    owns = owns or (before == "the" and word in fillers.PARTS)  # "light in the windows"
    if not things or not (owns or before in fillers.OWNERS):
        return None
    for thing in reversed(things):
        if thing.sentence == sentence and nouns.with_part(thing.entry, word)[1]:
            return thing
    return things[-1] if word in fillers.PARTS else None


def take(reading: Reading, thing: Thing, part: str, said: Pending) -> None:
    """Colour the part or leave it away; what cannot be done is told."""
    entry, is_known = nouns.with_part(thing.entry, part)
    if is_known and said.is_denied:
        thing.without.append(part)
    elif is_known and said.colour:
        thing.entry = entry
        thing.parts[part] = said.colour
    elif said.is_denied:
        reading.notes.append(f"“without {part}” could not be followed.")
    elif not is_known or said.colour:
        reading.unshown.append(f"{said.adjective()}{part}")


def take_said_before(reading: Reading, thing: Thing, said: Pending) -> None:
    """The parts of "a blue-eyed cat"."""
    for part, colour in said.parts.items():
        take(reading, thing, part, Pending(colour=colour))
