"""What the studio reads in everyday prompts, where it puts things, and what it admits."""

import pytest

from generations.providers.studio import (
    draw,
    glyphs,
    kinds,
    layout,
    parts,
    places,
    sizes,
    stage,
)
from generations.providers.studio.colours import NAMED
from generations.providers.studio.geometry import around
from generations.providers.studio.words import read

COLOURS = {code: name for name, code in reversed(NAMED.items())}


def told(prompt: str) -> str:
    """A reading in short: number, picture, colour, parts; the relation before each next thing."""
    reading = read(prompt)
    words: list[str] = []
    for index, thing in enumerate(reading.things):
        words += [thing.relation] if index and thing.relation else []
        number = str(thing.count) if thing.count > 1 else ""
        words.append(number + thing.entry.picture)
        words += [COLOURS.get(thing.colour, thing.colour)] if thing.colour else []
        words += [f"{part}={COLOURS[colour]}" for part, colour in thing.parts.items()]
        words += [f"-{part}" for part in thing.without]
    return " ".join(words + [f"~{mood}" for mood in reading.moods])


@pytest.mark.parametrize(
    ("prompt", "reading"),
    [
        # colours of things and of their parts
        ("a house with a red door", "🏠 door=red"),
        ("a house with a red door and blue windows", "🏠 door=red windows=blue"),
        ("a white cat with blue eyes", "🐱 white eyes=blue"),
        ("a blue-eyed white cat", "🐱 white eye=blue"),
        ("green bottle with yellow label", "+bottle green label=yellow"),
        ("a blue bird with an orange beak", "🐦 blue beak=orange"),
        ("a purple car and a blue truck", "🚗 purple beside 🚚 blue"),
        ("a green apple and a red apple", "🍏 beside 🍎"),
        ("The cat is orange. The dog is black.", "🐈 orange 🐕 black"),
        ("a home with a garden and a tree", "🏠 with 🌳 ~meadow"),
        ("#ff0000 circle", "🔴 #ff0000"),
        ("a wizard with a white beard and a blue hat", "🧙‍♂️ beard=white hat=blue"),
        # numbers with relations
        ("two birds on a branch", "2🐦 on +branch"),
        ("three balloons above a house", "3🎈 above 🏠"),
        ("six blue butterflies around a flower", "6🦋 blue around 🌼"),
        ("four candles on a cake", "4🕯️ on 🎂 -candle"),
        ("pls make me a logo 4 my cafe", "☕"),
        # chained relations, lists and what is said afterwards
        ("a cat on a chair under a tree", "🐈 on 🪑 under 🌳"),
        ("a cat and a dog under an umbrella", "🐈 beside 🐕 under ☂️"),
        ("burger with fries and a drink", "🍔 with 🍟 with 🥤"),
        ("a light bulb with a plant inside", "💡 inside +plant"),
        ("a castle with a dragon flying above", "🏰 overhead 🐉"),
        ("a rocket with stars and planets around it", "🚀 around 3⭐ around 3🪐"),
        ("a turtle with a house on its back", "🐢 atop 🏠"),
        ("an apple in front of a book", "🍎 before 📕"),
        ("a bicycle with a basket full of flowers", "🚲 with 🧺 full 3🌼"),
        # one picture for several words
        ("a man riding a horse", "🏇"),
        ("a woman doing yoga", "🧘‍♀️"),
        ("female doctor", "👩‍⚕️"),
        ("a bowl of ramen with an egg", "🍜 with 🥚"),
        ("snowman with a scarf and a hat", "⛄"),
        ("pencils in a cup", "3✏️ in +mug"),
        ("a teddy bear in a box", "🧸 in +openbox"),
        ("strawberry ice cream", "🍦 pink"),
        ("a spider in its web", "🕷️ in 🕸️"),
        ("a bottle of wine with two glasses and cheese", "+bottle with 2🍷 with 🧀"),
        ("a dog in a raincoat", "🐶 wearing 🧥"),
        ("a family of ducks", "4🦆"),
        ("a pair of glasses", "👓"),
        # places and times of day
        ("city skyline at night", "+skyline ~night"),
        ("a beach at sunset", "🏖️ ~sunset"),
        ("desert with cactus", "🌵 ~desert"),
        ("underwater scene", "🐠 ~underwater"),
        ("moon over a lake", "🌙 ~sea"),
        ("kitchen table with fruit", "+table with 🍎"),
        ("sun above mountains", "☀️ above 🏔️"),
        ("a field of sunflowers", "3🌻 ~meadow"),
        # what is not wanted
        ("a cat without background", "🐈"),
        ("a house, no trees, no text", "🏠"),
        ("a car without wheels", "🚗 -wheels"),
        # ideas, work, feelings, signs
        ("success", "🏆"),
        ("security", "🛡️"),
        ("growth", "📈"),
        ("teamwork", "🤝"),
        ("learning", "🎓"),
        ("crying emoji", "😢"),
        ("an angry cat", "😾"),
        ("logo for a coffee shop", "☕"),
        ("app icon of a paper plane", "@send"),
        ("letter A", "🇦"),
        ("number 7", "7️⃣"),
        ("a 🐱 on a 🪑", "🐱 on 🪑"),
        # slips of the pen
        ("a gren dragn", "🐉 green"),
        ("strawbery", "🍓"),
    ],
)
def test_prompt_is_read_as(prompt, reading):
    assert told(prompt) == reading


