"""Going over the words of a prompt from left to right; longer phrases win."""

from . import compounds, fillers, grammar, nouns, owned, tokens
from .colours import NAMED
from .nouns import look_up
from .pending import Pending
from .things import Reading, Thing
from .vocabulary import Entry

_FRUIT_COLOURS = frozenset({"orange", "peach", "lime", "olive", "salmon", "gold", "rose", "mint"})
_ENDS = frozenset(["", tokens.LISTED, tokens.ENDED, "and", "with", "while", "in", "on", "at"])
_PAIRS = frozenset("👓 🕶️ 👖 ✂️ 🎧 🥽 🧦 🩳 🩰 🧤 🥢 🎿".split())
_REACH = 6  # words after a part in which another part may follow


class Reader:
    """Reads one prompt. `silent` are the words that may be passed over."""

    def __init__(self, words: list[str], silent: frozenset[str]):
        self.words = words
        self.silent = silent
        self.reading = Reading()
        self.said = Pending()
        self.at = 0
        self.noun_end = -1  # where the last noun ended
        self.part_at = -_REACH
        self.sentence = 0

    def run(self) -> Reading:
        while self.at < len(self.words):
            self.at += self._step()
        self.reading.colour = self.reading.colour or self.said.colour
        return self.reading

    def _step(self) -> int:
        """Take the longest phrase that means something; the number of its words."""
        word = self.words[self.at]
        if tokens.is_mark(word):
            self._mark(word)
            return 1
        for size in range(min(nouns.longest(), len(self.words) - self.at), 0, -1):
            phrase = self._phrase(size)
            if phrase and self._takes(phrase, size):
                return size
        self._give_up(word)
        return 1

    def _phrase(self, size: int) -> str:
        """The next words as one phrase, unless it goes beyond a mark or ends in an article."""
        words = self.words[self.at : self.at + size]
        phrase = " ".join(words)
        if any(tokens.is_mark(word) for word in words):
            return ""
        if size > 1 and {words[0], words[-1]} & fillers.ARTICLES and not nouns.is_sign(phrase):
            return ""
        return phrase

    def _next(self, size: int = 1) -> str:
        """The word after the next `size` words."""
        at = self.at + size
        return self.words[at] if at < len(self.words) else ""

    def _mark(self, mark: str) -> None:
        """A comma starts another item of a list, a full stop another sentence."""
        self._settle_overall()
        self.said.is_denied = False
        if mark == tokens.ENDED:
            self._colour_last()
            self.said = Pending()
            self.sentence += 1
        elif not self.said.relation:
            self.said.also = True

    def _settle_overall(self) -> None:
        if self.said.is_overall:
            self.reading.colour, self.said.colour = self.said.colour, ""

    def _colour_last(self) -> None:
        """ "The cat is orange.\""""
        things = self.reading.things
        if self.said.colour and things and not things[-1].colour:
            things[-1].colour = self.said.colour

    # one phrase

    def _takes(self, phrase: str, size: int) -> bool:
        return (
            self._takes_denial(phrase)
            or self._takes_mood(phrase)
            or phrase in grammar.ASIDES
            or self._takes_spot(phrase, size)
            or self._takes_after(phrase, size)
            or (size == 1 and self._takes_part(phrase))
            or self._takes_relation(phrase)
            or (size == 1 and self._takes_quality(phrase))
            or self._takes_thing(phrase, size)
        )

    def _takes_denial(self, phrase: str) -> bool:
        if phrase not in grammar.DENIALS:
            return False
        self.said.deny()
        return True

    def _takes_mood(self, phrase: str) -> bool:
        if phrase not in grammar.MOODS or self._is_all(phrase):
            return False
        if not self.said.is_denied:
            self.reading.moods.append(grammar.MOODS[phrase])
        self.said.is_denied = False
        return True

    def _is_all(self, phrase: str) -> bool:
        """Whether this word is the whole prompt, and can be drawn."""
        return len(self.words) == 1 and look_up(phrase) is not None

    def _takes_spot(self, phrase: str, size: int) -> bool:
        spot = grammar.SPOTS.get(phrase)
        things = self.reading.things
        if spot is None or self._next(size) == "of":
            return False
        if spot == (0, 0) and len(things) > 1 and not any(thing.place for thing in things):
            return False  # "a circle with a star in the middle"
        if things and things[-1].sentence == self.sentence:
            things[-1].place = spot
        return True

    def _takes_after(self, phrase: str, size: int) -> bool:
        """ "on top", "behind it", "inside" at the end: said of the thing named last."""
        relation = grammar.AFTER.get(phrase, "")
        if not relation and self._next(size) in _ENDS:
            relation = grammar.AT_THE_END.get(phrase, "")
        if relation:
            self._relate_last(relation)
        return bool(relation)

    def _relate_last(self, relation: str) -> None:
        """ "stars and planets around it" says it of the stars too."""
        things = self.reading.things
        for index in range(len(things) - 1, 0, -1):
            was_listed = things[index].also
            things[index].relation, things[index].also = relation, False
            if not was_listed or things[index - 1].relation not in ("with", "beside", "around"):
                return

    def _takes_part(self, word: str) -> bool:
        before, goes_on = self.words[self.at - 1], self.at - self.part_at < _REACH
        thing = owned.owner(self.reading, word, self.sentence, before, self.said, goes_on)
        if thing is None:
            return False
        owned.take(self.reading, thing, word, self.said)
        self.said = Pending()
        self.part_at = self.at
        return True

    def _takes_relation(self, phrase: str) -> bool:
        if phrase in grammar.AND:
            self.said.also = True
            self.said.is_denied = self.said.is_denied and phrase == "or"
            return True
        if phrase not in grammar.RELATIONS:
            return False
        self._settle_overall()
        self.said.relate(grammar.RELATIONS[phrase])
        action = phrase.split()[0]
        if action in grammar.ACTIONS:
            self.reading.unshown.append(action)
        return True

    # colours, numbers, sizes

    def _takes_quality(self, word: str) -> bool:
        if word in grammar.SHADES and self._next().split("-")[0] in NAMED:
            self.said.shade = grammar.SHADES[word]
            return True
        if self._takes_colour(word) or self.said.takes_number(word, self._next()):
            return True
        if word in grammar.SIZES and not self._is_all(word):
            self.said.size = grammar.SIZES[word]
            return True
        return self._passes_over(word)

    def _passes_over(self, word: str) -> bool:
        if word not in self.silent or self._is_head(word):
            return False
        if word in fillers.UNSHOWN - fillers.AS_USUAL - fillers.ALWAYS_SILENT:
            self.reading.unshown.append(word)
        return True

    def _is_head(self, word: str) -> bool:
        """A weak noun with a colour of its own is meant: "a red circle"."""
        return bool(self.said.colour) and word in fillers.WEAK and look_up(word) is not None

    def _takes_colour(self, word: str) -> bool:
        word = word.removesuffix("-colored").removesuffix("-coloured")
        if self.said.takes_coloured_part(word):
            return True
        if word not in NAMED and not word.startswith("#"):
            return False
        is_said = self.words[self.at - 1] in ("is", "are", "in")
        if word in _FRUIT_COLOURS and not (is_said or self._describes()):
            return False
        colour = self.said.shaded(NAMED.get(word, word))
        if self._next() in ("background", "tile"):
            self.reading.background, self.said.relation = colour, ""
        else:
            self.said.add_colour(word, colour)
        return True

    def _describes(self) -> bool:
        """Whether something nameable still follows, before the list or sentence goes on."""
        for word in self.words[self.at + 1 :]:
            if tokens.is_mark(word) or word in grammar.RELATIONS or word in grammar.AND:
                return False
            if word in fillers.PARTS or self._is_part_of_last(word):
                return True
            if word not in self.silent and word not in NAMED and look_up(word):
                return True
        return False

    def _is_part_of_last(self, word: str) -> bool:
        things = self.reading.things
        return bool(things) and nouns.with_part(things[-1].entry, word)[1]

    # nouns

    def _takes_thing(self, phrase: str, size: int) -> bool:
        found = look_up(phrase)
        if found is None:
            return False
        if self.said.is_denied:
            self.said = Pending(is_denied=self._next(size) == "or")
        elif self._next(size) == "of" and phrase in grammar.GROUPS:
            self.said.count = grammar.GROUPS[phrase]
        elif not (self._next(size) == "of" and phrase in fillers.WEAK):  # "a picture of a cat"
            self._add(phrase, size, *found)
        return True

    def _add(self, phrase: str, size: int, entry: Entry, is_plural: bool) -> None:
        said = self.said
        many = 3 if is_plural and nouns.single(phrase) not in fillers.ONE_PICTURE else 1
        if "pair" in self.words[max(0, self.at - 2) : self.at] and entry.picture in _PAIRS:
            said.count = 1
        thing = Thing(
            name=phrase,
            entry=nouns.of_gender(entry, self.words, self.at),
            count=said.count or many,
            colour=said.colour_of(phrase),
            relation=said.standing,
            weak=phrase in fillers.WEAK and not said.colour and not (said.count or 0) > 1,
            also=said.also and not said.relation,
            size=said.size,
            sentence=self.sentence,
        )
        owned.take_said_before(self.reading, thing, said)
        self.reading.unshown += [f"the second colour, {word}" for word in said.more_colours]
        compounds.add(self.reading, thing, self.at == self.noun_end)
        self.noun_end = self.at + size
        self.said = Pending(relation="full" if self._next(size) == "of" else "")

    def _give_up(self, word: str) -> None:
        """Nothing is known of the word."""
        if word.endswith("ing") and len(word) > 4 and self.reading.things:
            self.said.relation = self.said.relation or "with"  # what it does cannot be drawn
            self.reading.unshown.append(word)
        elif not any(letter.isalpha() for letter in word) or len(word) == 1:
            return
        elif word in fillers.TRAILERS | fillers.PARTS and self.at == self.noun_end:
            self.noun_end += 1
        elif self.said.is_denied:
            self.said = Pending()
        else:
            self.reading.unknown.append(word)
