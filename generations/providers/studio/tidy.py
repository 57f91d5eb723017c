"""Tidying a reading: weak words give way, double ones go, and not too much is drawn."""

from dataclasses import replace
from itertools import pairwise

from . import colours, combine, kinds, places
from .things import Reading, Thing
from .vocabulary import Entry

MOST_THINGS = 5
MOST_MOODS = 4
MOST_LISTED = 6
MOST_COPIES = 12
MOST_TOGETHER = 6

_PLANTS = frozenset(
    "🌵 🌼 🌷 🌹 🌻 🌺 🌸 🌱 🌿 🌳 🌲 🌴 🪻 🪷 🍀 ☘️ 🍃 💐 +grass +bamboo +plant".split()
)
_CUPS = frozenset("☕ 🍵".split())
_FISH = frozenset("🐟 🐠 🐡 🦈 🐙".split())
_BOWLS = frozenset("🥣 +bowl +fishbowl 🍚".split())
_CABINS = frozenset("🚗 🚙 🚕 🏎️ 🚌 🚐 🚚 🛻 🚂 ☕ 🎩 🎒 🛒 🪣 📦 +openbox 🎁 👜 +mug".split())
_PLAIN = frozenset("🔴 🟦 🔷 🔺 ⬛ @hexagon".split())
_DRINKS = frozenset("☕ 🍵 🥛 🍶 🧃 ❤️ 💨 +smoke 🧊".split())


def tidied(reading: Reading) -> Reading:
    things = _strong(reading)
    things = _once(things)
    _colour_all(reading, things)
    things = combine.combined(things)
    _fit_holders(things)
    things = places.settled(reading, things)
    reading.things = _most(reading, things)
    _limit_counts(reading)
    moods = list(dict.fromkeys(reading.moods))
    reading.moods = moods[:MOST_MOODS]
    reading.unshown += moods[MOST_MOODS:]
    reading.unshown = list(dict.fromkeys(reading.unshown))
    return reading


def _strong(reading: Reading) -> list[Thing]:
    """Weak words are drawn only where they are tied to others, or alone."""
    things = reading.things
    tied = [thing.relation not in ("", "beside") for thing in things] + [False]
    strong = [
        thing
        for index, thing in enumerate(things)
        if not thing.weak or tied[index] or tied[index + 1]
    ]
    dropped = [thing for thing in things if not any(thing is one for one in strong)]
    if strong:
        reading.unshown += [thing.name for thing in dropped if thing.also]
    return strong or things[:1]


def _once(things: list[Thing]) -> list[Thing]:
    """Things that are named again are drawn once, unless they differ."""
    seen: dict[tuple, Thing] = {}
    for thing in things:
        key = (thing.entry.picture, thing.colour, thing.size)
        first = next((one for one in seen.values() if _is_same(one, thing)), None)
        if first is None:
            seen[key] = thing
        elif not first.colour:
            first.colour = thing.colour
    return list(seen.values())


def _is_same(one: Thing, other: Thing) -> bool:
    """Whether the second mention is of the first: no other colour, size or number."""
    if one.entry.picture != other.entry.picture:
        return False
    recoloured = one.colour and other.colour and one.colour != other.colour
    return not recoloured and (one.size == other.size or other.size == 1.0)


def _colour_all(reading: Reading, things: list[Thing]) -> None:
    """A colour named after everything ("in dark green") is everything's."""
    if reading.colour and things and not things[-1].colour:
        for thing in things:
            thing.colour = thing.colour or reading.colour
            if thing.relation == "in" and thing.entry.picture in _PLAIN:
                thing.colour = colours.mixed(reading.colour, colours.PAPER, 0.78)


def _fit_holders(things: list[Thing]) -> None:
    """A plant stands in a flower pot, not in a cooking pot, and pencils in an empty mug."""
    for before, thing in pairwise(things):
        if thing.entry.picture == "+pot" and before.entry.picture in _PLANTS:
            thing.entry = Entry("+flowerpot")
            before.entry = Entry("🌿") if before.entry.picture == "+plant" else before.entry
        if thing.entry.picture in kinds.GARMENTS and thing.relation == "in":
            thing.relation = "wearing"
        if (
            thing.entry.picture in kinds.GARMENTS
            and before.entry.face
            and thing.relation == "wearing"
        ):
            before.entry = replace(before.entry, picture=before.entry.face)
        if thing.relation != "in":
            continue
        if thing.entry.picture in _CUPS and before.entry.picture not in _DRINKS:
            thing.entry = Entry("+mug")
        if thing.entry.picture == "📦":
            thing.entry = Entry("+openbox")
        if thing.entry.picture in _PLAIN and not thing.colour:
            thing.colour = _pale(before.colour)
        if before.entry.picture in _FISH and thing.entry.picture in _BOWLS:
            thing.entry = Entry("+glassbowl")
        if thing.entry.picture in _CABINS and before.entry.face:
            before.entry = replace(before.entry, picture=before.entry.face)


def _pale(colour: str) -> str:
    """A ground for something of this colour."""
    return colours.mixed(colour, colours.PAPER, 0.78) if colour else "#cfe0f1"


def _most(reading: Reading, things: list[Thing]) -> list[Thing]:
    """The main motif and what is named in the same sentence come first."""
    ranked = sorted(range(len(things)), key=lambda index: (things[index].sentence, index))
    is_list = all(thing.relation in ("", "beside") for thing in things)
    kept = set(ranked[: MOST_LISTED if is_list else MOST_THINGS])
    left_out = [thing.name for index, thing in enumerate(things) if index not in kept]
    if left_out:
        names = ", ".join(dict.fromkeys(left_out))
        reading.notes.append(f"Left out, to keep the drawing clear: {names}.")
    return [thing for index, thing in enumerate(things) if index in kept]


def _limit_counts(reading: Reading) -> None:
    most = MOST_COPIES if len(reading.things) == 1 else MOST_TOGETHER
    for thing in reading.things:
        if thing.count > most:
            reading.notes.append(f"Asked for {thing.count} × {thing.name}; {most} are drawn.")
            thing.count = most