@pytest.mark.parametrize(
    ("prompt", "sizes"),
    [("a big dog and a small cat", [1.35, 0.65]), ("a tiny mouse, a huge elephant", [0.45, 1.7])],
)
def test_sizes_are_read(prompt, sizes):
    assert [thing.size for thing in read(prompt).things] == sizes


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("a purple dragon with green wings", "Not shown: green wings."),
        ("a sad robot", "Not shown: sad."),
        ("a panda eating bamboo", "Not shown: eating."),
        ("a red and white lighthouse", "the second colour, white"),
        ("an elephant without tusks", "“without tusks” could not be followed."),
        ("a flurble in a vase", "“flurble”"),
        ('a sign with the word "Open"', "Lettering is not drawn: “Open”."),
        ("a bakery called Sweet Dreams", "Lettering is not drawn: “Sweet Dreams”."),
        ("a gren frog", "“gren” was read as “green”."),
        ("40 cats and a dog", "Asked for 40 × cats; 6 are drawn."),
        ("fox cat dog owl bee ant cow pig hen", "Left out, to keep the drawing clear: cow"),
        ("ein rotes Haus mit einem Baum", "this looks like German"),
        ("un chat noir sur une chaise", "this looks like French"),
        ("собака и кошка", "this looks like another language"),
        ("1234567890", "abstract mark"),
        ("!!! ???", "abstract mark"),
    ],
)
def test_what_is_not_drawn_is_told(prompt, said):
    assert said in " ".join(draw(prompt, "flat").notes)


@pytest.mark.parametrize(
    "prompt",
    [
        "a cat on a chair",
        "two birds on a branch",
        "a house with a red door",
        "a cat, no background",
    ],
)
def test_what_is_drawn_needs_no_notes(prompt):
    assert draw(prompt, "flat").notes == ()


@pytest.mark.parametrize(
    "prompt",
    [
        "", " ", "0", "²³", "\x00\ufffd", "‏שלום עולם", "‍️⃣", "🏳️‍🌈" * 60, "," * 500, "no no no",
        "with on in under", "the the the", "a" * 500, "red " * 120, "in the middle of on it behind",
        "3 000 000 stars", "without", "🐱🚀🏠", "'s 's", "#fff #ggg", "on it inside above",
        " and ".join(["a big red fox with blue eyes on a tiny chair"] * 11)[:500],
    ],
)  # fmt: skip
def test_odd_prompt_is_drawn_all_the_same(prompt):
    drawing = draw(prompt, "outline")

    assert drawing == draw(prompt, "outline")
    assert drawing.svg.startswith("<svg")


# the tables


def test_parts_are_shapes_of_their_glyphs():
    wrong = [
        (name, part)
        for name, named in parts.known().items()
        for part, numbers in named.items()
        if max(numbers) >= len(glyphs.load(name).paths)
    ]

    assert not wrong


def test_every_glyph_of_the_tables_exists():
    groups = (kinds.SKY, kinds.HOLDERS, kinds.BOARDS, kinds.MARKS, kinds.WORN, kinds.SIDE_VIEWS)
    named = {name for group in groups for name in group} | sizes.known().keys()
    named |= places.MOOD_OF.keys() | set(places.ALONE.values())
    named |= {name for signs in stage.SIGNS.values() for name in signs}

    assert not [name for name in named if not glyphs.exists(name)]


# composition


def _boxes(prompt: str) -> list[tuple[float, float, float, float]]:
    return [item.box for item in layout.lay_out(read(prompt), lines=False).items]


def _by_picture(prompt: str) -> dict[str, tuple[float, float, float, float]]:
    """The boxes of the items by the first characters of their glyphs' names."""
    items = layout.lay_out(read(prompt), lines=False).items
    return {item.glyph.form.name: item.box for item in items}


def test_sitter_sits_on_the_seat():
    boxes = _by_picture("a cat on a chair")
    cat, chair = boxes["🐈"], boxes["🪑"]

    assert chair[1] < cat[3] < chair[3] - 0.25 * (chair[3] - chair[1])
    assert chair[0] < (cat[0] + cat[2]) / 2 < chair[2]


def test_sun_stands_over_the_mountains_and_is_smaller():
    boxes = _by_picture("sun above mountains")
    sun, mountains = boxes["☀️"], boxes["🏔️"]

    assert (sun[1] + sun[3]) / 2 < mountains[1] + 0.25 * (mountains[3] - mountains[1])
    assert sun[2] - sun[0] < 0.7 * (mountains[2] - mountains[0])


def test_content_stands_in_its_holder():
    boxes = _by_picture("flowers in a pot")
    pot = boxes["+flowerpot"]

    assert boxes["🌼"][3] < pot[3] and boxes["🌼"][1] < pot[1]


def test_what_is_under_a_tree_is_at_its_foot():
    boxes = _by_picture("a dog under a tree")

    assert boxes["🐕"][1] > boxes["🌳"][1] + 0.4 * (boxes["🌳"][3] - boxes["🌳"][1])


def test_named_sizes_are_seen():
    dog, cat = _boxes("a big dog and a small cat")

    assert dog[3] - dog[1] > 1.8 * (cat[3] - cat[1])


@pytest.mark.parametrize(
    ("prompt", "across", "down"),
    [
        ("a star in the top right corner", 1, -1),
        ("a star in the bottom left corner", -1, 1),
        ("a star on the left", -1, -1),
        ("a star at the bottom", 0, 1),
    ],
)
def test_places_on_the_canvas_are_kept(prompt, across, down):
    left, top, right, bottom = _boxes(prompt)[0]
    x, y = (left + right) / 2 - 128, (top + bottom) / 2 - 128

    assert x * across > 30 or (not across and abs(x) < 5)
    assert y * down > 30


def test_every_scene_keeps_to_the_canvas_and_fills_it():
    for prompt in (
        "a boat on a lake with mountains in the background",
        "a fox in a forest at night",
    ):
        left, top, right, bottom = around(_boxes(prompt))

        assert left >= 25 and top >= 25 and right <= 231 and bottom <= 231
        assert max(right - left, bottom - top) > 200
