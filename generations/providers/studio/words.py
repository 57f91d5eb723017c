"""Reading a prompt: which things it names, how many, in which colours, and how they stand."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from . import grammar, vocabulary
from .colours import NAMED
from .vocabulary import Entry

MOST_THINGS = 4
MOST_COPIES = 12

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_PLANTS = frozenset("🌵 🌼 🌷 🌹 🌻 🌺 🌸 🌱 🌿 🌳 🌲 🌴 🪻 🪷 🍀 ☘️ 🍃 💐 +grass +bamboo".split())
_LIVING_REDS = {"fox": "#cf4f1e", "panda": "#b5482a"}


@dataclass
class Thing:
    """Something to draw."""

    name: str
    entry: Entry
    count: int = 1
    colour: str = ""
    relation: str = ""
    weak: bool = False


@dataclass
class Reading:
    """What was understood of a prompt."""

    things: list[Thing] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    colour: str = ""
    background: str = ""
    unknown: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(prompt: str) -> Reading:
    """Understand what can be understood of the prompt."""
    tokens = [
        token.removesuffix("'s").replace("'", "")
        for token in _TOKEN.findall(prompt.lower().replace("’", "'"))
    ]
    reading = _Reader(tokens, grammar.SILENT).run()
    if not reading.things:
        reading = _Reader(tokens, grammar.ALWAYS_SILENT).run()
    if not reading.things:
        _guess(reading)
    return _tidied(reading)


def _guess(reading: Reading) -> None:
    """Where nothing was understood, take the unknown words for slips of the pen."""
    for word in list(reading.unknown):
        close = vocabulary.nearest(word)
        if close:
            reading.things.append(Thing(close, vocabulary.own_words()[close]))
            reading.unknown.remove(word)
            reading.notes.append(f"“{word}” was read as “{close}”.")


class _Reader:
    """Goes over the words from left to right; longer phrases win."""

    def __init__(self, tokens: list[str], silent: frozenset[str]):
        self.tokens = tokens
        self.silent = silent
        self.reading = Reading()
        self.at = 0
        self.end = -1
        self.count: int | None = None
        self.colour = ""
        self.relation = ""

    def run(self) -> Reading:
        while self.at < len(self.tokens):
            for size in range(min(vocabulary.longest(), len(self.tokens) - self.at), 0, -1):
                phrase = " ".join(self.tokens[self.at : self.at + size])
                if self._takes(phrase, size):
                    self.at += size
                    break
            else:
                self._give_up(self.tokens[self.at])
                self.at += 1
        self.reading.colour = self.colour
        return self.reading

    def _takes(self, phrase: str, size: int) -> bool:
        if size > 1 and {self.tokens[self.at], phrase.split()[-1]} & grammar.ARTICLES:
            return False
        if phrase in grammar.MOODS and not (size == 1 and self._is_named(phrase)):
            self.reading.moods.append(grammar.MOODS[phrase])
            return True
        if phrase in grammar.ASIDES:
            return True
        if phrase in grammar.ATOP and len(self.reading.things) > 1:
            self.reading.things[-1].relation = "atop"
            return True
        if size == 1 and self._is_part(phrase):
            self.colour, self.count, self.relation = "", None, ""
            return True
        if phrase in grammar.RELATIONS:
            self.relation = grammar.RELATIONS[phrase]
            return True
        if size == 1 and (self._takes_colour(phrase) or self._takes_number(phrase)):
            return True
        if size == 1 and phrase in self.silent:
            return True
        return self._takes_thing(phrase)

    def _is_part(self, word: str) -> bool:
        """Whether the word is a part of something already named: "in its mouth"."""
        owned = self.relation == "with" or self.tokens[self.at - 1] in grammar.OWNERS
        return bool(self.reading.things) and owned and word in grammar.PARTS

    def _is_named(self, phrase: str) -> bool:
        """Whether a word for a mood is part of a longer name, or the only thing named."""
        return len(self.tokens) == 1 and vocabulary.find(phrase) is not None

    def _takes_colour(self, word: str) -> bool:
        word = word.removesuffix("-colored").removesuffix("-coloured")
        if word not in NAMED:
            return False
        following = self.tokens[self.at + 1 : self.at + 2]
        if following == ["background"] or self.tokens[self.at + 1 : self.at + 3] == ["tile"]:
            self.reading.background = NAMED[word]
            return True
        if word in ("orange", "peach", "lime", "olive", "salmon") and not self._describes():
            return False
        self.colour = self.colour or NAMED[word]
        return True

    def _describes(self) -> bool:
        """Whether something nameable still follows."""
        rest = self.tokens[self.at + 1 :]
        return any(word not in self.silent and vocabulary.find(word) for word in rest)

    def _takes_number(self, word: str) -> bool:
        if word.isdigit() and 0 < int(word) < 1000:
            self.count = int(word)
        elif word in ("a", "an"):
            self.count = self.count or None
        elif word == "dozen" and self.count:
            self.count *= 12
        elif word in grammar.NUMBERS:
            self.count = grammar.NUMBERS[word]
        else:
            return False
        return True

    def _takes_thing(self, phrase: str) -> bool:
        found = _look_up(phrase)
        if found is None:
            return False
        entry, plural = found
        single = vocabulary.singulars(phrase)[0] if plural else phrase
        many = 3 if plural and single not in grammar.ONE_PICTURE else 1
        colour = self.colour
        if phrase in _LIVING_REDS and colour == NAMED["red"]:
            colour = _LIVING_REDS[phrase]
        thing = Thing(
            phrase, entry, self.count or many, colour, self.relation, phrase in grammar.WEAK
        )
        self._add(thing, self.at == self.end)
        self.end = self.at + phrase.count(" ") + 1
        self.count, self.colour, self.relation = None, "", ""
        return True

    def _add(self, thing: Thing, adjacent: bool) -> None:
        """Of two nouns in a row one often only says more of the other: "barn owl"."""
        things = self.reading.things
        if adjacent and things:
            before = things[-1]
            if thing.name in grammar.TRAILERS:
                before.colour = before.colour or thing.colour
                return
            if before.name in grammar.MODIFIERS:
                thing.colour = thing.colour or before.colour
                thing.count = max(thing.count, before.count)
                thing.relation = before.relation
                things.pop()
        things.append(thing)

    def _give_up(self, word: str) -> None:
        if word.endswith("ing") and self.reading.things:
            self.relation = "with"  # what it does with the next thing cannot be drawn
        elif not word.isdigit() and len(word) > 1:
            self.reading.unknown.append(word)


def _look_up(phrase: str) -> tuple[Entry, bool] | None:
    """The entry of a phrase, with its hyphens and articles or without them."""
    plain = phrase.replace("-", " ")
    short = " ".join(word for word in plain.split() if word not in grammar.ARTICLES)
    for form in dict.fromkeys((phrase, plain, short)):
        found = vocabulary.find(form)
        if found:
            return found
    return None


def _tidied(reading: Reading) -> Reading:
    """Weak words give way, repeated things are named once, and not too much is drawn."""
    strong = [thing for thing in reading.things if not thing.weak or thing.relation]
    things = strong or reading.things[:1]
    seen: dict[str, Thing] = {}
    for thing in things:
        first = seen.setdefault(thing.entry.picture, thing)
        if first is not thing and not first.colour:
            first.colour = thing.colour
    things = list(seen.values())
    if reading.colour and things and not things[-1].colour:
        for thing in things:
            thing.colour = thing.colour or reading.colour
    _put_to_sea(reading, things)
    _plant(things)
    if len(things) > MOST_THINGS:
        left_out = ", ".join(thing.name for thing in things[MOST_THINGS:])
        reading.notes.append(f"Left out, to keep the drawing clear: {left_out}.")
    reading.things = things[:MOST_THINGS]
    _limit_counts(reading)
    return reading


def _put_to_sea(reading: Reading, things: list[Thing]) -> None:
    """What is on or in the sea is drawn with waves around it, not beside a wave."""
    for thing in things[1:]:
        if thing.entry.picture == "🌊" and thing.relation in ("on", "in"):
            things.remove(thing)
            reading.moods.append("sea")


def _plant(things: list[Thing]) -> None:
    """A plant stands in a flower pot, not in a cooking pot."""
    for before, thing in pairwise(things):
        if thing.entry.picture == "+pot" and before.entry.picture in _PLANTS:
            thing.entry = Entry("+flowerpot")


def _limit_counts(reading: Reading) -> None:
    most = MOST_COPIES if len(reading.things) == 1 else 5
    for thing in reading.things:
        if thing.count > most:
            reading.notes.append(f"Asked for {thing.count} × {thing.name}; {most} are drawn.")
            thing.count = most
