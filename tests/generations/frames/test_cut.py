"""The drawing so far, of every answer that breaks off somewhere."""

import base64
import json
import re
from html import escape

import pytest
from lxml import etree

from generations.frames.cut import MOST_CHARACTERS, frame
from tests.generations.svg import judge
from tests.model_server import ANSWER

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
RECT = '<rect width="9" height="9"/>'
PLAIN = OPEN + '<rect width="64" height="64" fill="#def"/><circle cx="9" cy="9" r="5"/></svg>'
NESTED = (
    f'{OPEN}<g fill="#c55"><g transform="translate(4 4)"><rect width="9" height="9"/>'
    '<g><circle r="3"/></g></g><path d="M1 1h9"/></g><text x="9" y="9">Hi <tspan>you</tspan></text>'
    "</svg>"
)
DEFS_FIRST = (
    f'{OPEN}<title>Sky</title><defs><linearGradient id="a"><stop offset="0" stop-color="#f00"/>'
    '<stop offset="1" stop-color="#00f"/></linearGradient><clipPath id="c"><circle r="30"/>'
    '</clipPath></defs><rect width="64" height="64" fill="url(#a)"/><g clip-path="url(#c)">'
    '<use href="#d"/><path id="d" d="M0 0 L9 9"/></g></svg>'
)
STYLED = (
    f"{OPEN}<style>.a {{ fill: #c55 }} .b {{ stroke: url(#x) }}</style>"
    '<!-- a <fox/> --><path class="a" d="M1 1h9v9z"/><path class="b" d="M1 1h9"/></svg>'
)
MOVING = (
    f'{OPEN}<g id="g"><circle r="4"><animate attributeName="r" values="4;9" dur="1s"/></circle>'
    '<set href="#g" attributeName="fill" to="#c55"/><path id="p" d="M0 0 L9 9"/><rect width="9" '
    'height="9"><animateMotion dur="2s"><mpath href="#p"/></animateMotion></rect></g></svg>'
)
HOSTILE = (
    f'{OPEN}<script>alert("1 > 0")</script><rect width="9" height="9" onclick="alert(1)"/>'
    '<image href="https://evil.example/a.png" width="9" height="9"/><a href="javascript:x">'
    '<circle r="4" fill="url(https://evil.example/)"/></a><foreignObject><p>x</p></foreignObject>'
    '<style>@import "https://evil.example/"; rect { fill: #abc }</style></svg>'
)
ANSWERS = {
    "plain": PLAIN,
    "as the model server says it": ANSWER,
    "nested": NESTED,
    "defs first": DEFS_FIRST,
    "styled": STYLED,
    "hostile": HOSTILE,
    "moving": MOVING,
    "fenced": f"Here you are:\n\n```svg\n{NESTED}\n```\nAnything else?",
    "in prose": f"An <svg> tag with a circle, as you asked: {PLAIN} It has 2 elements.",
    "after thoughts": f"<think>A <svg viewBox='0 0 9 9'><rect/> or so?</think>\n{PLAIN}",
    "json": json.dumps({"title": "Sky", "svg": DEFS_FIRST}),
    "json with unicode": json.dumps({"svg": PLAIN}).replace("<", "\\u003c").replace(">", "\\u003e"),
    "escaped html": escape(PLAIN),
    "base64": "data:image/svg+xml;base64," + base64.b64encode(PLAIN.encode()).decode(),
    "single quotes": PLAIN.replace('"', "'"),
    "no namespace, bare values": PLAIN.replace('xmlns="http://www.w3.org/2000/svg" ', "").replace(
        'r="5"', "r=5"
    ),
    "unclosed groups": PLAIN.replace("<rect", '<g fill="#0a0"><rect').replace(
        "<circle", "<g><circle"
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_prefix_is_safe_and_grows(name):
    answer = ANSWERS[name]
    counts = []

    for end in range(len(answer) + 1):
        made = frame(answer[:end])
        if made:
            assert judge.faults(made.svg) == [], answer[:end]
            counts.append(made.elements)

    assert counts == sorted(counts)
    assert len(set(counts)) > 1
    assert counts[-1] == frame(answer).elements


@pytest.mark.parametrize(
    ("answer", "shapes", "elements"),
    [
        (f"{OPEN}", None, None),
        (f'{OPEN}<rect width="9" hei', None, None),
        (f'{OPEN}{RECT}<circle r="4" fill="re', ["rect"], 1),
        (f'{OPEN}<g>{RECT}<g fill="#fff"><circle r="4"/', ["rect"], 1),
        (f'{OPEN}<g>{RECT}<g fill="#fff"><circle r="4"/>', ["rect", "circle"], 2),
        (f'{OPEN}{RECT}<text x="9" y="9">Hel', ["rect"], 1),
        (f'{OPEN}{RECT}<text x="9" y="9">Hello</text', ["rect"], 1),
        (f'{OPEN}{RECT}<text x="9" y="9">Hello</text>', ["rect"], 2),
        (DEFS_FIRST[: DEFS_FIRST.index("<rect")], None, None),
        (f"```svg\n{PLAIN[:-6]}", ["rect", "circle"], 2),
        (json.dumps({"svg": PLAIN})[:-14], ["rect"], 1),
        (f"<think>Perhaps {PLAIN}", None, None),
        ("I would rather write you a poem.", None, None),
        ("", None, None),
    ],
)
def test_frame_shows_what_is_whole(answer, shapes, elements):
    made = frame(answer)

    assert (made and made.elements) == elements
    assert (made and re.findall("<(rect|circle)", made.svg)) == shapes


def test_frame_stands_still():
    """An animation would begin anew four times a second."""
    tags = {etree.QName(one).localname for one in etree.fromstring(frame(MOVING).svg).iter()}

    assert tags == {"svg", "g", "circle", "path", "rect"}


def test_what_is_too_large_has_no_frame():
    fits = OPEN + RECT * ((MOST_CHARACTERS - 500) // len(RECT))

    assert frame(fits)
    assert frame(fits + " " * 500) is None
