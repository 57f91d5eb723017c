"""The small words of a prompt: relations, places, moods, numbers, sizes and denials."""

from itertools import product

from .fillers import PRONOUNS


def _named(text: str) -> dict[str, str]:
    """Phrases by name: each line reads "name: phrase, phrase"; indented lines go on."""
    found: dict[str, str] = {}
    for line in text.strip().replace("\n    ", " ").splitlines():
        name, _, phrases = line.partition(":")
        found |= {phrase.strip(): name for phrase in phrases.split(",")}
    return found


# How what was named before stands to what comes next.
RELATIONS = _named("""
on: on, onto, atop, upon, on top of, standing on, sitting on, sits on, stands on, perched on,
    resting on, lying on, lies on, riding, rides, riding on, climbing, surfing, sat on, seated on,
    standing on top of, sitting on top of, balancing on, walking on, rests on, growing on, placed
    on, sitting at
above: above, over, rising over, shining over, jumping over, jumps over, flies over, leaping over,
    hovering over, flying over, rising above, flying above, floating above, floating over, shining
    above, rises over, soaring over, soaring above, rising from behind, setting behind, setting
    over
under: under, hiding under, sleeping under, below, beneath, underneath, sitting under, standing
    under
in: in, inside, into, within, in the middle of, sitting in, driving, inside of, sailing in,
    swimming in, standing in, hiding in, growing in, growing from, coming out of, popping out of,
    peeking out of, growing out of, rising out of, rising from, floating in, jumping out of,
    emerging from
with: with, pulling, pushing, balancing, near, by, featuring, containing, surrounding, at, using,
    has, having, plus, including
holding: holding, carrying, holds, carries, hugging, eating, drinking, playing, reading, eats,
    plays, reads, catching, kicking, throwing, feeding, kissing, fighting, battling, chasing,
    watching, using, pulling, pushing, playing with, looking at, reading in, writing, cooking,
    painting, taking
full: full of, filled with, made of, covered in, covered with
wearing: wearing, wears, dressed in, has on
behind: behind, hiding behind, peeking from behind
before: in front of, before
beside: beside, next to, alongside, between, versus, vs, meets, to the left of, left of, on the
    left of, leaning on
against: against, leaning against
right: to the right of, right of, on the right of
around: around, surrounding, flying around, dancing around, circling, orbiting, spinning around
ringed: surrounded by, encircled by
""")
ACTIONS = frozenset(
    """eating drinking playing reading eats plays reads catching kicking throwing feeding kissing
    fighting battling chasing watching hugging climbing pulling pushing writing cooking painting
    driving surfing balancing""".split()
)
AND = frozenset({"and", "&", "or", "plus", "as well as", "along with", "together with"})
GOES_ON = ("with", "wearing", "holding", "full", "ringed")

# After the fact: how the thing just named stands to those before ("with a bird on top").
_AFTER = _named("""
atop: growing out of, coming out of, popping out of, growing from, coming out, on top, on, on top
    of, above it on top, on its back, on its head, on his head, on her head, on their heads, on the
    roof, sitting on, standing on
inside: inside, in, inside of, in the middle, in the center, in the centre, at the center, at its
    center, in its center
overhead: above, overhead, over, in the sky, flying above, flying overhead, flying around above,
    flying in the sky, in the night sky, high above, floating above, at the top
backdrop: behind, in the background, in the distance, in the back, in the backdrop
foreground: in front, in front of, in the foreground
around: around, all around, around the edge, surrounding
beneath: below, underneath, beneath, under, at the bottom, at its base, at the base
beside: next to, beside, on the side, at the side, on each side, on both sides, by its side,
    nearby, to the side
""")
# Those that read as something else unless a pronoun or the end follows.
_OPEN = frozenset(
    """on in over above behind inside below beneath under around beside surrounding underneath
    overhead""".split()
) | {
    "next to", "in front of", "inside of", "on top of", "growing out of", "coming out of",
    "popping out of", "growing from", "flying above", "floating above", "sitting on", "standing on",
}  # fmt: skip
AFTER = {phrase: name for phrase, name in _AFTER.items() if phrase not in _OPEN}
AFTER |= {f"{phrase} {it}": _AFTER[phrase] for phrase in _OPEN & _AFTER.keys() for it in PRONOUNS}
AT_THE_END = {
    phrase: name
    for phrase, name in _AFTER.items()
    if phrase in _OPEN and phrase not in ("on", "in")
}

