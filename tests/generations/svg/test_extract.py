"""Drawings out of models' answers."""

import time
from contextlib import suppress

import pytest

from generations import svg
from generations.svg.extract import extract

NS = 'xmlns="http://www.w3.org/2000/svg"'
WHOLE = f'<svg {NS} viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'


@pytest.mark.parametrize(
    "answer",
    [
        WHOLE,
        f"Here it is:\n\n{WHOLE}\nEnjoy!",
        f"An <svg> of a square:\n```svg\n{WHOLE}\n```\nDone.",
        f"```\n{WHOLE}",
        f"<think>An <svg> with </svg>?</think>{WHOLE}",
        WHOLE.replace("<", "&lt;").replace(">", "&gt;"),
        '{"svg": "' + WHOLE.replace('"', '\\"') + '"}',
    ],
)
def test_extract_cuts_the_drawing_out(answer):
    assert extract(answer) == WHOLE


@pytest.mark.parametrize(
    ("answer", "drawn"),
    [
        ('<svg viewBox="0 0 9 9"/>', ""),
        ('<svg width="9" height="9"/>', ""),
        ('<svg viewbox="0 0 9 9"></svg>', ""),
        ('<svg viewBox="0 0 9 9"><rect width=9 height=9></svg>', '<rect width="9" height="9"/>'),
        ('<svg viewBox="0 0 9 9"><g><path d="M0 0">', '<g><path d="M0 0"/></g>'),
        ('<svg viewBox="0 0 9 9"><g><path d="M0 0"/><path d="M1 1', '<g><path d="M0 0"/></g>'),
        (
            '<svg viewBox="0 0 9 9"><path d="M0 0"><path d="M1 1"></svg>',
            '<path d="M0 0"/><path d="M1 1"/>',
        ),
        ('<svg viewBox="0 0 9 9"><g x="1" fill="red" fill="blue"/></svg>', '<g x="1" fill="red"/>'),
        (
            '<svg viewBox="0 0 9 9"><text>a&nbsp;b & &lt;c</text></svg>',
            "<text>a\xa0b &amp; &lt;c</text>",
        ),
        (
            '<svg viewBox="0 0 9 9"><g id="a"/><use xlink:href="#a"/></svg>',
            '<g id="cs_a"/><use href="#cs_a"/>',
        ),
        ('<svg viewBox="0 0 9 9"><circle r=2/><g a/><g/></svg>', '<circle r="2"/><g/><g/>'),
        ('<svg viewBox="0 0 9 9"><g><rect/></g></g></svg> `</svg>`', "<g><rect/></g>"),
    ],
)
def test_extract_mends_what_is_plain(answer, drawn):
    drawing = svg.sanitize(extract(answer)).svg

    inside = drawing.partition(">")[2].removesuffix("</svg>")
    assert 'viewBox="0 0 9 9"' in drawing
    assert inside == drawn


@pytest.mark.parametrize("answer", ["", "I cannot draw that.", "<svgs/>", "<svg", "`svg`"])
def test_extract_refuses_answers_without_a_drawing(answer):
    with pytest.raises(svg.Rejected) as refusal:
        extract(answer)

    assert refusal.value.code == "no_svg"


@pytest.mark.parametrize(
    "piece",
    ["<think>", "<svg ", "<a '", '<a "', "<g>", "</g>", "<!--", "<![CDATA[", "&amp", "```", "\\"],
)
def test_extract_takes_linear_time(piece):
    answer = "<svg viewBox='0 0 1 1'>" + piece * (900_000 // len(piece))
    start = time.process_time()

    with suppress(svg.Rejected):
        extract(answer)

    assert time.process_time() - start < 4
