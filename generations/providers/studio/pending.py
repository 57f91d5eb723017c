"""What has been said of a thing that is yet to be named: its number, colour, size, relation."""

from dataclasses import dataclass, field

from . import fillers, grammar
from .colours import NAMED, shifted

_LIVING_REDS = {"fox": "#cf4f1e", "panda": "#b5482a"}


@dataclass
class Pending:
    """Qualities on their way to a noun."""

    count: int | None = None
    colour: str = ""
    more_colours: list[str] = field(default_factory=list)
    relation: str = ""
    size: float = 1.0
    shade: float = 0.0
    is_denied: bool = False
    also: bool = False
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def standing(self) -> str:
        """The relation that a noun would have."""
        return self.relation or ("beside" if self.also else "")

    @property
    def is_overall(self) -> bool:
        """ "in dark green" with no noun after it."""
        return bool(self.colour) and self.relation == "in"

    def colour_of(self, name: str) -> str:
        return _LIVING_REDS.get(name, self.colour) if self.colour == NAMED["red"] else self.colour

    def adjective(self) -> str:
        """The colour's name and a space."""
        name = next((name for name, code in NAMED.items() if code == self.colour), "")
        return f"{name} " if name else ""

    def deny(self) -> None:
        self.is_denied = True

    def relate(self, relation: str) -> None:
        self.relation, self.also, self.is_denied = relation, False, False

    def add_colour(self, word: str, colour: str) -> None:
        if self.colour:
            self.more_colours.append(word)
        self.colour = self.colour or colour

    def shaded(self, colour: str) -> str:
        """Darker or lighter, where that was said just before."""
        shade, self.shade = self.shade, 0.0
        return shifted(colour, light=shade) if shade else colour

    def takes_coloured_part(self, word: str) -> bool:
        """ "blue-eyed", "red-roofed"."""
        colour, _, part = word.partition("-")
        if colour not in NAMED or not part.endswith("ed"):
            return False
        stem = part.removesuffix("ed")
        self.parts[stem if stem in fillers.PARTS else f"{stem}e"] = NAMED[colour]
        return True

    def takes_number(self, word: str, following: str) -> bool:
        if word.isdecimal():
            self._take_digits(int(word[:7]), following)
        elif word == "dozen" and self.count:
            self.count *= 12
        elif word in grammar.NUMBERS:
            self.count = grammar.NUMBERS[word]
        else:
            return word in ("a", "an")
        return True

    def _take_digits(self, number: int, following: str) -> None:
        """1984 is a year, and in "4 my cafe" the digit is a word."""
        is_count = number < 1000 or number % 1000 == 0
        if number and is_count and following not in fillers.OWNERS:
            self.count = number