# Where on the canvas: across from -1 (left) to 1, down from -1 (top) to 1.
_ACROSS = {"left": -1, "right": 1, "": 0}
_DOWN = {"top": -1, "upper": -1, "bottom": 1, "lower": 1, "": 0}
_FRAMES = ("in the {}", "on the {}", "at the {}", "to the {}", "in the {} corner", "on the {} side",
           "in the {} hand corner", "on the {} hand side", "at the {} corner", "in {} corner",
           "in the {} part")  # fmt: skip


def _spots() -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for (down, dy), (across, dx) in product(_DOWN.items(), _ACROSS.items()):
        for words in {f"{down} {across}".strip(), f"{down}-{across}".strip("-")} - {""}:
            found |= {frame.format(words): (dx, dy) for frame in _FRAMES}
    middles = ("middle", "center", "centre")
    return found | {f"in the {word}": (0, 0) for word in middles} | {"in the corner": (1, -1)}


SPOTS = _spots()

# How things feel, or where they are; each adds a small extra.
MOODS = _named("""
asleep: asleep, sleeping, sleepy, sleeps, napping, dozing, snoozing, resting, snoring, tired
love: loving, in love, lovely, romantic, lovers
sparkle: magical, magic, shiny, sparkling, sparkly, glowing, glittering, enchanted, twinkling,
    mystical
fly: flying, soaring, floating, in flight, in the air, in the clouds
angry: angry, mad, furious, annoyed
fast: fast, speeding, racing, quick, speedy, running, rushing
music: singing, dancing, musical, humming
dream: dreaming, thinking, wondering
fire: burning, flaming, on fire, in flames, blazing
cold: freezing, frosty, in winter, in the snow, in snow, snowy, winter, with snow, with falling
    snow, snow covered, covered in snow
rain: in the rain, in rain, on a rainy day, rainy day, rainy, outside it is raining, it is raining,
    raining
night: at night, in the night, at midnight, in the dark, night sky, under the stars, in the
    moonlight, by night, under the moon, under a starry sky, starry night, under a full moon, by
    moonlight, at nighttime, under the night sky, in the night sky, under a night sky, starry sky,
    with a starry sky, in moonlight, night scene, with a full moon
space: in space, in outer space, through space, into space, among the stars, flying through space,
    in the galaxy, launching into space, floating in space
sun: on a sunny day, in the sun, sunny day, in summer, on a sunny summer day, in the sunshine
sunset: at sunset, at sunrise, at dawn, at dusk, in the sunset, in the sunrise, during sunset,
    golden hour, with a sunset, with sunset, sunset in the background, against a sunset, against
    the sunset, in front of a sunset, before a sunset, in the evening, with a sunset behind it,
    sunset behind it, with a setting sun, with a sunset in the background
sea: in the sea, in the ocean, on the sea, on the ocean, at sea, on the water, on water, in the
    water, on the waves, on waves, in the waves, on a lake, in a lake, on the lake, out of the
    water, on a river, in the river, on a pond, in a pond, on a calm lake, on a calm sea, in the
    ocean waves
underwater: underwater, under water, under the sea, under the water, under the ocean, underwater
    scene, at the bottom of the sea, deep sea, undersea
snowfield: in the snow field, on snow, on the snow, on ice, on the ice
meadow: in a field, in the grass, on grass, on the grass, in a meadow, on a meadow, in a garden, in
    the garden, on a field, in the field, in a park, in the park, in a green field, on green grass,
    on a lawn, in a green meadow, in nature, on the lawn
beach: on the beach, on a beach, at the beach, on the sand, on a sandy beach, on sand
desert: in the desert, in a desert, through the desert
street: on the street, on a street, on the road, on a road, in the street, on a city street
city: in the city, in a city, in town, in a big city, over the city, over a city, city in the
    background, in an urban city
hills: on a hill, on the hill, on a green hill, over hills, over the hills, in the hills, in the
    countryside, on hills, over green hills, in a valley
mountains: in the mountains, mountain landscape, in the alps, mountains in the background, with
    mountains in the background, with a mountain in the background, mountain in the background, in
    front of mountains, in front of a mountain, with mountains behind it
woods: in a forest, in the forest, in the woods, in the jungle, in a jungle, in a dark forest, in a
    magical forest, through the forest, through a forest, forest in the background
party: celebrating, festive
colourful: colorful, colourful, multicolored, multicoloured, rainbow colored, rainbow-colored,
    rainbow coloured, rainbow-coloured, multi-colored, different colors, different colours
""")

