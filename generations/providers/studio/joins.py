"""How two groups stand together: on, in, above, under, beside, wearing."""

from math import cos, pi, sin

from .groups import UNIT, Group
from .scene import Item

# How far below its top a thing carries what sits on it, as a share of its height.
_SEATS = {
    name: float(depth)
    for name, depth in (
        pair.split("=")
        for pair in """
🪑=0.52 🛋️=0.5 +sofa=0.6 +sea=0.3 🛏️=0.42 +armchair=0.62 +table=0.12 🚽=0.45 +throne=0.6
🐎=0.32 🐘=0.2 🚲=0.32 🛹=0.35 🏍️=0.4 🛵=0.45 🦄=0.3 🌙=0.5 ☁️=0.3 🌳=0.12 🍄=0.14 📚=0.06
🏔️=0.14 ⛰️=0.12 🪵=0.25 🪨=0.2 🏠=0.1 🌈=0.1 🛷=0.55 🌊=0.55 🏝️=0.7 🏖️=0.7 🪐=0.2
🍽️=0.6 🪷=0.45 +branch=0.3 🚜=0.42 🎂=0.24 +lake=0.55 +crib=0.6 🪟=0.9 🧊=0.14 +iceberg=0.12
🐫=0.2 🐪=0.2 🐢=0.15 🐋=0.25 🐳=0.3 🐉=0.3 🏇=0.3 +skyline=0.1 🍕=0.3 🗺️=0.5 🍳=0.55
""".split()
    )
}
_CANOPIES = frozenset("🌳 🌴 🌲 🎄 ☂️ ☔ ⛱️ 🍄 +table 🌂 🍁".split())
_TALL_CANOPY = {"☂️": 0.48, "☔": 0.55, "⛱️": 0.45, "+table": 0.5, "🍄": 0.55}


def on(upper: Group, lower: Group, picture: str) -> Group:
    upper = upper.within(lower, 0.4, 1.15)
    if upper.width > 1.15 * lower.width:
        lower = lower.scaled(min(1.7, upper.width / lower.width))
    top = lower.box[1] + _SEATS.get(picture, 0.16) * lower.height
    return upper.at(middle=lower.middle, bottom=top).over(lower)


def atop(upper: Group, lower: Group, depth: float = 0.1) -> Group:
    upper = upper.within(lower, 0.3, 0.7)
    top = lower.box[1] + depth * lower.height
    return upper.at(middle=lower.middle, bottom=top).over(lower)


def badge(whole: Group, sign: Group) -> Group:
    """A small sign at the right, on the corner."""
    sign = sign.sized(0.36 * whole.side)
    y = whole.box[1] + 0.1 * whole.height
    return sign.centred(whole.box[2] - 0.04 * whole.width, y).over(whole)


def held(content: Group, holder: Group) -> Group:
    """The content rises out of the holder."""
    if 1 < len(content.items) <= 6:
        content = _bunch(content, holder.width)
    content = content.within(holder, 0.6, 0.95)
    if content.width > 1.25 * holder.width:
        content = content.scaled(1.25 * holder.width / content.width)
    bottom = holder.box[1] + min(0.42 * holder.height, 0.45 * content.height)
    return holder.over(content.at(middle=holder.middle, bottom=bottom))


def _bunch(group: Group, width: float) -> Group:
    """Several things close together, the middle ones higher."""
    middle = (len(group.items) - 1) / 2
    side, step = 0.62 * width, 0.7 * width / max(1.0, middle * 2)
    placed: list[Item] = []
    for index in sorted(range(len(group.items)), key=lambda i: -abs(i - middle)):
        off = index - middle
        one = Group((group.items[index],)).sized(side)
        placed += one.at(middle=step * off, bottom=0.14 * side * abs(off)).items
    return Group(tuple(placed))


def amid(small: Group, large: Group) -> Group:
    """In the midst of it: in front, a little lower."""
    large = large.sized(max(large.side, 1.6 * small.side))
    return small.at(middle=large.middle, bottom=large.bottom + 0.05 * large.height).over(large)


def inside(sign: Group, board: Group, *, share: float = 0.48, height: float = 0.5) -> Group:
    """A sign in the middle of a plain thing, or at another share of its height."""
    sign = sign.sized(share * min(board.width, board.height) / _squareness(sign))
    return sign.centred(board.middle, board.box[1] + height * board.height).over(board)


def _squareness(group: Group) -> float:
    """How much of the larger side the smaller one has, where both count as little as 0.8."""
    return max(0.8, min(group.width, group.height) / group.side)


def in_sky(ground: Group, sky: Group, left: bool = False) -> Group:
    """Something of the sky above and behind a shoulder of the ground."""
    sky = sky.within(ground, 0.34, 0.5)
    x = ground.box[0] if left else ground.box[2]
    return ground.over(sky.centred(x, ground.box[1] - 0.06 * ground.height))


