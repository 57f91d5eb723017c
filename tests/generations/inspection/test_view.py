"""Drawings as pictures, and what is seen of them."""

import io

import pytest
from PIL import Image

from generations import svg
from generations.inspection import picture
from generations.inspection.view import view
from generations.svg.read import read
from tests.generations.inspection.drawings import drawing

SVG = 'xmlns="http://www.w3.org/2000/svg"'


def clean(text: str) -> str:
    return svg.sanitize(text).svg


@pytest.mark.parametrize(
    ("box", "size"),
    [("0 0 256 256", (256, 256)), ("0 0 8 4", (256, 128)), ("5 5 10 40", (64, 256))],
)
def test_picture_is_as_large_as_it_may_be(box, size):
    text = clean(f'<svg {SVG} viewBox="{box}"><circle cx="8" cy="8" r="5"/></svg>')

    image = Image.open(io.BytesIO(picture(text)))

    assert image.format == "PNG"
    assert image.size == size


def test_picture_of_what_is_not_shown_here_is_none():
    assert picture(clean(drawing('<text x="9" y="99">a</text>'))) is None


@pytest.mark.parametrize("box", ["0 0 256 256", "-128 -128 256 256", "0 0 512 128"])
def test_view_looks_at_the_box_that_the_drawing_has(box):
    left, top, width, height = (int(part) for part in box.split())
    half = f'<rect x="{left}" y="{top}" width="{width / 2}" height="{height}"/>'
    text = clean(f'<svg {SVG} viewBox="{box}" width="99" height="99">{half}</svg>')

    sight = view(text, read(text))

    assert sight.inside == pytest.approx(0.5, abs=0.05)
    assert sight.outside == 0
    assert not sight.is_blank


def test_view_sees_what_lies_around_the_box():
    text = clean(drawing('<rect x="256" y="0" width="128" height="256"/><circle r="9"/>'))

    sight = view(text, read(text))

    assert sight.outside == pytest.approx(0.5, abs=0.05)
    assert sight.is_elsewhere


def test_view_takes_percentages_of_the_drawing_itself():
    text = clean(drawing('<rect width="100%" height="50%"/>'))

    assert view(text, read(text)).inside == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("curves", "is_shown"), [(50, True), (8_000, False)])
def test_long_broad_lines_are_not_shown_here(curves, is_shown):
    # resvg takes seconds for them, and no thread of the process runs meanwhile
    d = "M0 0" + "".join(f"Q{-(n % 97)} {n % 89} {n % 251} {n % 241}" for n in range(curves))
    line = f'<path d="{d}" fill="none" stroke="red" stroke-width="300"/>'
    text = clean(f'<svg {SVG} viewBox="0 0 256 256">{line}</svg>')

    assert (view(text, read(text)) is not None) == is_shown
    assert (picture(text) is not None) == is_shown
