"""The rules of the nine styles, and what is seen of a drawing when they are judged."""

import pytest

from generations.choices import STYLES
from generations.inspection import inspect
from generations.inspection.rules import RULES, sentences
from tests.generations.inspection.drawings import RUN, SHADOW, drawing, lines

BOX = 'x="40" y="40" width="99" height="99"'
PEN = 'fill="none" stroke="#123" stroke-width="8"'


def codes(answer: str, style: str) -> list[str]:
    return sorted({fault.code for fault in inspect(answer, style).faults})


def test_every_style_has_rules_in_the_contracts_order():
    assert list(RULES) == list(STYLES)
    assert all(len(list(sentences(rules))) >= 2 for rules in RULES.values())


KEPT = {
    "outline": [
        lines('<path d="M9 9h99v99"/><circle cx="99" cy="99" r="50"/>'),
        lines('<g transform="rotate(30) translate(20 5)"><rect width="50" height="50"/></g>'),
        drawing(f'<path {PEN} d="M9 9h99"/><path fill="#123" d="M9 9L50 50 M.5.5-9 3m5 5v9z"/>'),
        drawing(f'<path style="fill:none" stroke="red" d="M9 9h99v9"/><defs>{RUN}</defs>'),
        drawing('<path fill="red" style="fill:none" stroke="red" d="M9 9h99v9"/>'),
        drawing('<g fill="none"><path fill="inherit" stroke="red" d="M9 9h99v9"/></g>'),
        drawing('<path fill="transparent" stroke="red" d="M9 9h99v9"/>'),
        drawing('<path fill="#f000" stroke="red" d="M9 9h99v9"/>'),
        drawing('<path fill-opacity="0" stroke="red" d="M9 9h99v9"/>'),
        drawing(
            f'<clipPath id="c"><rect {BOX}/></clipPath>'
            f'<path {PEN} clip-path="url(#c)" d="M9 50h99v99"/>'
        ),
        drawing(f'<g id="a" {PEN}><rect {BOX}/></g><use href="#a" x="50"/>'),
        drawing(f'<symbol id="a"><rect {BOX}/></symbol><use {PEN} href="#a"/>'),
        drawing(f'<rect {BOX} {PEN}/><g visibility="hidden"><rect {BOX}/></g>'),
        drawing(
            f'<path {PEN} d="M9 9h99"/><g transform="scale(2)"><path d="M9 9h9" fill="none" '
            'stroke="red" stroke-width="8" vector-effect="non-scaling-stroke"/></g>'
        ),
        drawing(
            f'<path {PEN} d="M9 9h99"/><g transform="scale(2)"><path d="M9 9h9" fill="none" '
            'stroke="red" stroke-width="4"/></g>'
        ),
        drawing(
            f'<path {PEN} d="M9 9h99"/><svg width="256" height="256" viewBox="0 0 32 32">'
            '<path d="M9 9h9" fill="none" stroke="red" stroke-width="1"/></svg>'
        ),
    ],
    "filled": [
        drawing(f'<rect {BOX}/><circle cx="180" cy="180" r="30" fill="#abc"/>'),
        drawing(f'<rect {BOX} fill="red" stroke="red" stroke-width="4"/>'),
        drawing(f'<rect {BOX} stroke="blue" stroke-width="0"/>'),
    ],
    "minimal": [
        drawing(f"<rect {BOX}/>" * 6),
        drawing(f'<g id="a"><rect {BOX}/></g>' + '<use href="#a" x="1"/>' * 40),
    ],
    "flat": [
        drawing(f"<defs>{RUN}</defs><rect {BOX}/>"),
        drawing(
            '<linearGradient id="a"><stop stop-color="red"/></linearGradient>'
            f'<rect {BOX} fill="url(#a)"/>'
        ),
    ],
    "gradient": [
        drawing(f'{RUN}<rect {BOX} fill="url(#run)"/>'),
        drawing(f'{RUN}<rect {BOX} style="fill:url(#run)"/>'),
        drawing(f'{RUN}<g fill="url(#run)"><rect {BOX}/></g>'),
        drawing(
            f'{RUN}<radialGradient id="r" href="#run"/>'
            '<circle cx="99" cy="99" r="50" fill="url(#r)"/>'
        ),
        drawing(f'{RUN}<path fill="none" stroke="url(#run)" stroke-width="9" d="M9 9h99v99"/>'),
        drawing(f'{RUN}<defs><rect id="b" {BOX} fill="url(#run)"/></defs><use href="#b"/>'),
    ],
    "line-art": [lines('<path d="M9 9h99"/><path stroke-width="2" d="M9 99h99"/>', 4)],
    "3d": [
        drawing(
            "".join(
                f'<rect x="{i}" y="40" width="50" height="50" fill="#{i}0000"/>'
                for i in (20, 80, 90)
            )
        ),
        drawing(f'{RUN}<rect {BOX} fill="url(#run)"/>'),
    ],
    "cartoon": [
        drawing(f'<rect {BOX} fill="gold" stroke="#222" stroke-width="8"/>'),
        drawing(
            f'<rect {BOX} fill="#222"/><rect x="50" y="50" width="50" height="50" fill="gold"/>'
        ),
    ],
    "modern": [
        drawing(f'{RUN}{SHADOW}<rect {BOX} filter="url(#soft)" fill="url(#run)" stroke="red"/>')
    ],
}
BROKEN = [
    ("outline", drawing('<path stroke="red" d="M9 9L50 50 9 60"/>'), "style_fill"),
    ("outline", drawing('<path stroke="red" d="M9 9c9 9 50 50 9 60"/>'), "style_fill"),
    ("outline", drawing(f"<rect {BOX}/>"), "style_fill"),
    ("outline", drawing(f'<rect {BOX} fill="white" stroke="#000"/>'), "style_fill"),
    ("outline", drawing('<g fill="red"><path stroke="red" d="M9 9h99v99"/></g>'), "style_fill"),
    (
        "outline",
        drawing(f'<g id="a" stroke="red"><rect {BOX}/></g><use fill="none" href="#a"/>'),
        "style_fill",
    ),
    (
        "outline",
        drawing(f'<g {PEN}><rect {BOX}/></g><defs><rect id="a" {BOX}/></defs><use href="#a"/>'),
        "style_fill",
    ),
    (
        "outline",
        drawing(f'<text x="9" y="99" font-size="60">a</text><g {PEN}><rect {BOX}/></g>'),
        "style_fill",
    ),
    (
        "outline",
        drawing(
            '<marker id="m"><path d="M0 0L9 9L0 9z"/></marker>'
            f'<path {PEN} marker-end="url(#m)" d="M9 9h99"/>'
        ),
        "style_fill",
    ),
    (
        "outline",
        lines('<path d="M9 9h99"/><path stroke-width="5" d="M9 99h99"/>'),
        "style_stroke_widths",
    ),
    (
        "outline",
        lines('<path d="M9 9h99"/><path style="stroke-width:5" d="M9 99h99"/>'),
        "style_stroke_widths",
    ),
    (
        "outline",
        lines('<path d="M9 9h99"/><path transform="scale(2)" d="M9 20h50"/>'),
        "style_stroke_widths",
    ),
    (
        "outline",
        lines('<path d="M9 9h99"/><path transform="matrix(0 .5 .5 0 0 0)" d="M9 20h50"/>'),
        "style_stroke_widths",
    ),
    (
        "outline",
        lines('<path id="a" d="M9 9h99"/><g transform="scale(.5)"><use href="#a" y="90"/></g>'),
        "style_stroke_widths",
    ),
    (
        "outline",
        drawing(f'{RUN}<path fill="none" stroke="url(#run)" stroke-width="9" d="M9 9h99v99"/>'),
        "style_gradient",
    ),
    (
        "outline",
        drawing(f'{SHADOW}<g filter="url(#soft)"><path {PEN} d="M9 9h99v99"/></g>'),
        "style_effect",
    ),
    ("filled", drawing(f'<rect {BOX} fill="red" stroke="blue"/>'), "style_stroke"),
    ("filled", lines('<path d="M9 9h99v99"/>'), "style_stroke"),
    (
        "minimal",
        drawing("".join(f'<circle cx="{9 * i}" cy="99" r="4"/>' for i in range(1, 27))),
        "style_shapes",
    ),
    ("flat", drawing(f'{RUN}<rect {BOX} fill="url(#run)"/>'), "style_gradient"),
    ("flat", drawing(f'{SHADOW}<rect {BOX} filter="url(#soft)"/>'), "style_effect"),
    ("gradient", drawing(f"<defs>{RUN}</defs><rect {BOX}/>"), "style_no_gradient"),
    (
        "gradient",
        drawing(f'{RUN}<rect {BOX}/><g opacity="0"><rect {BOX} fill="url(#run)"/></g>'),
        "style_no_gradient",
    ),
    (
        "gradient",
        drawing(
            f'<linearGradient id="a"><stop stop-color="red"/>'
            '<stop offset="1" stop-color="red"/></linearGradient>'
            f'<rect {BOX} fill="url(#a)"/>'
        ),
        "style_no_gradient",
    ),
    ("line-art", lines('<path d="M9 9h99"/>', 12), "style_stroke_width"),
    ("line-art", drawing(f'<rect {BOX} stroke="red" stroke-width="3"/>'), "style_fill"),
    (
        "3d",
        drawing(f'<rect {BOX}/><rect x="50" y="50" width="30" height="30" fill="red"/>'),
        "style_tones",
    ),
    ("cartoon", drawing(f'<rect {BOX} fill="gold"/>'), "style_contours"),
]


