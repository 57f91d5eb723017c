"""Laying out: where the things of a reading stand.

Groups are built up one thing after another in free coordinates and fitted to the canvas
at the end, so each rule only has to say how the newcomer stands to those already there.
"""

from dataclasses import dataclass, replace

from . import geometry, glyphs
from .colours import NAMED
from .glyphs import Glyph
from .scene import FULL, Item, Scene
from .words import Reading, Thing

_UNIT = 100.0
# How many stand in each row when so many are asked for.
_ROWS = {
    number: tuple(int(size) for size in rows.split("+"))
    for number, rows in enumerate(
        "1 2 1+2 2+2 2+1+2 3+3 2+3+2 3+2+3 3+3+3 3+4+3 4+3+4 4+4+4".split(), start=1
    )
}

# Glyphs that behave alike when things are put together.
_SKY = frozenset(
    """
☀️ ☁️ ☄️ ⚡ ⛅ ⛈️ ✨ ⭐ 🌈 🌓 🌕 🌙 🌛 🌞 🌟 🌠 🌧️ 🌨️ 🌩️ 🛸 🪐
""".split()
)
_HOLDERS = frozenset(
    """
+balloon +bowl +flowerpot +chest +pirateship +pot +submarine +vase +wateringcan ☕ ⛵ 🍚 🍵 🍷 🎁
🎒 🎩 🏎️ 🏺 👜 📦 🚂 🚕 🚗 🚙 🚢 🚤 🛁 🛍️ 🛒 🛶 🛸 🥃 🥛 🥣 🥤 🧺 🪣 🪴 🪹 🪺 🫙
""".split()
)
_BOARDS = frozenset(
    """
@hexagon @octagon @pentagon ☁️ ❤️ ⬛ 💬 📁 📄 📅 📦 📱 📺 🔴 🔷 🔺 🖥️ 🚩 🛡️ 🟦
""".split()
)
_MARKS = frozenset(
    """
@code-xml @dollar-sign @download @percent @upload ▶️ ☠️ ⚓ ⚡ ✅ ✔️ ❌ ❓ ❗ ❤️ ➕ ➖ ⬆️
⬇️ ⭐ 🌱 🍃 🎵 👤 💀 💧 🔍 🔑 🔒 🔥
""".split()
)
_HATS = frozenset(
    """
⛑️ 🎓 🎩 👑 👒 🧢 🪖
""".split()
)
_SPECTACLES = frozenset(
    """
👓 🕶️ 🥽
""".split()
)

# How far below its top a thing carries what sits on it, as a share of its height.
_SEATS = {
    name: float(depth)
    for name, depth in (
        pair.split("=")
        for pair in """
🪑=0.52 🛋️=0.5 +sofa=0.6 +sea=0.3 🛏️=0.42 +armchair=0.62 +table=0.12 🚽=0.45
🐎=0.32 🐘=0.2 🚲=0.32 🛹=0.35 🏍️=0.4 🛵=0.45 🦄=0.3 🌙=0.5 ☁️=0.3 🌳=0.12 🍄=0.14 📚=0.06
🏔️=0.14 ⛰️=0.12 🪵=0.25 🪨=0.2 🏠=0.1 🌈=0.1 🛷=0.55 🌊=0.55 🏝️=0.7 🏖️=0.7 🪐=0.2
🍽️=0.6
""".split()
    )
}
_MIXED_COLOURS = [
    NAMED[name] for name in ("red", "blue", "yellow", "green", "purple", "orange", "pink")
]
_EXTRAS = {
    "asleep": ("+zzz",),
    "love": ("❤️",),
    "sparkle": ("✨",),
    "fly": ("☁️",),
    "angry": ("💢",),
    "fast": ("💨",),
    "music": ("🎵",),
    "dream": ("💭",),
    "fire": ("🔥",),
    "cold": ("❄️",),
    "rain": ("🌧️",),
    "night": ("🌙", "⭐"),
    "space": ("🪐", "⭐"),
    "sun": ("☀️",),
    "sea": ("+sea",),
    "party": ("🎉",),
}


