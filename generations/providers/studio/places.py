"""Places and times of day: which of the named things are only where the others are."""

from .things import Reading, Thing
from .vocabulary import Entry

# A place named beside other things becomes the ground they stand on or what is behind them.
MOOD_OF = {
    "💧": "sea", "🌊": "sea", "+lake": "sea", "🏖️": "beach", "🏜️": "desert", "+dunes": "desert",
    "🏞️": "hills", "+hills": "hills", "+meadow": "meadow", "+garden": "meadow",
    "+grass": "meadow", "+park": "meadow", "🌅": "sunset beach", "🌄": "sunset", "🌇": "sunset",
    "🌌": "space", "🌃": "night", "🎑": "night", "🛣️": "street", "+street": "street",
    "+citystreet": "street", "+forest": "woods", "+skyline": "city", "🏙️": "city",
}  # fmt: skip
# What a mood is drawn as where nothing else is named.
ALONE = {
    "sea": "🌊", "night": "🌙", "space": "🪐", "sun": "☀️", "sunset": "🌅", "rain": "🌧️",
    "cold": "❄️", "party": "🎉", "meadow": "+meadow", "desert": "🏜️", "beach": "🏖️",
    "city": "+skyline", "hills": "🏞️", "mountains": "🏔️", "woods": "+forest", "street": "🛣️",
    "snowfield": "❄️", "fire": "🔥", "love": "❤️", "fast": "💨", "music": "🎵", "sparkle": "✨",
    "underwater": "🐠", "fly": "🪽", "angry": "😡", "asleep": "💤", "dream": "💭",
}  # fmt: skip
_UP = frozenset("☀️ ☁️ ⛅ ⛈️ 🌈 🌙 🌕 ⭐ 🌧️ 🌨️ 🌩️ 🌞 ❄️".split())
_WATERS = frozenset({"river", "stream", "creek", "brook", "rivers"})
_KEPT_MOODS = frozenset({"underwater", "night", "space"})
# Pictures on a tile of their own, and what stands for them beside other things.
_OPEN_PICTURES = {"🏙️": "+skyline", "🌃": "+skyline", "🌆": "+skyline"}
_HIGH = frozenset("🏔️ ⛰️ 🗻 🌋 🏙️ +skyline 🏘️ +waterfall +iceberg +hills 🌉 +bridge".split())
_STANDING = ("on", "in", "with", "beside", "", "full", "before", "against", "holding", "above",
             "behind", "backdrop", "foreground", "inside", "atop", "around")  # fmt: skip


def settled(reading: Reading, things: list[Thing]) -> list[Thing]:
    """The things that remain once places have become moods."""
    if not things:
        return _from_moods(reading)
    _open_pictures(reading, things)
    scenes = [thing for thing in things if _is_only_where(thing, things)]
    if len(scenes) == len(things):
        scenes = scenes[1:]
    if all(
        thing.entry.picture in _UP for thing in things if not any(thing is one for one in scenes)
    ):
        scenes = [thing for thing in scenes if thing is not things[0]]
    for thing in scenes:
        if thing.name in _WATERS:
            reading.moods.append("sea")
            continue
        reading.moods += MOOD_OF[thing.entry.picture].split()
    kept = _without(things, scenes)
    _raise_backdrops(kept)
    return kept


def _from_moods(reading: Reading) -> list[Thing]:
    """ "night sky" names nothing but a mood; then that is drawn."""
    mood = next((mood for mood in reading.moods if mood in ALONE), "")
    if not mood:
        return []
    if mood not in _KEPT_MOODS:
        reading.moods.remove(mood)
    return [Thing(mood, Entry(ALONE[mood]))]


def _open_pictures(reading: Reading, things: list[Thing]) -> None:
    for thing in things:
        if thing.entry.picture == "🌃":
            reading.moods.append("night")
        picture = _OPEN_PICTURES.get(thing.entry.picture)
        if picture and (len(things) > 1 or reading.moods):
            thing.entry = Entry(picture)


def _is_only_where(thing: Thing, things: list[Thing]) -> bool:
    if thing.entry.picture == "💧":
        return thing.name == "water" and thing.relation in ("in", "on", "above", "under")
    if thing.entry.picture not in MOOD_OF or thing.relation not in _STANDING:
        return False
    if thing.entry.picture in ("+skyline", "🏙️") and thing.relation == "above":
        return False
    return len(things) > 1


def _without(things: list[Thing], scenes: list[Thing]) -> list[Thing]:
    """What stood to a place stands to the thing before it."""
    kept: list[Thing] = []
    dropped, promoted = False, ""
    for thing in things:
        if any(thing is scene for scene in scenes):
            dropped = True
            continue
        if dropped and not kept:
            promoted = thing.relation
            thing.relation, thing.also = "", False
        elif promoted and thing.also and thing.relation == promoted:
            thing.relation = "beside"
        else:
            promoted = ""
        kept.append(thing)
    return kept


def _raise_backdrops(things: list[Thing]) -> None:
    """Mountains beside something stand behind it."""
    if len(things) < 2:
        return
    for thing in things[1:]:
        if thing.entry.picture in _HIGH and thing.relation in ("with", "before", "in", "against"):
            thing.relation = "backdrop"
    first, second = things[0], things[1]
    if first.entry.picture in _HIGH and second.relation in ("with", "full"):
        second.relation = "foreground"
