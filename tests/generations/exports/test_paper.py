"""Drawings as PDF, looked at by another program than the one that made them."""

from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from generations import exports
from generations.svg import sanitize

BENIGN = Path(__file__).parent.parent / "svg" / "benign"
SVG = 'xmlns="http://www.w3.org/2000/svg"'
OWN = {
    "see-through": f'<svg {SVG} viewBox="0 0 80 40"><linearGradient id="g"><stop stop-color="red"/>'
    '<stop offset="1" stop-color="#00f" stop-opacity=".2"/></linearGradient>'
    '<rect width="60" height="30" fill="url(#g)"/><circle cx="50" cy="20" r="18" opacity=".4"/>'
    "</svg>",
    "moved": f'<svg {SVG} viewBox="-10 30 100 50"><rect x="-10" y="30" width="50" height="25"/>'
    '<path d="M40 55h50v25H40z" fill="#c55a30"/></svg>',
    "letters": f'<svg {SVG} viewBox="0 0 200 90"><text x="8" y="30" font-size="24"'
    ' font-family="Arial, sans-serif">Plain fox</text><text x="8" y="60" font-size="20"'
    ' style="font-family:Courier New">mono fox</text><text x="8" y="84">no font</text></svg>',
}
FILES = (
    "gradient-focal-and-spread",  # rings, which PDF has no words for
    "gradient-in-text-and-stroke",
    "blend-and-group-opacity",
    "clip-path-nested",
    "filter-figma-shadow",
    "raster-kinds",
)
DRAWINGS = {name: sanitize(svg).svg for name, svg in OWN.items()}
DRAWINGS |= {name: sanitize((BENIGN / f"{name}.svg").read_text()).svg for name in FILES}
LIKE = 4.2  # of 255: edges are smoothed in other ways
UNLIKE = 12


def page(svg):
    document = pypdfium2.PdfDocument(exports.make(svg, "pdf"))
    assert len(document) == 1
    return document[0]


def seen(svg, *, width=256):
    """The page in pixels, with what is behind it to be seen."""
    paper = page(svg)
    scale = width / paper.get_size()[0]
    return paper.render(scale=scale, fill_color=(255, 255, 255, 0)).to_pil().convert("RGBA")


def expected(svg, size):
    with Image.open(BytesIO(exports.make(svg, "png", size=max(size)))) as picture:
        return picture.convert("RGBA").resize(size)


def difference(one, other):
    return max(
        max(ImageStat.Stat(ImageChops.difference(over(one, ground), over(other, ground))).mean)
        for ground in ("white", "black")
    )


def over(picture, ground):
    paper = Image.new("RGBA", picture.size, ground)
    paper.alpha_composite(picture)
    return paper.convert("RGB")


@pytest.mark.parametrize("name", DRAWINGS)
def test_page_looks_like_the_drawing(name):
    there = seen(DRAWINGS[name])

    assert difference(there, expected(DRAWINGS[name], there.size)) < LIKE


def test_another_drawing_looks_otherwise():
    there = seen(DRAWINGS["see-through"])

    assert difference(there, expected(DRAWINGS["moved"], there.size)) > UNLIKE


@pytest.mark.parametrize(
    ("root", "points"),
    [
        ('viewBox="0 0 256 128"', (192, 96)),
        ('viewBox="0 0 24 24" width="48" height="32px"', (36, 24)),
        ('viewBox="0 0 10 20" width="40"', (30, 60)),
        ('viewBox="0 0 1000000 1000"', (14_400, 14.4)),
        ('viewBox="0 0 .1 .2"', (3, 6)),
    ],
)
def test_page_is_as_large_as_the_drawing(root, points):
    drawing = sanitize(f'<svg {SVG} {root}><rect width="9" height="9"/></svg>').svg

    assert page(drawing).get_size() == pytest.approx(points, abs=0.01)


def test_page_is_lines_and_letters_not_pixels():
    paper = page(DRAWINGS["letters"])

    assert "Plain fox" in paper.get_textpage().get_text_range()
    kinds = {thing.type for thing in page(DRAWINGS["moved"]).get_objects()}
    assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE not in kinds


def test_letters_are_the_same_in_all_pictures():
    """A family that nobody has here looks like the one that stands in for it."""
    drawing = DRAWINGS["letters"]

    assert exports.make(drawing, "png") == exports.make(
        drawing.replace("Arial,sans-serif", "Helvetica"), "png"
    )
    assert exports.make(drawing, "png") != exports.make(
        drawing.replace("Arial,sans-serif", "Georgia"), "png"
    )


def test_page_can_do_nothing_and_says_no_time():
    made = exports.make(DRAWINGS["moved"], "pdf")

    assert made.startswith(b"%PDF-")
    assert not [word for word in (b"/JS", b"/JavaScript", b"/URI", b"/Launch") if word in made]
    assert b"CreationDate" not in made
    assert made == exports.make(DRAWINGS["moved"], "pdf")


def test_words_of_a_drawing_are_no_markup_of_the_page():
    said = '#read("/etc/passwd") "] #panic() [ \\\\'
    drawing = f"<svg {SVG} viewBox='0 0 9 9'><title>{said}</title></svg>"

    assert said in pypdfium2.PdfDocument(exports.make(drawing, "pdf")).get_metadata_value("Title")