@dataclass(frozen=True)
class Group:
    """Items that belong together, from the back to the front."""

    items: tuple[Item, ...]

    @property
    def box(self) -> geometry.Box:
        return geometry.around(item.box for item in self.items)

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    def sized(self, side: float) -> "Group":
        """As large as fits a square of this side."""
        return self._moved(side / max(self.width, self.height), 0, 0)

    def at(self, *, middle: float, bottom: float) -> "Group":
        left, _, right, below = self.box
        return self._moved(1, middle - (left + right) / 2, bottom - below)

    def centred(self, x: float, y: float) -> "Group":
        return self.at(middle=x, bottom=y + self.height / 2)

    def _moved(self, scale: float, x: float, y: float) -> "Group":
        return Group(tuple(item.moved(scale, x, y) for item in self.items))

    def over(self, other: "Group") -> "Group":
        return Group(other.items + self.items)


def lay_out(reading: Reading, *, lines: bool) -> Scene:
    """The scene of a reading that names at least one thing."""
    lines = lines and _can_be_lines(reading)
    if _is_list(reading):
        whole = _list(reading, lines)
    else:
        whole = _chain([_crowd(thing, reading, lines) for thing in reading.things], reading.things)
    for mood in reading.moods:
        whole = _with_extra(whole, mood)
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
    return (
        all(thing.entry.line for thing in reading.things)
        and "asleep" not in reading.moods
        and (len(reading.things) == 1 or _is_list(reading))
    )


def _is_list(reading: Reading) -> bool:
    things = reading.things
    return len(things) > 1 and all(thing.relation in ("", "beside") for thing in things[1:])


def _asked_for(reading: Reading) -> str:
    """The colour of the first thing, also where it is part of a name ("green apple")."""
    first = reading.things[0]
    return first.colour or (NAMED.get(first.name.split()[0], "") if " " in first.name else "")


# one thing


def _crowd(thing: Thing, reading: Reading, lines: bool) -> Group:
    """As many copies of the thing as were asked for."""
    glyph = _glyph(thing, reading, lines)
    copies = [glyph] * thing.count
    if "colourful" in reading.moods and not thing.colour and thing.count > 1:
        copies = [
            glyph.painted(_MIXED_COLOURS[i % len(_MIXED_COLOURS)]) for i in range(thing.count)
        ]
    groups = [Group((Item(copy),)).sized(_UNIT) for copy in copies]
    return _grid(groups) if thing.count > 1 else groups[0]


def _glyph(thing: Thing, reading: Reading, lines: bool) -> Glyph:
    asleep = "asleep" in reading.moods
    name = thing.entry.sleeper if asleep else thing.entry.picture
    found = glyphs.glyph(thing.entry.line if lines else name, asleep=asleep)
    if thing.colour:
        return found.painted(thing.colour)
    return found.painted(NAMED[thing.entry.tint]) if thing.entry.tint and not lines else found


def _grid(groups: list[Group]) -> Group:
    """Rows of equal cells, each row in the middle."""
    groups = [group.sized(_UNIT) for group in groups]
    across = max(group.width for group in groups) + 0.12 * _UNIT
    down = max(group.height for group in groups) + 0.12 * _UNIT
    rows = _ROWS[len(groups)]
    if len(set(rows)) > 1:
        down *= 0.92
    placed: list[Item] = []
    for row, size in enumerate(rows):
        for column in range(size):
            group = groups[sum(rows[:row]) + column]
            x = (column - (size - 1) / 2) * across
            placed += group.centred(x, row * down).items
    return Group(tuple(placed))


# several things


