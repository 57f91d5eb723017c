"""One thing as often as it was asked for, and lists of things in rows."""

from dataclasses import replace

from . import glyphs, parts, sizes
from .colours import NAMED
from .glyphs import Glyph
from .groups import UNIT, Group
from .scene import Item
from .things import Reading, Thing

# How many stand in each row when so many are asked for.
_ROWS = {
    number: tuple(int(size) for size in rows.split("+"))
    for number, rows in enumerate(
        "1 2 1+2 2+2 2+1+2 3+3 2+3+2 3+2+3 3+3+3 3+4+3 4+3+4 4+4+4".split(), start=1
    )
}
MOST = max(_ROWS)
_MIXED_COLOURS = [
    NAMED[name] for name in ("red", "blue", "yellow", "green", "purple", "orange", "pink")
]


def size(thing: Thing) -> float:
    """How large one of them is, in a picture with others."""
    return UNIT * sizes.natural(thing.entry.picture) * thing.size


def copies(thing: Thing, reading: Reading, lines: bool) -> list[Group]:
    """Each of the thing by itself."""
    glyph = drawn(thing, reading, lines)
    many = [glyph] * thing.count
    if "colourful" in reading.moods and not thing.colour and thing.count > 1:
        many = [glyph.painted(_MIXED_COLOURS[i % len(_MIXED_COLOURS)]) for i in range(thing.count)]
    return [Group((Item(copy),)).sized(size(thing)) for copy in many]


def crowd(thing: Thing, reading: Reading, lines: bool) -> Group:
    """As many copies of the thing as were asked for, in rows."""
    return grid(copies(thing, reading, lines))


def drawn(thing: Thing, reading: Reading, lines: bool) -> Glyph:
    asleep = "asleep" in reading.moods
    name = thing.entry.sleeper if asleep else thing.entry.picture
    lines = lines and _has_lines(thing, reading)
    found = glyphs.glyph(thing.entry.line if lines else name, asleep=asleep)
    if thing.colour:
        found = found.painted(thing.colour)
    elif thing.entry.tint and not lines:
        found = found.painted(NAMED[thing.entry.tint])
    if lines or name != thing.entry.picture:
        return found
    found = parts.painted(found, name, thing.parts)
    return parts.left_away(found, name, tuple(thing.without))


def _has_lines(thing: Thing, reading: Reading) -> bool:
    """Whether a line icon can stand for it: one that is a face alone sits or lies badly."""
    if not thing.entry.line or thing.parts or thing.without:
        return False
    is_apart = all(one.relation in ("", "beside") for one in reading.things)
    return not thing.entry.face or (is_apart and not reading.moods)


def grid(groups: list[Group], side: float = 0.0) -> Group:
    """Rows of equal cells, each row in the middle."""
    groups = groups[:MOST]
    if len(groups) == 1:
        return groups[0]
    side = side or max(group.side for group in groups)
    across = max(group.width for group in groups) + 0.12 * side
    down = max(group.height for group in groups) + 0.12 * side
    rows = _ROWS[len(groups)]
    if len(set(rows)) > 1:
        down *= 0.92
    placed: list[Item] = []
    for row, length in enumerate(rows):
        for column in range(length):
            group = groups[sum(rows[:row]) + column]
            x = (column - (length - 1) / 2) * across
            placed += group.centred(x, row * down).items
    return Group(tuple(placed))


def file(thing: Thing, reading: Reading, lines: bool) -> Group:
    """A few in a row, as they stand on something or hover over it; many in rows."""
    groups = copies(thing, reading, lines)
    if len(groups) > 5:
        return grid(groups)
    narrow = max(group.width for group in groups) < 0.6 * max(group.height for group in groups)
    return row(groups, gap=-0.05 if narrow else 0.06)


def row(groups: list[Group], gap: float = 0.08) -> Group:
    """Side by side on one line, large ones not too far from small ones."""
    whole = groups[0]
    for group in groups[1:]:
        x = whole.box[2] + group.width / 2 + gap * UNIT
        whole = group.at(middle=x, bottom=whole.bottom).over(whole)
    return whole


def singly(thing: Thing) -> Thing:
    return replace(thing, count=1)
