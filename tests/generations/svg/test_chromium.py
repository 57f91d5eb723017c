"""The corpus in a real browser, in the three places where a drawing can appear."""

from pathlib import Path

import pytest

from generations import svg
from generations.svg.extract import extract
from tests.generations.svg import chromium, corpus

BATCH = 64
BENIGN = Path(__file__).parent / "benign"

# Raw attacks that the browser must be seen to carry out, or its silence would mean nothing.
LIVE = {
    "script ran": '<rect width="9" height="9"><animate attributeName="x" dur="1s"'
    ' onbegin="alert(1)"/></rect>',
    "request": '<image href="http://evil.test/a.png" width="9" height="9"/>',
    "navigation": '<a href="http://evil.test/"><rect width="99" height="99"/></a>',
    "page": '<style>svg{overflow:visible!important}</style><rect x="-99" width="999" height="99"/>',
}


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
@pytest.mark.parametrize("kind", LIVE)
def test_browser_judge_sees_raw_attacks(window, kind):
    raw = f"{corpus.OPENING}{LIVE[kind]}</svg>"

    happened = chromium.happenings(window, [raw])

    seen = [event for events in happened.values() for event in events]
    assert any(event.startswith(kind) for event in seen) or (
        kind == "navigation" and any("evil.test" in event for event in seen)
    )


@pytest.mark.slow
def test_sanitized_corpus_does_nothing_in_a_browser(window):
    left = drawings()
    assert len(left) > 90

    happened = []
    for start in range(0, len(left), BATCH):
        happened.append(chromium.happenings(window, left[start : start + BATCH]))

    quiet = {"opened": [], "image": [], "inlined": []}
    assert happened == [quiet] * len(happened)


@pytest.mark.slow
def test_honest_drawings_look_the_same_in_a_browser(window):
    """All that stand still: a moving one is never twice the same."""
    files = [file for file in sorted(BENIGN.glob("*.svg")) if file.stem != "smil"]
    before = [file.read_text(encoding="utf-8") for file in files]
    after = [svg.sanitize(text).svg for text in before]

    changed = [
        file.stem
        for file, one, other in zip(files, before, after, strict=True)
        if chromium.picture(window, one) != chromium.picture(window, other)
    ]

    assert changed == []