# Faces and cats that feel something.
FEELINGS = _named("""
😀: happy, cheerful, joyful, glad, smiling, smile, happiness, joy
😢: sad, crying, unhappy, upset, sadness, tearful, teary
😭: sobbing, bawling
😡: angry, furious, mad, anger, rage
😮: surprised, amazed, astonished, surprise
😱: scared, shocked, afraid, terrified, frightened, fear, screaming, shock
😂: laughing, laughter, lol, tears of joy, laughing emoji with tears, laughing crying
😍: loving, in love, lovestruck, heart eyes, adoring
😘: kissing, kiss
🤔: thinking, thoughtful, pondering, wondering
😴: sleepy, sleeping, tired, asleep
😎: cool, confident
😉: winking, wink, flirty
🤢: sick, nauseated, disgusted, ill, disgust
🤒: feverish
😕: confused, puzzled, confusion
😐: neutral, expressionless, bored, indifferent
😳: embarrassed, blushing, shy, embarrassment
😋: hungry, yummy, tasty
🤪: silly, crazy, goofy, zany
😈: evil, devilish, mischievous
😇: innocent, angelic
🤗: hugging, welcoming
😬: nervous, awkward, grimacing, anxious, anxiety
😩: exhausted, stressed, weary, stress
🥳: partying, party, celebrating
🤓: nerdy, geeky
🥺: pleading, begging
😌: relaxed, calm, peaceful, relieved, serene
🤩: excited, starstruck, star struck, excitement
🥰: affectionate, adorable
😏: smirking, sly
🤯: mind blown, exploding
""")
FACES = ("face", "emoji", "emoticon", "smiley", "smiley face", "emoji face", "expression", "emojis")
CAT_FEELINGS = _named("""
😸: happy, grinning, cheerful, smiling
😿: sad, crying, unhappy
😾: angry, grumpy, mad, furious, pouting
🙀: scared, shocked, surprised, frightened, screaming
😹: laughing
😻: loving, in love
""")

# Nouns that only count the noun after "of".
GROUPS = {
    "family": 4, "herd": 5, "flock": 5, "swarm": 6, "pack": 4, "team": 4, "army": 6, "row": 4,
    "pile": 4, "group": 4, "line": 4, "bunch": 3, "litter": 4, "colony": 5, "crowd": 6, "ring": 6,
}  # fmt: skip

NUMBERS = {
    word: int(number)
    for word, number in _named("""
1: one, single
2: two, pair, couple, both, double, twin
3: three, trio, few, some
4: several, four, group
5: many, five, flock, lots, swarm, herd
6: six
7: seven
8: eight
9: nine
10: ten
11: eleven
12: dozen, twelve
""").items()
}

SIZES = {
    word: float(size)
    for size, words in (
        (0.45, "tiny miniature minuscule"),
        (0.65, "small little mini smaller"),
        (1.35, "big large bigger larger tall"),
        (1.7, "huge giant gigantic enormous massive oversized"),
    )
    for word in words.split()
}
SHADES = {"dark": -0.14, "deep": -0.1, "light": 0.14, "pale": 0.17, "bright": 0.04, "soft": 0.1,
          "pastel": 0.14, "vivid": 0.0}  # fmt: skip

# What a taste does to the colour of sweet things.
FLAVOURS = {
    "strawberry": "pink", "chocolate": "brown", "lemon": "yellow", "vanilla": "cream",
    "blueberry": "lilac", "cherry": "crimson", "mint": "mint", "raspberry": "pink",
    "orange": "orange", "lime": "lime", "coffee": "tan", "caramel": "tan", "apple": "gold",
}  # fmt: skip
FLAVOURED = frozenset("🍦 🍨 🍧 🎂 🍰 🧁 🥤 🍩 +popsicle 🍭 🍬 🍮".split())

DENIALS = frozenset(
    _named("""
denial: no, without, not, excluding, except, minus, dont, avoid, never, free of, do not, without
    any, no more, instead of, do not add, do not include, dont add, not any, rather than, there is
    no, there are no
""")
)

# Phrases that change nothing.
ASIDES = frozenset(
    _named("""
aside: blue sky, clear sky, sunny sky, open sky, in a circle of, app icon, hand drawn, curled up,
    close up, black and white, for children, for kids, in a row, in it, in line, in style, line
    art, line drawing, on a plain background, on a transparent background, on a white background,
    on screen, on the screen, on wheels, on white background, side by side, in a flat style, in the
    style of, from above, from the side, from the front, top view, side view, front view, in color,
    in colour, in one line, one line, line icon, in the shape of, in a minimalist style, for my,
    for our, clean lines, at the same time, flat design, flat style, user interface, would like, a
    lot of, kind of, sort of, in a single color, in a single colour, single color, no more than,
    style of, each other, with each other, in black and white, icon set, set of icons, set of, out
    of, doing, going down, going into, holding hands, by itself, of course, such as, in a cute
    style, in a simple style, set against
""")
)
