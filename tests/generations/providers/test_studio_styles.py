"""The nine styles of the studio: their rules, their lines, their light, and the abstract mark."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from chatsvg.bench.studio import rendered
from generations.inspection import inspect
from generations.providers.studio import STYLES, draw, geometry, mark, tones
from generations.providers.studio.colours import to_lch, turn
from generations.providers.studio.hatching import hatched
from generations.providers.studio.pens import Pen
from generations.providers.studio.words import read

SVG = "{http://www.w3.org/2000/svg}"
PROMPTS = ("a cat on a chair", "three red apples", "sun above mountains", "a ghost", "zorblax")
LINES = ("outline", "line-art")
BOX = (0.0, 0.0, 256.0, 256.0)


def _elements(prompt, style):
    return list(ElementTree.fromstring(draw(prompt, style).svg).iter())


# the rules


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_drawing_keeps_the_rules_of_its_style(prompt, style):
    assert inspect(draw(prompt, style).svg, style).faults == ()


@pytest.mark.parametrize("style", STYLES)
def test_ids_are_unique_and_every_reference_is_to_one(style):
    svg = draw("three red apples", style).svg
    ids = re.findall(r' id="([^"]+)"', svg)
    wanted = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))

    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)


@pytest.mark.parametrize("style", [style for style in STYLES if style != "modern"])
@pytest.mark.parametrize("prompt", ["a heart", "a ghost"])
def test_nothing_is_behind_the_picture_unless_asked_for(prompt, style):
    picture = rendered(draw(prompt, style).svg, 64)

    assert all(picture.getpixel(corner)[3] == 0 for corner in ((6, 6), (57, 6), (6, 57), (57, 57)))


@pytest.mark.parametrize(
    "style", ["filled", "minimal", "modern", "flat", "gradient", "3d", "cartoon"]
)
def test_background_is_drawn_where_it_was_asked_for(style):
    picture = rendered(draw("a heart on a blue background", style).svg, 64)

    red, _, blue, alpha = picture.getpixel((6, 32))
    assert alpha == 255 and blue > red + 60


@pytest.mark.parametrize("style", STYLES)
def test_pale_things_stand_out_from_white(style):
    picture = rendered(draw("a ghost", style).svg, 64)
    seen = [pixel for pixel in picture.get_flattened_data() if pixel[3] > 200]

    assert sum(min(pixel[:3]) < 235 for pixel in seen) > 0.25 * len(seen)


@pytest.mark.parametrize("style", ["flat", "gradient", "3d", "minimal"])
def test_background_of_the_same_colour_is_set_apart_from_the_picture(style):
    picture = rendered(draw("a red heart on a red background", style).svg, 64).convert("L")

    assert abs(picture.getpixel((32, 32)) - picture.getpixel((4, 32))) > 25


def test_minimal_is_small_and_of_three_tones():
    elements = _elements("a rocket", "minimal")
    left, top, right, bottom = rendered(draw("a rocket", "minimal").svg).getbbox()

    assert len({element.get("fill") for element in elements} - {None}) <= 3
    assert max(right - left, bottom - top) <= 150


def test_filled_gives_two_things_a_colour_each():
    fills = {element.get("fill") for element in _elements("robot with a flower", "filled")}

    first, second = (to_lch(fill) for fill in fills - {None})
    assert turn(first[2], second[2]) > 40


def test_three_d_repeats_its_shape_instead_of_writing_it_again():
    elements = _elements("a gear", "3d")
    uses = [element for element in elements if element.tag == f"{SVG}use"]
    shapes = [element for element in elements if element.get("id", "").startswith("s")]

    assert len(shapes) == 1 and len(uses) > 6


# lines


@pytest.mark.parametrize("prompt", ["sun above mountains", "house with a tree", "castle at night"])
def test_outline_takes_line_icons_for_whole_scenes(prompt):
    svg = draw(prompt, "outline").svg

    assert "Lucide" in svg and "Twemoji" not in svg


def _lengths(pen):
    return [round(geometry.perimeter(line)) for line in pen.lines]


@pytest.mark.parametrize(
    ("lines", "lengths"),
    [
        (["M0 0H100"], [100]),
        (["M0 0H100", "M0 0H100"], [100]),  # nothing twice
        (["M0 0H100", "M0 4H100"], [100]),  # nor beside it
        (["M0 0H100", "M0 40H100"], [100, 100]),
        (["M0 0H100", "M50 5V80"], [100, 72]),  # one that meets it stays
    ],
)
def test_pen_draws_no_line_twice(lines, lengths):
    pen = Pen(8)
    for line in lines:
        pen.draw(geometry.parse(line))

    assert _lengths(pen) == pytest.approx(lengths, abs=4)


def test_pen_leaves_out_what_is_hidden():
    pen = Pen(4)
    pen.keep(geometry.parse("M0 0H100"), lambda point: 30 < point[0] < 60)

    assert _lengths(pen) == pytest.approx([30, 40], abs=4)


def test_pen_makes_one_line_of_both_sides_of_a_thin_thing():
    pen = Pen(8)
    pen.draw(geometry.rectangle(0, 0, 40, 4))

    (line,) = pen.lines
    left, top, right, bottom = line.bounds
    assert 0.5 < top <= bottom < 3.5
    assert right - left > 30


def test_whole_contours_stay_closed():
    pen = Pen(6)
    pen.draw(geometry.ellipse(50, 50, 40))

    assert geometry.write(pen.lines[0]).endswith("z")


def test_hatching_lies_within_its_area_at_equal_distances():
    lines = hatched(geometry.rectangle(10, 10, 60, 40), 6.0, turn=0.0)
    starts = [points[0] for letter, points in geometry.segments(lines) if letter == "M"]

    left, top, right, bottom = lines.bounds
    assert left >= 10 and top >= 10 and right <= 70 and bottom <= 50
    assert {round(b[1] - a[1], 3) for a, b in pairwise(starts)} == {6.0}


def test_rose_keeps_its_petals_when_its_parts_are_set_apart():
    picture = rendered(draw("a rose", "filled").svg, 64).getchannel("A")

    assert 1 - picture.histogram()[0] / 4096 > 0.15


# light


@pytest.mark.parametrize("paint", ["#dd2e44", "#ffac33", "#5c913b", "#3b88c3", "#744eaa"])
def test_light_and_shade_keep_a_colour_strong(paint):
    light, chroma, _ = to_lch(paint)
    lit, shaded = to_lch(tones.lit(paint, 0.1)), to_lch(tones.shaded(paint, 0.1))

    assert lit[0] >= light > shaded[0]
    assert lit[1] > 0.7 * chroma and shaded[1] > 0.6 * chroma


@pytest.mark.parametrize("paint", ["#ffffff", "#fff8e1", "#ffe8b6", "#f4e7c6", "#99ccff"])
def test_accent_stands_on_paper(paint):
    assert to_lch(tones.accent(paint))[0] < 0.78


@pytest.mark.parametrize("paint", ["#dd2e44", "#ffac33", "#5c913b", "#3b88c3", "#744eaa"])
def test_contrast_is_of_another_hue(paint):
    assert turn(to_lch(tones.contrast([paint]))[2], to_lch(paint)[2]) > 70


# the abstract mark


def test_marks_are_of_several_kinds_and_colours():
    scenes = [mark.for_prompt(word, read(word)) for word in "qua zorblax frimble glorp wuz".split()]
    forms = [scene.items[0].glyph.form for scene in scenes]

    assert len({len(form.paths) for form in forms}) >= 3
    assert len({form.paints[0] for form in forms}) >= 3
    assert all(geometry.overlap(scene.box, BOX) for scene in scenes)


def test_mark_takes_the_colour_asked_for():
    scene = mark.for_prompt("a green zorblax", read("a green zorblax"))

    _, chroma, hue = to_lch(scene.items[0].glyph.main)
    assert chroma > 0.08 and turn(hue, to_lch("#4f9d3a")[2]) < 30


def test_minimal_gives_things_the_colours_that_were_asked_for():
    fills = {element.get("fill") for element in _elements("a yellow star, a blue moon", "minimal")}

    first, second = (to_lch(fill) for fill in fills - {None})
    assert turn(first[2], second[2]) > 90
