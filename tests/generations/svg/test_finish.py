"""What every drawing says of itself, ids of its own, and fewer bytes with the same pixels."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generations import prompts, svg
from generations.svg import finish_paths, paths, show
from generations.svg.finish import finish
from generations.svg.parse import parse
from generations.svg.read import read
from generations.svg.text import prepare
from tests.generations.svg import draw
from tests.generations.svg.corpus import OPENING
from tests.generations.svg.test_properties import trees, written

BENIGN = sorted((Path(__file__).parent / "benign").glob("**/*.svg"))
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
WORDS = {"prompt": "a red fox", "style": "flat"}
NAMED = f"""{OPENING}
<title>Old</title><desc>Adapted from Twemoji, CC BY 4.0.</desc>
<defs><linearGradient id="sky"><stop/><stop offset="1" stop-color="red"/></linearGradient>
<linearGradient id="b" href="#sky"/><clipPath id="c"><rect width="50" height="50"/></clipPath>
</defs><g id="g" style="fill:url(#b);stroke:red" aria-labelledby="g c"><rect id="r" fill="url(#sky)"
clip-path="url(#c)" width="90" height="90"/></g><use href="#r" x="9"/>
<circle id="e" r="9"><animate id="a" attributeName="r" to="20" dur="1s" begin="e.click; 2s"/>
<animate attributeName="cx" to="20" dur="1s" begin="a.end+1s"/></circle></svg>"""


def drawn(text: str) -> str:
    return svg.sanitize(text).svg


def finished(text: str, key: str = "k", **words: str) -> str:
    return finish(drawn(text), key=key, **(WORDS | words))


@pytest.mark.parametrize("file", BENIGN, ids=lambda file: file.stem)
def test_finish_of_honest_drawings_keeps_what_is_seen(file):
    before = drawn(file.read_text(encoding="utf-8"))

    after = finish(before, key="k", **WORDS)

    assert svg.sanitize(after).svg == after
    assert finish(after, key="k", **WORDS) == after
    assert draw.difference(before, after, 256) == 0


def test_finish_names_and_describes_the_root():
    root = parse(prepare(finished(NAMED, prompt=" a  red\nfox ")))

    assert root.get("role") == "img"
    assert [child.tag.rpartition("}")[2] for child in root[:2]] == ["title", "desc"]
    assert root[0].text == "a red fox"
    assert root[1].text == "“a red fox” in the flat style. Adapted from Twemoji, CC BY 4.0."
    assert len(root.findall("{*}title") + root.findall("{*}desc")) == 2


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("", "Drawing"),
        ("word " * 60, "word " * 19 + "word…"),
        ("x" * 300, "x" * 99 + "…"),
        ("<b>&\x00\ud800\x0b</b>", "<b>& </b>"),
        ("xmlns \" ' fox", "xmlns \" ' fox"),
    ],
)
def test_title_is_the_prompt_in_one_short_line(prompt, title):
    root = parse(prepare(finished(NAMED, prompt=prompt)))

    assert root[0].text == title
    assert len(title) <= 100


def test_finish_gives_every_id_and_reference_the_mark_of_its_drawing():
    text = finished(NAMED)

    names = re.findall(r"cs_[^\s\"'().;]+", text)

    marks = {name[:12] for name in names}
    assert len(names) == drawn(NAMED).count("cs_")
    assert len(marks) == 1
    assert re.fullmatch(r"cs_[0-9a-f]{8}_", marks.pop())
    assert 'begin="cs_' in text
    assert "; 2s" in text
    assert text.count("_a.end+1s") == 1


def test_another_key_takes_the_place_of_the_mark():
    text = finished(NAMED)

    remix = finish(text, key="other", prompt="a blue fox", style="cartoon")

    assert remix == finished(NAMED, "other", prompt="a blue fox", style="cartoon")
    assert not set(re.findall(r"cs_[0-9a-f]{8}_", text)) & set(
        re.findall(r"cs_[0-9a-f]{8}_", remix)
    )
    assert "red fox" not in remix


def test_two_drawings_share_no_id():
    one, other = (set(re.findall(r'id="([^"]+)"', finished(NAMED, key))) for key in ("a", "b"))

    assert one
    assert not one & other


def test_ids_that_look_marked_by_chance_stay_apart():
    text = finished(
        f'{OPENING}<linearGradient id="deadbeef_a"><stop/></linearGradient><rect id="a" '
        'width="9" height="9" fill="url(#deadbeef_a)"/></svg>'
    )

    names = re.findall(r'id="([^"]+)"', text)
    assert len(set(names)) == 2
    assert f'fill="url(#{names[0]})"' in text


def test_longest_ids_keep_apart_and_stay():
    names = ["x" * 199 + end for end in "ab"]
    rects = "".join(f'<rect id="{name}" width="9" height="9"/>' for name in names)

    after = finished(f"{OPENING}{rects}</svg>")

    assert len(set(re.findall(r'id="([^"]+)"', after))) == 2
    assert finish(after, key="k", **WORDS) == after


@QUICK
@given(st.text(max_size=150), st.text(max_size=12), st.text(max_size=40))
def test_finish_keeps_its_promise_for_all_words(prompt, style, key):
    before = drawn(NAMED)

    after = finish(before, prompt=prompt, style=style, key=key)

    assert svg.sanitize(after).svg == after
    assert finish(after, prompt=prompt, style=style, key=key) == after
    assert 'role="img"' in after


@QUICK
@given(st.lists(trees, max_size=6))
def test_finish_keeps_its_promise_for_trees(found):
    try:
        before = drawn(OPENING + "".join(map(written, found)) + "</svg>")
    except svg.Rejected:
        return

    after = finish(before, key="k", **WORDS)

    assert svg.sanitize(after).svg == after
    assert finish(after, key="k", **WORDS) == after
    if show.is_plain(read(before)):
        assert show.png(after, 64) == show.png(before, 64)


@pytest.mark.parametrize("example", [text for _, _, text in prompts.EXAMPLES], ids=range(3))
def test_finish_of_what_models_draw_is_smaller_with_the_same_pixels(example):
    named = example.replace("\n", "")

    after = finished(named)

    without_words = re.sub(r"<(title|desc)>.*?</\1>", "", after)
    assert len(without_words) < len(re.sub(r"<(title|desc)>.*?</\1>", "", named)) + 40
    assert show.png(after, 256) == show.png(drawn(named), 256)


def test_finish_drops_what_draws_nothing():
    after = finished(
        f"""{OPENING}<g><g><rect x="0" y="0.00" width="50.000" height="50" fill="#FFCC00"
        stroke="none"/></g></g><g id="empty"/><g/><defs><linearGradient id="unused"/></defs>
        <path d="M 10.0 10.0 L 20.0 10.0 L 20.00 30.1234560 Z" fill="black"/></svg>"""
    )

    assert "unused" not in after
    assert '<rect width="50" height="50" fill="#fc0"/>' in after
    assert 'd="M10 10H20V30.123456z"/>' in after
    assert after.count("<g") == 1


def test_finish_leaves_a_drawing_alone_that_resvg_does_not_show():
    inside = (
        '<text x="1.0000000" y="9.0000000" fill="#FFCC00">a</text><rect width="9.000" height="9"/>'
    )

    after = finished(f"{OPENING}{inside}</svg>")

    assert after.endswith(f"</desc>{inside}</svg>")


def test_finish_keeps_pixels_that_rounding_would_change():
    inside = f'<g transform="scale(20)"><path d="M0 0L{12.80049} 0.00049 6.40051 {12.8} Z"/></g>'

    before = drawn(f"{OPENING}{inside}</svg>")

    assert draw.difference(before, finish(before, key="k", **WORDS), 256) == 0


@pytest.mark.parametrize(
    ("data", "small"),
    [
        ("M 10 10 L 20 20", "M10 10 20 20"),
        ("M10,10 h 0.50 v-.50 z l 5 5", "M10 10h.5V9.5zl5 5"),
        ("M 100 100 101 101 102 100", "M100 100l1 1 1-1"),
        ("M0 0 A 5.00 5.00 0 01 10 10 z", "M0 0A5 5 0 0 1 10 10z"),
        ("M 100 100 C 110 100 120 110 120 120", "M100 100c10 0 20 10 20 20"),
        ("M0 0L 1.005 2.004", "M0 0 1 2"),
        ("M 0 0 L .5 .5 -.5 -.5", "M0 0 .5.5l-1-1"),
        ("M0 0L5", "M0 0L5"),
        ("10 10L5 5", "10 10L5 5"),
        ("", ""),
    ],
)
def test_path_is_written_shorter(data, small):
    assert finish_paths.path(data, 2) == small


commands = st.one_of(
    *(
        st.tuples(
            st.sampled_from([letter, letter.lower()]),
            st.lists(st.integers(-40_000, 40_000), min_size=count, max_size=count),
        )
        for letter, count in finish_paths.ARGUMENTS.items()
        if letter != "A"
    )
)


@QUICK
@given(st.lists(commands, max_size=12))
def test_path_goes_where_it_went(steps):
    data = "M5 5" + "".join(
        letter + " ".join(f"{number / 100:.2f}" for number in numbers) for letter, numbers in steps
    )

    small = finish_paths.path(data, 2)

    assert len(small) <= len(data)
    assert finish_paths.path(small, 2) == small
    assert svg.sanitize(f'{OPENING}<path d="{small}"/></svg>').svg.count(small) == 1
    assert _ends(small) == pytest.approx(_ends(data), abs=1e-6)


def _ends(data: str) -> list[float]:
    """Where each step of a path ends, by another reader of paths."""
    return [number for point in paths.points(data) for number in point]
