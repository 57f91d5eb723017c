"""What is found in an answer, what is wrong with it, and where."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generations import svg
from generations.choices import STYLES
from generations.inspection import Fault, inspect
from tests.generations.inspection.drawings import OPENING, drawing, lines
from tests.generations.svg.bombs import BOMBS

SQUARE = '<rect x="40" y="40" width="170" height="170" fill="#3a7"/>'


def codes(answer: str, style: str = "modern") -> list[str]:
    return [fault.code for fault in inspect(answer, style).faults]


def test_inspect_of_a_good_answer_finds_the_sanitized_drawing():
    inspection = inspect(f"Here you are:\n```svg\n{drawing(SQUARE)}\n```", "flat")

    assert inspection.is_clean
    assert inspection.drawing == svg.sanitize(drawing(SQUARE))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("", "no_svg"),
        ("I am sorry, but I cannot draw that.", "no_svg"),
        (None, "no_svg"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>', "view_box"),
        (drawing('<g id="a"><use href="#a"/></g>'), "rejected"),
        (drawing(""), "empty"),
        (drawing("<script>draw()</script>"), "empty"),
        (drawing(f"<defs>{SQUARE}</defs>"), "empty"),
        (drawing('<circle cx="99" cy="99" r="50" fill="none"/>'), "empty"),
        (drawing('<circle cx="99" cy="99" r="0"/>'), "empty"),
        (drawing(f'<g opacity="0">{SQUARE}</g>'), "empty"),
        (drawing(f'<g display="none">{SQUARE}</g>'), "empty"),
        (drawing('<circle cx="999" cy="99" r="50"/>'), "invisible"),
        (drawing('<rect width="256" height="256"/>'), "invisible"),
        (
            drawing('<clipPath id="c"/><circle cx="99" cy="99" r="9" clip-path="url(#c)"/>'),
            "invisible",
        ),
    ],
)
def test_inspect_finds_no_usable_drawing(answer, code):
    inspection = inspect(answer, "modern")

    assert not inspection.is_usable
    assert [fault.code for fault in inspection.faults if fault.is_fatal] == [code]


@pytest.mark.parametrize(
    "inside",
    [
        '<text x="9" y="99">only resvg knows which fonts there are</text>',
        f'<g opacity="0">{SQUARE}<animate attributeName="opacity" to="1" dur="1s"/></g>',
        '<rect width="256" height="256" fill="hwb(200 9% 9%)"/>'
        '<circle cx="99" cy="99" r="50" fill="hwb(20 50% 50%)"/>',
        '<rect x="-999" y="-999" width="2999" height="2999" fill="#def"/>' + SQUARE,
        '<ellipse cx="128" cy="300" rx="260" ry="120"/><circle cx="128" cy="80" r="30"/>',
    ],
    ids=["text", "moving", "new colours", "background", "hill"],
)
def test_inspect_takes_nothing_for_unseen_that_may_be_seen(inside):
    assert codes(drawing(inside)) == []


def test_inspect_tells_of_a_drawing_beside_its_box():
    inside = '<circle cx="50" cy="50" r="30"/><circle cx="330" cy="80" r="60"/>'

    assert codes(drawing(inside + '<path d="M300 300l150 0 0 150z"/>')) == ["outside"]


@pytest.mark.parametrize(
    ("answer", "code", "line", "column", "snippet"),
    [
        (
            f"Sure!\n{OPENING}\n  {SQUARE}\n  <path d='M0 0L NaN 5'/></svg>",
            "bad_number",
            4,
            9,
            "<path d='M0 0L NaN 5'/>",
        ),
        (
            drawing(f"{SQUARE}\n<foreignObject><p>hi</p></foreignObject>"),
            "lost",
            2,
            1,
            "<foreignObject>",
        ),
        (
            drawing(f'{SQUARE}\n\n <image href="https://x.test/a.png"/>'),
            "lost",
            3,
            2,
            "<image",
        ),
        (f'{OPENING}\n{SQUARE}\n<circle cx="50" cy="9', "unfinished", 3, 21, '<circle cx="50"'),
    ],
)
def test_inspect_says_where_something_is_lost(answer, code, line, column, snippet):
    [fault] = inspect(answer, "modern").faults

    assert (fault.code, fault.line, fault.column) == (code, line, column)
    assert snippet in fault.snippet
    assert not fault.is_fatal


def test_inspect_misses_nothing_that_a_script_or_a_title_would_have_shown():
    inside = "<title>A</title><metadata><b/></metadata><script>x()</script>"

    assert codes(drawing(inside + SQUARE)) == []


def test_inspect_of_a_drawing_without_its_last_tag_is_clean():
    assert codes(OPENING + SQUARE) == []


@pytest.mark.parametrize(
    "wrap",
    [
        "{}",
        "Here:\n\n```svg\n{}\n```\nDone <rect/>.",
        "<p>An example: <code>&lt;svg&gt;</code></p>\n{}",
    ],
)
def test_places_are_those_of_the_answer(wrap):
    text = drawing(
        '<g stroke="#000" fill="none"><rect width="9" height="9"/></g>\n<!-- <rect> -->\n'
        '<rect id="x" x="40" y="40" width="99" height="99"/>'
    )
    answer = wrap.format(text)

    [fault] = inspect(answer, "outline").faults

    assert fault.code == "style_fill"
    line = answer.splitlines()[fault.line - 1]
    assert line[fault.column - 1 :].startswith('<rect id="x"')
    assert fault.snippet == '<rect id="x" x="40" y="40" width="99" height="99"/>'


def test_place_in_escaped_json_is_found_and_else_nothing_is_claimed():
    text = drawing(SQUARE)
    in_json = '{"svg": "' + text.replace('"', '\\"') + '"}'

    [there] = inspect(in_json, "outline").faults
    [nowhere] = inspect(in_json.replace("<rect", "\\u003crect"), "outline").faults

    assert in_json[there.column - 1 :].startswith("<rect x=")
    assert (nowhere.line, nowhere.column) == (None, None)
    assert nowhere.snippet.startswith("<rect x=")


def test_faults_of_a_kind_are_few():
    found = codes(drawing('<circle cx="99" cy="99" r="50"/>' * 40), "outline")

    assert 1 <= len(found) <= 4


def test_rank_prefers_usable_then_whole_then_in_style():
    nothing = inspect("no", "outline")
    hollow = inspect(drawing(""), "outline")
    cut = inspect(f'{OPENING}<path fill="none" stroke="red" d="M9 9h99"/><path d="', "outline")
    filled = inspect(drawing(SQUARE), "outline")
    clean = inspect(lines('<path d="M9 99h99v99"/>'), "outline")

    ranks = [one.rank for one in (nothing, hollow, cut, filled, clean)]

    assert ranks == sorted(ranks)
    assert len(set(ranks[2:])) == 3


def test_no_word_of_the_answer_is_in_a_sentence():
    answer = drawing('<secretword/><rect width="99" height="99" id="secretword"/>')

    sentences = [
        fault.sentence for fault in inspect(answer, "outline").faults if fault.code != "lost"
    ]

    assert sentences
    assert not any("secretword" in one for one in sentences)


@pytest.mark.parametrize("name", ["ids", "uses of uses", "uses a hundred thousand"])
def test_inspect_of_a_bomb_ends_soon(name):
    answer = BOMBS[name]()
    start = time.process_time()

    inspect(answer, "flat")

    assert time.process_time() - start < 10


def test_inspect_knows_no_rules_for_an_unknown_style():
    assert codes(drawing(SQUARE), "baroque") == []


QUICK = settings(
    max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@QUICK
@given(
    st.text(alphabet="<>/=\"'&;! svgrectgpathd:#-[]0.9\n", max_size=120),
    st.sampled_from(list(STYLES)),
)
def test_inspect_raises_nothing_for_text(text, style):
    for answer in (text, f"{OPENING}{text}", f"{OPENING}{SQUARE}{text}</svg>{text}"):
        inspection = inspect(answer, style)

        assert inspection.is_usable or any(fault.is_fatal for fault in inspection.faults)
        assert all(_is_told(fault, answer) for fault in inspection.faults)


def _is_told(fault: Fault, answer: str) -> bool:
    """Whether a fault has a sentence and, if it has a place, one that is in the answer."""
    if fault.line is not None and not 1 <= fault.line <= answer.count("\n") + 1:
        return False
    is_ours = "could not be checked" in fault.sentence
    return bool(fault.sentence) and len(fault.snippet) <= 120 and not is_ours
