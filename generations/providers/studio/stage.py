"""What is around the things: the ground, the sky, what is behind them, and signs of moods."""

from collections.abc import Callable

from . import glyphs
from .groups import UNIT, Group
from .scene import Item

SIGNS = {
    "asleep": ("+zzz",),
    "love": ("❤️",),
    "sparkle": ("✨",),
    "fly": ("☁️",),
    "angry": ("💢",),
    "fast": ("💨",),
    "music": ("🎵",),
    "dream": ("💭",),
    "fire": ("🔥",),
    "cold": ("❄️", "❄️"),
    "rain": ("🌧️",),
    "night": ("🌙", "⭐"),
    "space": ("🪐", "⭐"),
    "sun": ("☀️",),
    "sunset": ("+sunset",),
    "sea": ("+sea",),
    "underwater": ("+seabed", "🫧"),
    "meadow": ("+meadow",),
    "beach": ("+beachside",),
    "desert": ("+dunes",),
    "street": ("+street",),
    "snowfield": ("+snowfield",),
    "hills": ("+hills",),
    "woods": ("+forest",),
    "city": ("+skyline",),
    "mountains": ("🏔️",),
    "party": ("🎉",),
}
# What the outline style takes for them.
_LINES = {
    "❤️": "@heart", "✨": "@sparkles", "☁️": "@cloud", "💨": "@wind", "🎵": "@music",
    "🔥": "@flame", "❄️": "@snowflake", "🌧️": "@cloud-rain", "🌙": "@moon", "⭐": "@star",
    "☀️": "@sun", "🏔️": "@mountain-snow", "🎉": "@party-popper",
}  # fmt: skip
# From the back to the front; signs come last.
_ORDER = tuple(
    "sunset meadow beach desert street snowfield hills woods city sea underwater".split()
)
_SKIES = frozenset({"night", "space", "sun", "rain", "asleep"})
_BURNING = frozenset("🕯️ 🔥 +campfire +fireplace 🎂".split())
# Where signs go: across, down, size; each as a share of the whole.
_SLOTS = ((1.02, 0.0, 0.32), (0.04, 0.05, 0.19), (-0.08, 0.34, 0.15), (1.1, 0.36, 0.17))
_MOST = 5


def staged(
    whole: Group,
    moods: list[str],
    taken: frozenset[str],
    *,
    lines: bool = False,
    aloft: bool = False,
) -> Group:
    """The group with what its moods add; what is drawn already (`taken`) is not added again.

    Where all of it is `aloft`, it does not touch the ground.
    """
    ranked = sorted(_needed(moods, taken), key=_rank)[:_MOST]
    for mood in ranked:
        if mood in _PLACES:
            extra = _extra(SIGNS[mood][0], lines)
            whole = _PLACES[mood](whole, extra, 0.4 if aloft else 0.0)
    ranked.sort(key=lambda mood: mood not in _SKIES)
    signs = [name for mood in ranked for name in _signs_of(mood) if name not in taken]
    for name, slot in zip(signs, _SLOTS, strict=False):
        whole = _in_slot(whole, _extra(name, lines), slot)
    return whole


def _needed(moods: list[str], taken: frozenset[str]) -> list[str]:
    """A candle burns by itself, and what flies over something needs no cloud."""
    needless = {"fire"} if taken & _BURNING else set()
    if len(taken) > 1:
        needless |= {"fly"}
    return [mood for mood in moods if mood not in needless]


def _rank(mood: str) -> int:
    return _ORDER.index(mood) if mood in _ORDER else len(_ORDER)


def _signs_of(mood: str) -> tuple[str, ...]:
    return SIGNS.get(mood, ())[1 if mood in _PLACES else 0 :]


def _extra(name: str, lines: bool) -> Group:
    return Group((Item(glyphs.glyph(_LINES.get(name, name) if lines else name)),))


def backdrop(whole: Group, back: Group) -> Group:
    """Something large behind, of which more can be seen at the left."""
    back = back.within(whole, 1.2, 1.9)
    x = whole.middle - (0.22 * back.width if back.width < 1.9 * whole.width else 0.0)
    return whole.over(back.at(middle=x, bottom=whole.bottom - 0.06 * whole.height))


def _in_slot(whole: Group, extra: Group, slot: tuple[float, float, float]) -> Group:
    across, down, size = slot
    left, top, _, _ = whole.box
    side = max(size * whole.side, 0.9 * size * UNIT)
    return (
        extra.sized(side)
        .centred(left + across * whole.width, top + down * whole.height)
        .over(whole)
    )


def _behind_left(whole: Group, extra: Group, lift: float) -> Group:
    extra = extra.sized(0.36 * whole.side)
    x, y = whole.box[0] - 0.1 * whole.side, whole.bottom - 0.2 * whole.side
    return whole.over(extra.centred(x, y))


def _in_front_below(whole: Group, extra: Group, lift: float) -> Group:
    extra = extra.sized(0.45 * whole.side)
    x, y = whole.box[0] + 0.1 * whole.width, whole.bottom - 0.04 * whole.height
    return extra.centred(x, y).over(whole)


def _waves(whole: Group, extra: Group, lift: float) -> Group:
    extra = extra.sized(1.25 * max(whole.width, 0.8 * whole.height))
    drop = 0.6 * extra.height + lift * whole.height
    return extra.at(middle=whole.middle, bottom=whole.bottom + drop).over(whole)


def _ground(depth: float) -> Callable[[Group, Group, float], Group]:
    """A strip behind the feet, which stand this deep in it."""

    def lay(whole: Group, extra: Group, lift: float) -> Group:
        extra = extra.sized(1.28 * max(whole.width, 0.82 * whole.height))
        bottom = whole.bottom + (1 - depth) * extra.height + lift * whole.height
        return whole.over(extra.at(middle=whole.middle, bottom=bottom))

    return lay


def _behind(share: float, raised: float) -> Callable[[Group, Group, float], Group]:
    """Something wide behind, in the middle."""

    def lay(whole: Group, extra: Group, lift: float) -> Group:
        extra = extra.sized(share * max(whole.width, 0.9 * whole.height))
        bottom = whole.bottom - (raised - lift) * whole.height
        return whole.over(extra.at(middle=whole.middle, bottom=bottom))

    return lay


def _on_the_bottom(whole: Group, extra: Group, lift: float) -> Group:
    extra = extra.sized(1.35 * max(whole.width, 0.8 * whole.height))
    return whole.over(extra.at(middle=whole.middle, bottom=whole.bottom + 0.52 * extra.height))


_PLACES: dict[str, Callable[[Group, Group, float], Group]] = {
    "fast": _behind_left,
    "fly": _in_front_below,
    "fire": _in_front_below,
    "sea": _waves,
    "underwater": _on_the_bottom,
    "meadow": _ground(0.55),
    "beach": _ground(0.62),
    "desert": _ground(0.72),
    "street": _ground(0.5),
    "snowfield": _ground(0.5),
    "hills": _ground(0.55),
    "woods": _behind(1.55, -0.02),
    "city": _behind(1.6, 0.0),
    "mountains": lambda whole, extra, lift: backdrop(whole, extra.sized(1.7 * whole.side)),
    "sunset": _behind(1.25, 0.06),
}
