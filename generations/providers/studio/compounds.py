"""Nouns in a row: of two, one often only says more of the other ("barn owl")."""

from . import fillers, grammar
from .colours import NAMED
from .things import Reading, Thing


def add(reading: Reading, thing: Thing, adjacent: bool) -> None:
    """Put the thing to those named before; adjacent if it follows the last one at once."""
    things = reading.things
    before = things[-1] if adjacent and things else None
    if before and _is_flavour(before, thing):
        thing.colour = thing.colour or NAMED[grammar.FLAVOURS[before.name]]
        _replace(things, thing)
    elif before and thing.name in fillers.TRAILERS:
        before.colour = before.colour or thing.colour
        return
    elif before and _only_says_more(before.name):
        if before.name in fillers.TELLING:
            reading.unshown.append(before.name)
        _replace(things, thing)
    if thing.also and things and things[-1].relation in grammar.GOES_ON:
        thing.relation = things[-1].relation  # "with a hat and a scarf"
    things.append(thing)


def _replace(things: list[Thing], thing: Thing) -> None:
    """The thing takes the place of the last one, and what was said of it."""
    before = things.pop()
    thing.colour = thing.colour or before.colour
    thing.count = max(thing.count, before.count)
    thing.relation, thing.also = before.relation, before.also
    thing.size = before.size


def _is_flavour(before: Thing, thing: Thing) -> bool:
    return before.name in grammar.FLAVOURS and thing.entry.picture in grammar.FLAVOURED


def _only_says_more(name: str) -> bool:
    return name in fillers.MODIFIERS or name in fillers.MODIFYING_PHRASES