def above(upper: Group, lower: Group) -> Group:
    upper = upper.within(lower, 0.42, 1.2)
    x = lower.middle + 0.1 * lower.width
    return upper.at(middle=x, bottom=lower.box[1] - 0.03 * lower.height).over(lower)


def under(things: Group, roof: Group, picture: str) -> Group:
    """Below something; beneath a tree or an umbrella, at its foot."""
    if picture not in _CANOPIES:
        return above(roof, things)
    if picture == "+table":
        return _under_table(things, roof)
    wide = 0.62 if picture in _TALL_CANOPY else 0.55
    things = things.sized(min(things.side, 1.4 * UNIT))
    roof = roof.sized(max(roof.side, things.width / wide, things.height / 0.52))
    off = 0.0 if picture in _TALL_CANOPY else 0.2 * roof.width
    drop = 0.1 * roof.height if picture in _TALL_CANOPY else 0.03 * roof.height
    return things.at(middle=roof.middle + off, bottom=roof.bottom + drop).over(roof)


def _under_table(things: Group, table: Group) -> Group:
    table = table.sized(max(table.side, things.width / 0.62, things.height / 0.62))
    return things.at(middle=table.middle, bottom=table.bottom + 0.02 * table.height).over(table)


def hat(head: Group, worn: Group, whole: bool) -> Group:
    """On the head; of a whole animal seen from the side that is at the left."""
    worn = worn.sized((0.42 if whole else 0.62) * head.side)
    x = head.box[0] + 0.27 * head.width if whole else head.middle
    return worn.at(middle=x, bottom=head.box[1] + 0.16 * head.height).over(head)


def spectacles(face: Group, glasses: Group) -> Group:
    glasses = glasses.sized(0.66 * face.side)
    return glasses.centred(face.middle, face.box[1] + 0.46 * face.height).over(face)


def garment(face: Group, worn: Group) -> Group:
    """Below the chin."""
    worn = worn.sized(1.15 * face.side)
    bottom = face.bottom + 0.84 * worn.height
    return face.over(worn.at(middle=face.middle, bottom=bottom))


def scarf(wearer: Group, worn: Group, face: bool) -> Group:
    """Around the neck: below a face, under the head of a whole figure."""
    worn = worn.sized((0.5 if face else 0.36) * wearer.side)
    height = 1.04 if face else 0.5
    return worn.centred(wearer.middle, wearer.box[1] + height * wearer.height).over(wearer)


def before(front: Group, back: Group) -> Group:
    """The one before the other, which looks out behind it."""
    back = back.within(front, 1.25, 2.2)
    x = back.middle + 0.2 * back.width
    return front.at(middle=x, bottom=back.bottom + 0.08 * front.height).over(back)


def beside(left: Group, right: Group, apart: bool = False) -> Group:
    """Side by side, the smaller one in front; equals are staggered so that both stay large."""
    right = right.within(left, 0.42, 2.4)
    alike = 0.75 < right.side / left.side < 1.34
    in_front = alike or right.height <= left.height
    small = min(left.height, right.height)
    drop = (0.3 if alike and not apart else 0.1) * small * (1 if in_front else -1)
    gap = 0.1 * UNIT if apart else -0.08 * min(left.width, right.width)
    x = left.box[2] + right.width / 2 + gap
    right = right.at(middle=x, bottom=left.bottom + drop)
    return right.over(left) if in_front else left.over(right)


def accompanied(main: Group, other: Group, place: int = 0) -> Group:
    """Something smaller in front at the right, the next one at the left."""
    other = other.within(main, 0.36, 0.62)
    near = 0.02 * main.width
    x = main.box[2] + near if place % 2 == 0 else main.box[0] - near - 0.1 * other.width
    return other.at(middle=x, bottom=main.bottom + 0.05 * main.height).over(main)


def ringed(centre: Group, many: list[Group]) -> Group:
    """Copies all around."""
    count = max(len(many), 3)
    side = min(0.46 * centre.side, max(0.34 * centre.side, many[0].side))
    reach = 0.5 * max(centre.width, centre.height) + 0.42 * side
    x, y = centre.middle, (centre.box[1] + centre.box[3]) / 2
    whole = centre
    for index, one in enumerate(many):
        turn = 2 * pi * (index + 0.5) / count - pi / 2
        whole = one.sized(side).centred(x + reach * sin(turn), y - reach * cos(turn)).over(whole)
    return whole


def stacked(rows: list[Group]) -> Group:
    """Rows of things below each other."""
    whole = rows[0]
    for row in rows[1:]:
        below = whole.bottom + 0.12 * row.height + row.height
        whole = row.at(middle=whole.middle, bottom=below).over(whole)
    return whole