def _list(reading: Reading, lines: bool) -> Group:
    """Things that are only named together, all of one size."""
    groups = [
        group
        for thing in reading.things
        for group in [_crowd(replace(thing, count=1), reading, lines)] * thing.count
    ]
    if len(groups) == 2:
        return _beside(groups[0], groups[1], apart=lines)
    return _grid(groups[: max(_ROWS)])


def _chain(groups: list[Group], things: list[Thing]) -> Group:
    whole = groups[0]
    for before, thing, group in zip(things, things[1:], groups[1:], strict=False):
        whole = _join(whole, group, before, thing)
    return whole


def _join(whole: Group, group: Group, before: Thing, thing: Thing) -> Group:
    picture, first = thing.entry.picture, before.entry.picture
    relation = thing.relation
    if relation == "atop":
        return _on(group, whole, 0.1)
    if first in _BOARDS and picture in _MARKS:
        return _marked(whole, group)
    if relation == "in" and picture in _BOARDS:
        return _marked(group, whole)
    if relation == "on":
        return _on(whole, group, _SEATS.get(picture, 0.16))
    if relation == "in":
        return _held(whole, group) if picture in _HOLDERS else _amid(whole, group)
    if relation == "above":
        return _in_sky(group, whole) if first in _SKY else _stacked(whole, group)
    if relation == "under":
        return _in_sky(whole, group) if picture in _SKY else _stacked(group, whole)
    if relation in ("with", "wearing") and picture in _HATS:
        return _hat(whole, group)
    if relation in ("with", "wearing") and picture in _SPECTACLES:
        return _spectacles(whole, group)
    if relation == "with" and picture in _SKY:
        return _in_sky(whole, group)
    if relation == "behind":
        return _before(whole, group)
    if relation == "front":
        return _before(group, whole)
    if relation in ("", "beside"):
        return _beside(whole, group)
    return _accompanied(whole, group)


def _middle(group: Group) -> float:
    return (group.box[0] + group.box[2]) / 2


def _on(upper: Group, lower: Group, depth: float) -> Group:
    lower = lower.sized(max(upper.width, upper.height) * 1.3)
    upper = upper.sized(_UNIT)
    lower = lower.sized(_UNIT * 1.3)
    top = lower.box[1] + depth * lower.height
    return upper.at(middle=_middle(lower), bottom=top).over(lower)


def _held(content: Group, holder: Group) -> Group:
    """The content rises out of the holder."""
    holder = holder.sized(_UNIT * 1.25)
    content = _bunch(content) if 1 < len(content.items) <= 5 else content.sized(_UNIT)
    bottom = holder.box[1] + min(0.42 * holder.height, 0.5 * _UNIT)
    return holder.over(content.at(middle=_middle(holder), bottom=bottom))


def _bunch(group: Group) -> Group:
    """Several things close together, the middle ones higher."""
    middle = (len(group.items) - 1) / 2
    placed: list[Item] = []
    for index in sorted(range(len(group.items)), key=lambda i: -abs(i - middle)):
        off = index - middle
        one = Group((group.items[index],)).sized(0.72 * _UNIT)
        placed += one.at(middle=0.46 * _UNIT * off, bottom=0.16 * _UNIT * abs(off)).items
    return Group(tuple(placed))


def _amid(small: Group, large: Group) -> Group:
    large = large.sized(_UNIT * 1.9)
    small = small.sized(_UNIT * 0.95)
    return small.at(middle=_middle(large), bottom=large.box[3] + 0.06 * _UNIT).over(large)


def _marked(board: Group, sign: Group) -> Group:
    """A sign in the middle of a plain thing."""
    board, sign = board.sized(_UNIT * 1.5), sign.sized(_UNIT * 0.72)
    left, top, right, bottom = board.box
    return sign.centred((left + right) / 2, (top + bottom) / 2).over(board)


def _in_sky(ground: Group, sky: Group) -> Group:
    """Something of the sky above and behind the right shoulder of the ground."""
    ground = ground.sized(_UNIT * 1.5)
    sky = sky.sized(_UNIT * 0.72)
    _, top, right, _ = ground.box
    x = right - 0.02 * ground.width
    return ground.over(sky.centred(x, top + 0.02 * ground.height))


