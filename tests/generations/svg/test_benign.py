"""Honest drawings come out looking as they went in, to resvg and to Chromium.

Those of `benign/moving` are animated, and those of `benign/browser` use what only browsers read:
both are compared in Chromium alone.
"""

import math
from collections import Counter
from pathlib import Path

import pytest

from generations import svg
from tests.generations.svg import chromium, draw, judge

BENIGN = Path(__file__).parent / "benign"
STILL = sorted(BENIGN.glob("*.svg"))
MOVING = [*sorted(BENIGN.glob("moving/*.svg")), BENIGN / "smil.svg"]
ALL = sorted(BENIGN.glob("**/*.svg"))
GRID = draw.Grid(side=160, columns=9)
MOMENTS = (0, 0.3, 0.6, 1.1, 1.4, 2.2, 3.7)  # seconds
# Chromium's tiles differ by a trifle from one drawing to the next, and sharpening shows it. resvg
# compares this one.
SHAKY = {"filter-convolution"}
TAKES = 3  # what looks other in all of them was changed
ANIMATIONS = ("<animate ", "<animateTransform ", "<animateMotion ", "<set ", "<mpath ")


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", STILL, ids=lambda file: file.stem)
def test_sanitize_keeps_what_is_seen(file):
    text = read(file)

    drawing = svg.sanitize(text).svg

    assert draw.difference(text, drawing) == 0
    assert len(draw.pixels(drawing).getcolors(40_000)) > 1


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)
def test_sanitize_of_honest_drawings_is_stable_and_clean(file):
    drawing = svg.sanitize(read(file)).svg

    assert svg.sanitize(drawing).svg == drawing
    assert judge.faults(drawing) == []


@pytest.mark.parametrize("file", MOVING, ids=lambda file: file.stem)
def test_sanitize_keeps_animations(file):
    text = read(file)

    drawing = svg.sanitize(text).svg

    assert {tag: drawing.count(tag) for tag in ANIMATIONS} == Counter(
        {tag: text.count(tag) for tag in ANIMATIONS}
    )


def test_sanitize_keeps_a_long_path():
    turns = (i / 40 for i in range(9_000))
    points = " L".join(
        f"{50 + t / 5 * math.cos(t):.4f} {50 + t / 5 * math.sin(t):.4f}" for t in turns
    )
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<path d="M{points}" fill="none" stroke="#364fc7" stroke-width=".5"/></svg>'
    )
    assert len(text) > 150_000

    drawing = svg.sanitize(text).svg

    assert draw.difference(text, drawing) == 0


@pytest.fixture(scope="module")
def window():
    with chromium.opened() as window:
        yield window


@pytest.mark.slow
def test_honest_drawings_look_the_same_in_a_browser(window):
    before = {file.stem: read(file) for file in ALL if file.stem not in SHAKY}
    after = {name: svg.sanitize(text).svg for name, text in before.items()}

    changed = list(before)
    for _ in range(TAKES):  # a busy browser may paint one of two hundred late: those by themselves
        changed = looking_other(window, changed, before, after)

    assert changed == []


def looking_other(window, names, before, after) -> list[str]:
    """Those of the drawings that look one way before and another after."""
    frames = [
        draw.as_documents(window, [texts[name] for name in names], GRID, MOMENTS)
        for texts in (before, after)
        if names
    ]
    differing = {
        number for pictures in zip(*frames, strict=True) for number in draw.differing(*pictures)
    }
    return [names[number] for number in sorted(differing)]


@pytest.mark.slow
def test_honest_drawings_look_the_same_as_images(window):
    """Whole and at another size than their own, as pages show them."""
    files = [file for file in ALL if file not in MOVING]
    before = [read(file) for file in files]
    after = [svg.sanitize(text).svg for text in before]

    pictures = [draw.as_images(window, drawings, GRID) for drawings in (before, after)]

    assert [files[number].stem for number in draw.differing(*pictures)] == []


@pytest.mark.slow
def test_resvg_and_browser_draw_all_that_comes_out(window):
    drawings = [svg.sanitize(read(file)).svg for file in ALL]

    by_resvg = [draw.pixels(drawing).getbbox() for drawing in drawings]
    by_browser = [draw.is_blank(cell) for cell in draw.as_images(window, drawings, GRID)]

    assert [file.stem for file, box in zip(ALL, by_resvg, strict=True) if not box] == []
    assert [file.stem for file, blank in zip(ALL, by_browser, strict=True) if blank] == []


@pytest.mark.slow
def test_animations_of_honest_drawings_move_in_a_browser(window):
    """Or the comparison of moving drawings would compare nothing."""
    after = [svg.sanitize(read(file)).svg for file in MOVING]

    frames = draw.as_documents(window, after, GRID, MOMENTS)

    moved = {number for frame in frames for number in draw.differing(frames[0], frame)}
    assert moved == set(range(len(MOVING)))


@pytest.mark.slow
def test_browser_judge_sees_a_changed_drawing(window):
    text = read(BENIGN / "linear-gradient.svg")

    pictures = [draw.as_images(window, [one], GRID) for one in (text, text.replace("gold", "red"))]

    assert draw.differing(*pictures) == [0]
