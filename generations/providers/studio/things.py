"""What a reading is made of: the things to draw and what is said of them."""

from dataclasses import dataclass, field

from .vocabulary import Entry


@dataclass
class Thing:
    """Something to draw.

    `relation` says how the things named before stand to this one ("on": they are on it), or,
    after the fact ("with a bird on top"), how this one stands to them. `place` is where on the
    canvas it was wanted, from -1 to 1 across and down. `also` means it was only listed.
    """

    name: str
    entry: Entry
    count: int = 1
    colour: str = ""
    relation: str = ""
    weak: bool = False
    also: bool = False
    size: float = 1.0
    place: tuple[int, int] | None = None
    parts: dict[str, str] = field(default_factory=dict)
    without: list[str] = field(default_factory=list)
    sentence: int = 0


@dataclass
class Reading:
    """What was understood of a prompt."""

    things: list[Thing] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    colour: str = ""
    background: str = ""
    unknown: list[str] = field(default_factory=list)
    unshown: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