def _stacked(upper: Group, lower: Group) -> Group:
    upper, lower = upper.sized(_UNIT), lower.sized(_UNIT * 1.15)
    x = _middle(lower) + 0.18 * _UNIT
    return upper.at(middle=x, bottom=lower.box[1] + 0.08 * lower.height).over(lower)


def _hat(head: Group, hat: Group) -> Group:
    head = head.sized(_UNIT * 1.4)
    hat = hat.sized(_UNIT * 0.72)
    return hat.at(middle=_middle(head), bottom=head.box[1] + 0.14 * head.height).over(head)


def _spectacles(face: Group, glasses: Group) -> Group:
    face = face.sized(_UNIT * 1.4)
    glasses = glasses.sized(_UNIT * 0.92)
    return glasses.centred(_middle(face), face.box[1] + 0.46 * face.height).over(face)


def _before(front: Group, back: Group) -> Group:
    back, front = back.sized(_UNIT * 1.5), front.sized(_UNIT)
    return front.at(middle=_middle(back), bottom=back.box[3] + 0.12 * _UNIT).over(back)


def _beside(left: Group, right: Group, apart: bool = False) -> Group:
    """Side by side, the right one lower and further to the front, so that both stay large."""
    left, right = left.sized(_UNIT * 1.2), right.sized(_UNIT * 1.2)
    tall = max(left.height, right.height)
    drop = 0.42 * tall if tall < 1.15 * max(left.width, right.width) else 0.12 * tall
    x = left.box[2] + right.width / 2 + (0.1 if apart else -0.14) * _UNIT
    return right.at(middle=x, bottom=left.box[3] + drop).over(left)


def _accompanied(main: Group, other: Group) -> Group:
    main, other = main.sized(_UNIT * 1.5), other.sized(_UNIT * 0.86)
    x = main.box[2] + 0.05 * _UNIT
    return other.at(middle=x, bottom=main.box[3] + 0.06 * _UNIT).over(main)


# moods and places


def _with_extra(whole: Group, mood: str) -> Group:
    whole = whole.sized(_UNIT * 1.6)
    for index, name in enumerate(_EXTRAS.get(mood, ())):
        extra = Group((Item(glyphs.glyph(name)),))
        whole = _EXTRA_PLACES.get(mood, _top_right)(whole, extra, index)
    return whole


def _top_right(whole: Group, extra: Group, index: int) -> Group:
    left, top, right, _ = whole.box
    if index:
        return extra.sized(_UNIT * 0.3).centred(left + 0.02 * _UNIT, top + 0.1 * _UNIT).over(whole)
    extra = extra.sized(_UNIT * 0.52)
    return extra.centred(right + 0.14 * _UNIT, top - 0.04 * _UNIT).over(whole)


def _behind_left(whole: Group, extra: Group, index: int) -> Group:
    left, _, _, bottom = whole.box
    extra = extra.sized(_UNIT * 0.55)
    return whole.over(extra.centred(left - 0.14 * _UNIT, bottom - 0.3 * _UNIT))


def _behind_below(whole: Group, extra: Group, index: int) -> Group:
    left, _, _, bottom = whole.box
    extra = extra.sized(_UNIT * 0.7)
    return extra.centred(left + 0.1 * _UNIT, bottom - 0.05 * _UNIT).over(whole)


def _along_the_bottom(whole: Group, extra: Group, index: int) -> Group:
    extra = extra.sized(1.25 * max(whole.width, 0.8 * whole.height))
    return extra.at(middle=_middle(whole), bottom=whole.box[3] + 0.6 * extra.height).over(whole)


_EXTRA_PLACES = {
    "fast": _behind_left,
    "fly": _behind_below,
    "sea": _along_the_bottom,
    "fire": _behind_below,
}
