"""The built-in studio model: what it understands and what its nine styles promise."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops

from chatsvg.bench.studio import rendered
from generations.providers.studio import STYLES, glyphs, layout
from generations.providers.studio import draw as draw_anew
from generations.providers.studio.colours import NAMED, to_lch, turn
from generations.providers.studio.vocabulary import own_words
from generations.providers.studio.words import read
from generations.svg import sanitize

draw = cache(draw_anew)  # each drawing is looked at in several ways
SVG = "{http://www.w3.org/2000/svg}"
EVERYDAY = Path(__file__).with_name("everyday.txt").read_text().split()
PROMPTS = (
    """
a red fox asleep|rocket ship|shopping cart icon|cat on a chair|mountain with sun|coffee cup
bicycle|house|three stars|birthday cake|lighthouse at night|blue whale|robot|sailboat
hot air balloon|snowflake|calendar icon|settings gear|login lock|wifi|bar chart|unicorn
seven yellow stars|burger and fries|wizard with a hat|fish in a bowl|upload|funnel
purple flowers in a blue vase|a flurble of grommits
""".strip()
    .replace("\n", "|")
    .split("|")
)
ALLOWED = {
    "svg", "g", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
    "linearGradient", "radialGradient", "stop", "clipPath", "mask", "use", "title", "desc",
}  # fmt: skip


def _elements(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter())


def _names(svg: str) -> set[str]:
    return {element.tag.removeprefix(SVG) for element in _elements(svg)}


def _fills(svg: str) -> set[str]:
    return {element.get("fill") for element in _elements(svg) if element.get("fill")}


def _stroke_widths(svg: str) -> set[str]:
    return {e.get("stroke-width") for e in _elements(svg) if e.get("stroke-width")}


def _coverage(picture: Image.Image) -> float:
    """The share of the canvas that is not empty."""
    alpha = picture.getchannel("A")
    return 1 - alpha.histogram()[0] / (alpha.width * alpha.height)


# every drawing


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_drawing_is_safe_bounded_and_visible(prompt, style):
    svg = draw(prompt, style).svg
    root = ElementTree.fromstring(svg)

    assert root.get("viewBox") == "0 0 256 256" and root.get("role") == "img"
    assert root.find(f"{SVG}title").text and root.find(f"{SVG}desc").text
    assert _names(svg) <= ALLOWED
    assert len(svg) < 60_000
    assert 0.01 < _coverage(rendered(svg, 128)) <= 1


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_drawing_passes_the_sanitizer_unchanged(prompt, style):
    svg = draw(prompt, style).svg

    clean = sanitize(svg).svg

    assert ImageChops.difference(rendered(svg, 128), rendered(clean, 128)).getbbox() is None


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("prompt", PROMPTS[:12])
def test_drawing_keeps_a_margin(prompt, style):
    left, top, right, bottom = rendered(draw(prompt, style).svg).getchannel("A").getbbox()

    assert left >= 8 and top >= 8 and right <= 248 and bottom <= 248


@pytest.mark.parametrize("style", STYLES)
def test_drawing_is_the_same_every_time(style):
    first = draw_anew("two green frogs on a log", style)
    glyphs.load.cache_clear()

    assert draw_anew("two green frogs on a log", style) == first


def test_credit_is_given_where_it_is_due():
    assert "Twemoji" in draw("a fox", "flat").svg
    assert "Lucide" in draw("a house", "outline").svg
    assert "Twemoji" not in draw("a lighthouse", "flat").svg


def test_styles_differ():
    drawings = {draw("a sleepy owl", style).svg for style in STYLES}

    assert len(drawings) == len(STYLES)


def test_unknown_style_is_refused():
    with pytest.raises(ValueError):
        draw("house", "baroque")


# what each style promises


@pytest.mark.parametrize("prompt", PROMPTS)
def test_outline_has_one_pen_and_no_fills(prompt):
    svg = draw(prompt, "outline").svg

    assert _fills(svg) == {"none"}
    assert len(_stroke_widths(svg)) == 1


@pytest.mark.parametrize("prompt", PROMPTS)
def test_line_art_has_thin_lines_and_no_fills(prompt):
    svg = draw(prompt, "line-art").svg

    assert _fills(svg) == {"none"}
    assert all(float(width) <= 3.5 for width in _stroke_widths(svg))


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("style", ["flat", "minimal", "filled", "cartoon"])
def test_plain_styles_have_no_gradients(prompt, style):
    assert not _names(draw(prompt, style).svg) & {"linearGradient", "radialGradient"}


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("style", ["gradient", "3d"])
def test_shaded_styles_use_their_gradients(prompt, style):
    svg = draw(prompt, style).svg
    gradients = [e for e in _elements(svg) if e.tag.endswith("Gradient")]
    used = set(re.findall(r'(?:fill|stroke)="url\(#(\w+)\)', svg))

    assert gradients and {e.get("id") for e in gradients} == used
    assert all(
        len({stop.get("stop-color") for stop in e}) > 1
        or len({stop.get("stop-opacity") for stop in e}) > 1
        for e in gradients
    )


@pytest.mark.parametrize("prompt", PROMPTS)
def test_filled_is_one_or_two_silhouettes(prompt):
    paths = [e for e in _elements(draw(prompt, "filled").svg) if e.tag == f"{SVG}path"]

    assert 1 <= len(paths) <= 2


@pytest.mark.parametrize("prompt", PROMPTS)
def test_minimal_has_few_colours(prompt):
    assert len(_fills(draw(prompt, "minimal").svg)) <= 6


@pytest.mark.parametrize("prompt", PROMPTS)
def test_cartoon_has_a_thick_dark_outline(prompt):
    svg = draw(prompt, "cartoon").svg
    outlined = [e for e in _elements(svg) if float(e.get("stroke-width") or 0) >= 6]

    assert outlined and all(to_lch(e.get("stroke"))[0] < 0.35 for e in outlined)


# vocabulary


def test_everyday_nouns_are_known():
    unknown = [noun for noun in EVERYDAY if not read(noun).things]

    assert len(set(EVERYDAY)) >= 300
    assert len(unknown) <= 0.05 * len(EVERYDAY), unknown


def test_every_glyph_of_our_own_list_exists():
    named = {
        name
        for entry in own_words().values()
        for name in (entry.picture, entry.face, entry.line)
        if name
    }

    assert not [name for name in named if not glyphs.exists(name)]


@pytest.mark.parametrize(
    ("prompt", "picture"),
    [
        ("wolves", "🐺"),
        ("Ladybirds!", "🐞"),
        ("strawberries", "🍓"),
        ("t-rex", "🦖"),
        ("a hot-air balloon", "+balloon"),
        ("login lock", "🔒"),
        ("planet saturn", "🪐"),
        ("an orange", "🍊"),
        ("an orange cat", "🐈"),
        ("camera app icon", "📷"),
    ],
)
def test_words_find_their_glyph(prompt, picture):
    assert [thing.entry.picture for thing in read(prompt).things] == [picture]


def test_slip_of_the_pen_is_read_and_mentioned():
    drawing = draw("an elefant", "flat")

    assert "elephant" in drawing.svg
    assert any("elefant" in note for note in drawing.notes)


def test_unknown_words_are_told():
    drawing = draw("a fox with a zorblax", "flat")

    assert any("zorblax" in note for note in drawing.notes)


def test_nothing_known_draws_an_abstract_mark_and_says_so():
    drawing = draw("qwxyz vrrmpt", "flat")

    assert any("abstract mark" in note for note in drawing.notes)
    assert _coverage(rendered(drawing.svg)) > 0.2


def test_understood_prompt_needs_no_notes():
    assert draw("a red fox asleep", "flat").notes == ()


# composition


@pytest.mark.parametrize(
    ("prompt", "count"),
    [("three stars", 3), ("a star", 1), ("5 apples", 5), ("a dozen eggs", 12), ("stars", 3)],
)
def test_numbers_are_drawn(prompt, count):
    assert read(prompt).things[0].count == count
    star = draw(prompt, "filled").svg
    assert star.count("<use") == count - 1


def test_too_many_are_capped_and_told():
    drawing = draw("100 balloons", "flat")

    assert "12" in " ".join(drawing.notes)


@pytest.mark.parametrize("colour", ["red", "green", "blue", "purple", "pink", "teal"])
def test_colour_words_decide_the_colour(colour):
    picture = rendered(draw(f"a {colour} car", "gradient").svg).convert("RGBA")
    hues = [
        to_lch("#%02x%02x%02x" % pixel[:3])
        for _, pixel in picture.getcolors(1 << 20)
        if pixel[3] == 255
    ]
    strong = [hue for light, chroma, hue in hues if chroma > 0.08]

    near = [hue for hue in strong if turn(hue, to_lch(NAMED[colour])[2]) < 45]
    assert len(near) > 0.5 * len(strong)


def test_colour_belongs_to_its_own_noun():
    fox, box = read("a white rabbit in a black hat").things

    assert (fox.colour, box.colour) == (NAMED["white"], NAMED["black"])


def test_background_colour_is_not_the_things():
    reading = read("a cat on a blue background")

    assert reading.background == NAMED["blue"] and not reading.things[0].colour


@pytest.mark.parametrize(
    ("prompt", "relation"),
    [
        ("cat on a chair", "on"),
        ("sun above mountains", "above"),
        ("flower in a vase", "in"),
        ("dog with a ball", "with"),
        ("dog and cat", "beside"),
        ("dog under a table", "under"),
    ],
)
def test_relations_are_read(prompt, relation):
    things = read(prompt).things

    assert [thing.relation for thing in things[1:]] == [relation]


def test_sleeper_closes_its_eyes():
    awake, asleep = glyphs.load("🦊"), glyphs.with_closed_eyes(glyphs.load("🦊"))

    assert asleep is not awake
    assert len(asleep.paths) == len(awake.paths) + 1


def test_things_in_a_grid_do_not_overlap():
    boxes = [item.box for item in layout.lay_out(read("nine colorful apples"), lines=False).items]

    assert len(boxes) == 9
    rows = sorted(boxes, key=lambda box: (round(box[1]), box[0]))
    assert all(one[2] <= other[0] or other[1] >= one[3] for one, other in pairwise(rows))
