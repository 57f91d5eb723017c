"""Things that are only named together."""

from . import crowds, joins
from .groups import UNIT, Group
from .things import Reading, Thing


def is_list(things: list[Thing]) -> bool:
    return len(things) > 1 and all(thing.relation in ("", "beside") for thing in things[1:])


def listed(reading: Reading, things: list[Thing], lines: bool) -> Group:
    """Two side by side, two kinds in two rows, others in rows of equal cells."""
    groups = _copies(reading, things, lines)
    sides = [group.side for group in groups]
    differ = max(sides) > 1.3 * min(sides)
    if len(groups) == 2:
        return joins.beside(groups[0], groups[1], apart=lines)
    if len(things) == 2 and len(groups) <= 10:
        first = things[0].count
        return joins.stacked([crowds.row(groups[:first]), crowds.row(groups[first:])])
    if len(groups) == 3 and differ and not lines:
        return crowds.row([group.within(groups[0], 0.5, 2.0) for group in groups])
    return crowds.grid([group.sized(UNIT) for group in groups])


def _copies(reading: Reading, things: list[Thing], lines: bool) -> list[Group]:
    """Icons are of one size, unless another was named; pictures that differ much stay so."""
    pairs = [(thing, one) for thing in things for one in crowds.copies(thing, reading, lines)]
    sides = [one.side for _, one in pairs]
    if lines:
        return [one.sized(UNIT * thing.size) for thing, one in pairs]
    if max(sides) < 1.3 * min(sides):
        return [one.sized(UNIT) for _, one in pairs]
    return [one for _, one in pairs]
