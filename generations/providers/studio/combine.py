"""Things that are one picture together: a man riding a horse, a bowl of ramen."""

from dataclasses import replace

from . import glyphs, kinds
from .things import Thing
from .vocabulary import Entry

_PEOPLE = frozenset("👨 👩 🧑 👦 👧 🧒 👴 👵 👶".split())
_FEMALE = frozenset("👩 👧 👵".split())
_ACTIVE = frozenset(
    "🧘 🏃 🏊 🚴 🏄 ⛷️ 🏂 🏋️ 🤸 🤹 💃 🕺 🧗 🏇 🚣 🏌️ ⛹️ 🤺 🤾 🚶 🧎 🥋 🧖 💇 🧍 🤼"
    " 🧑‍💻 🧑‍🎓 🧑‍🎨".split()
)
# A person, how they stand to the thing, and the one picture of both.
_TOGETHER = {
    ("on", "🐎"): "🏇", ("on", "🚲"): "🚴", ("in", "🛏️"): "🛌", ("in", "🛁"): "🛀",
    ("on", "🛏️"): "🛌", ("with", "💻"): "🧑‍💻", ("with", "🖥️"): "🧑‍💻", ("on", "🛴"): "🛴",
    ("in", "🛶"): "🚣", ("holding", "🎨"): "🧑‍🎨", ("with", "+dumbbell"): "🏋️",
    ("on", "⛰️"): "🧗", ("on", "🎿"): "⛷️",
}  # fmt: skip
_DISHES = frozenset(
    "🍜 🍝 🍲 🥗 🍚 🍛 🍣 🍟 🍿 🥣 🍨 ☕ 🍵 🥛 🍷 🍺 🥘 🍱 +fruitbowl 🍪 🥞 🍦".split()
)
_BOTTLES = frozenset("🍾 +bottle 🍷 🍶 🥂".split())
_OPEN_HOLDERS = frozenset("🧺 +vase +flowerpot 🪣 +bowl +openbox 🪺 🪹".split())
_BOWLS = frozenset("🥣 +bowl +fishbowl".split())
_DISHWARE = frozenset("🥣 🍽️ +bowl ☕ 🥃 🍚 🍵".split())
_WITH_HATS = frozenset("👷 👮 💂 🧑‍🍳 🧑‍🚒 🧙‍♂️ 🧙‍♀️ 🎅 🤶 🤠 🧑‍🌾 🕵️ 🧑‍✈️ 🧝 🥷 ☃️".split())
_HATS = frozenset("⛑️ 🎩 👒 🧢 🪖".split())
_HAVE_ALREADY = {
    "⛄": {"🎩", "🧣", "🥕"}, "☃️": {"🎩", "🧣", "🥕"}, "🎂": {"🕯️"}, "🏊": {"+pool", "🌊"},
    "🏄": {"🌊"}, "🎅": {"🛎️"}, "🍒": {"🍃"}, "🍎": {"🍃"}, "🦥": {"+branch"}, "🌹": {"🍃"},
    "🏝️": {"🌴"}, "🏰": {"🏴"}, "🧜‍♀️": {"🐟"}, "🚣": {"🛶"}, "🏇": {"🐎"}, "🚴": {"🚲"},
    "🧙‍♂️": {"🪄"}, "⛷️": {"🎿", "🏔️"}, "🏖️": {"⛱️"}, "🕵️": {"🎩"}, "🍜": {"🥢"},
    "🧑‍🏫": {"+blackboard"}, "🎯": {"➡️", "💘", "🏹"}, "📈": {"➡️"}, "📖": {"📄"},
}  # fmt: skip


def combined(things: list[Thing]) -> list[Thing]:
    """The things, with pairs that one picture shows made one."""
    kept: list[Thing] = []
    for thing in things:
        _mean(things, thing)
        if kept and _merges(kept[-1], thing):
            continue
        if kept and thing.relation == "full" and _is_dishware(kept[-1], thing):
            thing.relation, thing.also, thing.place = kept[-1].relation, kept[-1].also, None
            thing.count = kept[-1].count
            kept.pop()
        kept.append(thing)
    return kept


def _mean(things: list[Thing], thing: Thing) -> None:
    """Words whose meaning depends on the rest: a bow is worn, glasses stand beside a bottle."""
    index = next((i for i, one in enumerate(things) if one is thing), 0)
    before = things[index - 1].entry.picture if index else ""
    if thing.name == "bow" and thing.relation in ("with", "wearing"):
        thing.entry = Entry("🎀")
    if thing.name == "glasses" and any(one.entry.picture in _BOTTLES for one in things):
        thing.entry = Entry("🍷")
    if thing.name == "cross" and before in kinds.PLAIN:
        thing.entry = Entry("➕")
    if thing.entry.picture == "✋" and thing.relation == "in":
        thing.entry = Entry("🤲" if thing.count > 1 else "🫴")
        thing.count, thing.relation = 1, "on"
    if thing.relation == "with" and thing.count > 1 and before in _OPEN_HOLDERS:
        thing.relation = "full"
    if thing.relation == "holding" and things[0].entry.picture in ("✋", "🫴", "🤲"):
        things[0].entry = Entry("🤲" if things[0].count > 1 else "🫴")
        things[0].count = 1
        thing.relation = "atop"


def _lights(before: Thing, thing: Thing) -> bool:
    """A cake has candles; where their number was asked for, they stand on it."""
    if before.entry.picture == "🎂" and thing.relation == "with":
        return thing.count in (1, 3) and not thing.colour
    if thing.entry.picture == "🎂" and thing.relation == "on":
        thing.without.append("candle")
    return False


def _is_dishware(before: Thing, thing: Thing) -> bool:
    return before.entry.picture in _DISHWARE and thing.entry.picture in _DISHES


def _merges(before: Thing, thing: Thing) -> bool:
    """Whether the thing is shown by the one before it, which may change its picture."""
    picture, one = thing.entry.picture, before.entry.picture
    if picture == "🕯️" or one == "🕯️":
        return _lights(before, thing)
    if thing.colour or (thing.also and thing.relation == "beside"):
        return False
    if picture in _HAVE_ALREADY.get(one, ()) or (one in _WITH_HATS and picture in _HATS):
        return True
    if one in ("🐟", "🐠") and thing.relation == "in" and picture in _BOWLS:
        return _in_its_bowl(before)
    if one not in _PEOPLE or thing.relation == "beside" or thing.count > 1:
        return False
    if picture in _ACTIVE and thing.relation in ("with", "holding", ""):
        before.entry = _of_gender(picture, one)
        return True
    both = _TOGETHER.get((thing.relation, picture))
    if both and both != picture:
        before.entry = _of_gender(both, one)
        return True
    return False


def _in_its_bowl(fish: Thing) -> bool:
    if fish.count > 1 or fish.colour:
        return False
    fish.entry = Entry("+fishbowl")
    return True


def _of_gender(picture: str, person: str) -> Entry:
    """The woman's picture where there is one."""
    if person not in _FEMALE:
        return Entry(picture)
    plain = picture.rstrip("️")
    for name in (picture.replace("🧑", "👩", 1), f"{plain}\u200d♀️", f"{plain}️\u200d♀️"):
        if name != picture and glyphs.exists(name):
            return Entry(name)
    return replace(Entry(picture))
