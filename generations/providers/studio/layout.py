"""Laying out: where the things of a reading stand.

Groups are built up one thing after another in free coordinates and fitted to the canvas
at the end, so each rule only has to say how the newcomer stands to those already there.
"""

from . import crowds, geometry, kinds, stage
from .colours import NAMED
from .composition import composed
from .groups import UNIT, Group
from .scene import FULL, Item, Scene
from .things import Reading, Thing


def lay_out(reading: Reading, *, lines: bool) -> Scene:
    """The scene of a reading that names at least one thing."""
    lines = lines and _can_be_lines(reading)
    if any(thing.place for thing in reading.things):
        return _framed(reading, lines)
    whole = composed(reading, reading.things, lines)
    taken = frozenset(thing.entry.picture for thing in reading.things)
    aloft = all(thing.entry.picture in kinds.SKY for thing in reading.things)
    whole = stage.staged(whole, reading.moods, taken, lines=lines, aloft=aloft)
    items, copies = _folded(whole.items)
    scene = Scene(items, copies, background=reading.background, colour=_asked_for(reading))
    return scene.within(FULL)


def _folded(items: tuple[Item, ...]) -> tuple[tuple[Item, ...], tuple[geometry.Point, ...]]:
    """Equal items that stand apart become one item and the ways to its copies."""
    first = items[0]
    alike = all(item.glyph is first.glyph and item.scale == first.scale for item in items)
    boxes = [item.box for item in items]
    apart = not any(
        geometry.overlap(box, other) for i, box in enumerate(boxes) for other in boxes[i + 1 :]
    )
    if len(items) == 1 or not alike or not apart:
        return items, ()
    return (first,), tuple((item.x - first.x, item.y - first.y) for item in items[1:])


def _can_be_lines(reading: Reading) -> bool:
    return "asleep" not in reading.moods


def _asked_for(reading: Reading) -> str:
    """The colour of the first thing, also where it is part of a name ("green apple")."""
    first = reading.things[0]
    if any(thing.colour and thing.colour != first.colour for thing in reading.things[1:]):
        return ""
    return first.colour or (NAMED.get(first.name.split()[0], "") if " " in first.name else "")


def _framed(reading: Reading, lines: bool) -> Scene:
    """Things at the places asked for, on a frame that keeps them there."""
    free = [thing for thing in reading.things if not thing.place]
    fixed = [thing for thing in reading.things if thing.place]
    parts: list[Group] = []
    if free:
        lean = -sum((thing.place or (0, 0))[0] for thing in fixed)
        whole = composed(reading, free, lines).sized(1.7 * UNIT)
        whole = stage.staged(whole, reading.moods, frozenset()).sized(1.7 * UNIT)
        parts.append(whole.centred(0.22 * UNIT * max(-1, min(1, lean)), 0.3 * UNIT))
    for thing in fixed:
        parts.append(_in_frame(thing, reading, lines, alone=not free and len(fixed) == 1))
    half = 1.3 * UNIT
    frame = (-half, -half, half, half)
    items = tuple(item for part in parts for item in part.items)
    scene = Scene(items, background=reading.background, colour=_asked_for(reading), frame=frame)
    return scene.within(FULL)


def _in_frame(thing: Thing, reading: Reading, lines: bool, alone: bool) -> Group:
    across, down = thing.place or (0, 0)
    if thing.entry.picture in kinds.SKY and not down and across:
        down = -1
    group = crowds.crowd(thing, reading, lines)
    side = 1.5 if (across, down) == (0, 0) else 1.15 if not across or not down else 0.9
    group = group.sized(side * UNIT * min(1.3, max(0.7, thing.size)) * (1.1 if alone else 1))
    reach_x = 1.3 * UNIT - group.width / 2
    reach_y = 1.3 * UNIT - group.height / 2
    return group.centred(across * reach_x, down * reach_y)
