"""How the elements of a drawing stand to each other, as selectors ask for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from generations.svg.errors import Rejected
from generations.svg.tables import MAX_CSS_TRIED

STEP = 4  # of MAX_CSS_TRIED, for another element


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands among its siblings, counted from 1, from either end."""

    child: int
    last_child: int
    of_type: int
    last_of_type: int


ALONE = Place(1, 1, 1, 1)


@dataclass(slots=True)
class Family:
    """What selectors ask about the elements of one drawing, each answered once."""

    tried: int = 0
    _facts: dict[etree._Element, tuple[str, str, frozenset[str]]] = field(default_factory=dict)
    _places: dict[etree._Element, Place] = field(default_factory=dict)

    def spend(self, steps: int) -> None:
        """Count work; refuse the drawing whose style sheet asks for too much of it."""
        self.tried += steps
        if self.tried > MAX_CSS_TRIED:
            raise Rejected("css_too_complex")

    def facts(self, element: etree._Element) -> tuple[str, str, frozenset[str]]:
        """Its name, its id and its classes."""
        found = self._facts.get(element)
        if found is None:
            name = element.tag.rpartition("}")[2]
            classes = frozenset(element.get("class", "").split())
            found = self._facts[element] = (name, element.get("id", ""), classes)
        return found

    def place(self, element: etree._Element) -> Place:
        parent = element.getparent()
        if parent is None:
            return ALONE
        if element not in self._places:
            self._places |= _places(list(parent.iterchildren("*")))
        return self._places[element]

    def related(self, element: etree._Element, combinator: str) -> Iterator[etree._Element]:
        """The elements that stand to `element` as the combinator says, nearest first."""
        if combinator == " ":
            found = element.iterancestors()
        elif combinator == ">":
            parent = element.getparent()
            found = iter(() if parent is None else (parent,))
        else:
            found = element.itersiblings("*", preceding=True)
        for one in found:
            self.spend(STEP)
            yield one
            if combinator == "+":
                return


def _places(siblings: list[etree._Element]) -> dict[etree._Element, Place]:
    counts: dict[str, int] = {}
    found = []
    for position, one in enumerate(siblings, 1):
        counts[one.tag] = counts.get(one.tag, 0) + 1
        found.append((one, position, counts[one.tag]))
    return {
        one: Place(child, len(siblings) + 1 - child, of_type, counts[one.tag] + 1 - of_type)
        for one, child, of_type in found
    }
