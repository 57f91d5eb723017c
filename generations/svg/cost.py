"""What an element comes to, as numbers that are added up over everything inside it."""

from typing import Self

from generations.svg.effects import Effect

# Of these the most of one counts, not the sum.
MOST = frozenset("blur links filters letter depth".split())


class Cost:
    """What one element comes to, with all that it contains and repeats.

    A cost holds only what is not nothing (the rest are these defaults of the class): most
    elements have four of the fifteen, and adding them up takes no longer than that.
    """

    drawn: int = 0  # shapes, texts and images
    weight: float = 0  # characters of geometry and text, elements, dashes, layers, effects
    vertices: int = 0  # places where a marker may stand, at most
    letters: int = 0
    primitives: int = 0  # filter primitives that run
    animations: int = 0
    blurs: int = 0
    text: int = 0  # characters of paths
    reach: float = 0  # of morphologies, in units of the element around
    sweep: float = 0  # how far the long paths travel, in units of the element around
    # The most of one, not the sum:
    blur: float = 0  # the widest blur, in units of the element around
    links: int = 0  # the longest chain of references
    filters: int = 0  # the most filters inside each other
    letter: float = 0  # the largest letter or stroke, in units of the element around
    depth: int = 0  # elements inside each other

    def __init__(self, weight: float = 0) -> None:
        self.weight = weight

    def copy(self) -> "Cost":
        twin = Cost()
        twin.__dict__.update(self.__dict__)
        return twin

    def add(self, other: Self, times: int = 1) -> None:
        """Add `times` the `other`, which is drawn in the same place.

        Sums stay small: a node beyond the limits is refused before anything adds it up again.
        """
        mine = self.__dict__
        for name, value in other.__dict__.items():
            if name not in MOST:
                mine[name] = mine.get(name, 0) + times * value
            elif value > mine.get(name, 0):
                mine[name] = value

    def add_undrawn(self, other: Self) -> None:
        """Add what is not drawn in the same place: what is counted by the most of one."""
        for name in MOST & other.__dict__.keys():
            setattr(self, name, max(getattr(self, name), getattr(other, name)))

    def add_effect(self, effect: Effect) -> None:
        self.primitives += effect.primitives
        self.weight += effect.weight
        self.blurs += effect.blurs
        self.blur = max(self.blur, effect.blur)
        self.reach += effect.reach

    def enlarge(self, scale: float) -> None:
        """Say in the units of the element around what is said in those of the element itself."""
        self.reach *= scale
        self.sweep *= scale
        self.blur *= scale
        self.letter *= scale
