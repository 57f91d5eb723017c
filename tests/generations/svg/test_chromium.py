"""The corpus in a real browser, in the three places where a drawing can appear."""

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from generations import svg
from generations.svg.extract import extract
from generations.svg.finish import finish
from tests.generations.svg import chromium, corpus

BATCH = 64
BENIGN = Path(__file__).parent / "benign"

# Raw attacks that the browser must be seen to carry out, or its silence would mean nothing.
LIVE = {
    "script at once": '<rect width="9" height="9"><animate attributeName="x" dur="1s"'
    ' onbegin="alert(1)"/></rect>',
    "script after two seconds": '<rect width="9" height="9"><set attributeName="x" to="1"'
    ' begin="1.5s" onbegin="alert(1)"/></rect>',
    "script when pointed at": '<rect width="9" height="9" onmouseenter="alert(1)"/>',
    "script when typed at": '<rect width="9" height="9" onkeydown="alert(1)"/>',
    "request by image": '<image href="http://evil.test/a.png" width="9" height="9"/>',
    "request by style": '<rect width="9" height="9" style="fill:url(//evil.test/a.svg#b)"/>',
    "request by font": "<style>@font-face{font-family:x;src:url(//evil.test/f)}</style>"
    '<text y="9" font-family="x">x</text>',
    "navigation by click": '<a href="http://evil.test/"><rect width="99" height="99"/></a>',
    "navigation by animation": '<a><set attributeName="href" to="http://evil.test/"/>'
    '<rect width="99" height="99"/></a>',
    "page covered": "<style>svg{overflow:visible!important}</style>"
    '<rect x="-99" width="999" height="99"/>',
    "page covered later": '<rect x="-99" width="999" height="99"/>'
    '<set attributeName="overflow" to="visible" begin="1.5s"/>',
    "page restyled": "<style>.host{color:red!important}</style>",
    "page: the name cookie is taken": '<g id="cookie"/>',
}

FULL = '<rect width="100" height="100"%s/>'
BLUR = '<filter id="f"><feGaussianBlur stdDeviation="3"/></filter>'
MASK = f'<mask id="m">{FULL}</mask>' % ' fill="white"'
# Drawings that are nearly refused for what they cost: dearer ones are not let through.
DEAR = {
    "blurs": BLUR + FULL % ' filter="url(#f)"' * 190,
    "masks": MASK + FULL % ' mask="url(#m)"' * 1_500,
    "uses": f'<g id="a">{FULL % "" * 500}</g>' + '<use href="#a"/>' * 100,
}
SECONDS = 15


@pytest.fixture(scope="module")
def window():
    with chromium.opened() as window:
        yield window


def drawings() -> list[str]:
    """Every distinct drawing that the corpus leaves behind."""
    found = {}
    for payload in corpus.payloads():
        for prepare in (str, extract):
            try:
                found[svg.sanitize(prepare(payload.text)).svg] = payload
            except svg.Rejected:
                continue
    return list(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "kind"),
    [("opened", "script at once"), ("opened", "navigation by click")]
    + [("inlined", kind) for kind in LIVE],
)
def test_browser_judge_sees_raw_attacks(window, place, kind):
    raw = f"{corpus.OPENING}{LIVE[kind]}</svg>"

    seen = chromium.PLACES[place](window, [raw])

    signs = ("navigation", "request") if kind.startswith("navigation") else (kind.split()[0],)
    assert any(event.startswith(signs) for event in seen)
    assert "name" not in kind or kind in seen


@pytest.mark.slow
def test_sanitized_corpus_does_nothing_in_a_browser(window):
    left = drawings()
    assert len(left) > 90

    happened = []
    for start in range(0, len(left), BATCH):
        happened.append(chromium.happenings(window, left[start : start + BATCH]))

    quiet = {"opened": [], "image": [], "inlined": []}
    assert happened == [quiet] * len(happened)


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.parametrize("name", DEAR)
def test_dear_drawings_hang_no_browser(window, name):
    drawing = svg.sanitize(f"{corpus.OPENING}{DEAR[name]}</svg>").svg

    start = time.monotonic()
    chromium.picture(window, drawing)

    assert time.monotonic() - start < SECONDS


def coloured(colour: str) -> str:
    """A drawing whose parts are found by ids that all such drawings have."""
    return svg.sanitize(
        f'{corpus.OPENING}<linearGradient id="a"><stop stop-color="{colour}"/></linearGradient>'
        '<rect id="b" width="50" height="100" fill="url(#a)"/><use href="#b" x="50"/></svg>'
    ).svg


@pytest.mark.slow
def test_finished_drawings_do_not_meet_in_one_page(window):
    plain = [coloured("red"), coloured("blue")]
    own = [finish(one, prompt="a fox", style="flat", key=one) for one in plain]

    pages = [window.load(pair) for pair in (plain, own, own[::-1])]

    met, apart, swapped = ([_colours(page[0], box) for box in (0, 1)] for page in pages)
    assert met == [{(255, 0, 0)}, {(255, 0, 0)}]
    assert apart == [{(255, 0, 0)}, {(0, 0, 255)}]
    assert swapped == apart[::-1]


def _colours(page: bytes, box: int) -> set[tuple[int, ...]]:
    """The colours of one drawing in a page of several."""
    left = chromium.GAP + box * (chromium.BOX + chromium.GAP)
    area = (left + 2, chromium.GAP + 2, left + chromium.BOX - 2, chromium.GAP + chromium.BOX - 2)
    image = Image.open(io.BytesIO(page)).convert("RGB").crop(area)
    return {colour for _, colour in image.getcolors(1 << 16)}