@pytest.mark.parametrize(
    ("style", "answer"), [(style, answer) for style, all_ in KEPT.items() for answer in all_]
)
def test_drawing_keeps_its_style(style, answer):
    assert codes(answer, style) == []


@pytest.mark.parametrize(("style", "answer", "code"), BROKEN)
def test_drawing_breaks_its_style(style, answer, code):
    inspection = inspect(answer, style)

    assert {fault.code for fault in inspection.faults} == {code}
    assert inspection.is_usable
    assert not inspection.is_clean


def test_faults_of_style_say_which_element():
    answer = lines('<path d="M9 9h99"/><path d="M9 29h99"/>\n<path stroke-width="5" d="M9 99h99"/>')

    [fault] = inspect(answer, "outline").faults

    assert (fault.line, fault.column) == (2, 1)
    assert fault.snippet == '<path stroke-width="5" d="M9 99h99"/>'
    assert "5" in fault.sentence
    assert "10" in fault.sentence


def test_many_uses_of_uses_are_looked_at_up_to_a_bound():
    group = "".join(f'<g id="g{i + 1}">' + f'<use href="#g{i}"/>' * 9 + "</g>" for i in range(4))

    assert (
        codes(
            lines(f'<g id="g0"><path d="M9 9h9"/></g><defs>{group}</defs><use href="#g4"/>'),
            "outline",
        )
        == []
    )
