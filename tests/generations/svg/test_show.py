"""resvg shows drawings in this process: only what is certain to be quick."""

import time

import pytest

from generations import svg
from generations.svg import show
from generations.svg.read import read
from tests.generations.svg.corpus import OPENING

RECT = '<rect width="99" height="99"/>'
HUGE_STROKE = (
    '<g transform="scale(20)"><path stroke="red" stroke-width="9999" stroke-linejoin="round" '
    'd="M-9999 0C9999 9999 -9999 9999 5 5"/></g>'
)


def scribble(curves: int) -> str:
    """One broad line whose outline crosses itself everywhere."""
    d = "M0 0" + "".join(f"Q{-(n % 97)} {n % 89} {n % 99} {n % 93}" for n in range(curves))
    return f'<path d="{d}" fill="none" stroke="red" stroke-width="300"/>'


def drawn(inside: str) -> str:
    return svg.sanitize(f"{OPENING}{inside}</svg>").svg


@pytest.mark.parametrize(
    "inside",
    [
        # each of these ends the process, or keeps it busy for a minute
        f'<pattern id="p" patternUnits="userSpaceOnUse" width="1000000" height="1000000">{RECT}'
        '</pattern><rect fill="url(#p)" width="99" height="99"/>',
        '<path stroke="red" stroke-width="1e10" stroke-linejoin="round" d="M0 0C9 9e9 5 5 9 9"/>',
        '<g transform="scale(1e9)"><circle r="9" stroke="red" stroke-dasharray="1 2"/></g>',
        '<filter id="f"><feMorphology radius="60" operator="dilate"/></filter>'
        + '<rect filter="url(#f)" width="99" height="99"/>' * 2,
        '<g id="a"><g transform="scale(9)"><circle r="9"/></g></g><g transform="scale(9)">'
        '<use href="#a"/></g>',
        RECT * 5_000,
        HUGE_STROKE * 100,
        scribble(8_000),
        # these are drawn by fonts, by time, or by colours of its own
        '<text x="9" y="9">a</text>',
        f'<g>{RECT}<animate attributeName="opacity" to="1" dur="1s"/></g>',
        '<rect width="9" height="9" fill="oklch(0.7 0.1 200)"/>',
        '<rect width="9" height="9" style="fill:lab(50% 40 59)"/>',
    ],
    ids=lambda inside: inside[:40],
)
def test_drawing_is_not_plain(inside):
    assert not show.is_plain(read(drawn(inside)))


@pytest.mark.parametrize(
    "inside",
    [
        RECT,
        f'<g transform="scale(4)" opacity=".5">{RECT}</g>',
        '<linearGradient id="1e9"><stop/></linearGradient>'
        '<rect fill="url(#1e9)" width="9" height="9"/>',
        f'<clipPath id="1e9">{RECT}</clipPath><g clip-path="url(#1e9)">{RECT}</g>',
        f'<filter id="f"><feDropShadow stdDeviation="3"/></filter><g filter="url(#f)">{RECT}</g>',
        '<rect width="9" height="9" fill="hsl(20 50% 50%)"/>',
    ],
)
def test_drawing_is_plain_and_shown(inside):
    text = drawn(inside)

    assert show.is_plain(read(text))
    assert show.png(text, 16).startswith(b"\x89PNG")


LIMITS = [
    RECT * 3_700,
    f'<g id="a">{RECT * 50}</g>' + '<use href="#a"/>' * 70,
    f'<marker id="m">{RECT * 5}</marker><path marker-mid="url(#m)" d="M0 0{"h1" * 600}"/>',
    HUGE_STROKE * 55,
    scribble(4_500),
    f'<clipPath id="c">{RECT}</clipPath>' + f'<g clip-path="url(#c)">{RECT}</g>' * 80,
]


@pytest.mark.parametrize("inside", LIMITS, ids=range(len(LIMITS)))
def test_dearest_plain_drawings_are_shown_soon(inside):
    text = drawn(inside)
    assert show.is_plain(read(text))
    start = time.process_time()

    assert show.png(text, 96)

    assert time.process_time() - start < 5  # a tenth of it on an idle core


def test_png_of_what_resvg_cannot_read_is_none():
    assert show.png("<svg", 16) is None
