"""Honest drawings come out looking as they went in."""

from pathlib import Path

import pytest

from generations import svg
from tests.generations.svg import draw, judge

DRAWINGS = sorted((Path(__file__).parent / "benign").glob("*.svg"))


@pytest.mark.parametrize("file", DRAWINGS, ids=lambda file: file.stem)
def test_sanitize_keeps_what_is_seen(file):
    text = file.read_text(encoding="utf-8")

    drawing = svg.sanitize(text).svg

    assert draw.difference(text, drawing) == 0
    assert len(draw.pixels(drawing).getcolors(40_000)) > 1


@pytest.mark.parametrize("file", DRAWINGS, ids=lambda file: file.stem)
def test_sanitize_of_honest_drawings_is_stable_and_clean(file):
    drawing = svg.sanitize(file.read_text(encoding="utf-8")).svg

    assert svg.sanitize(drawing).svg == drawing
    assert judge.faults(drawing) == []


def test_sanitize_keeps_animations():
    text = (Path(__file__).parent / "benign" / "smil.svg").read_text(encoding="utf-8")

    drawing = svg.sanitize(text).svg

    for tag in ("<animate ", "<animateTransform ", "<animateMotion ", "<set ", "<mpath "):
        assert drawing.count(tag) == text.count(tag)
