"""What sanitizing keeps, changes and says, one rule at a time."""

import pytest

from generations import svg
from tests.generations.svg.corpus import OPENING

ROOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100">'


def inside(fragment: str) -> str:
    """What becomes of a fragment inside a drawing."""
    drawing = svg.sanitize(f"{OPENING}{fragment}</svg>").svg
    return drawing.removeprefix(ROOT).removesuffix("</svg>")


def root(text: str) -> str:
    return svg.sanitize(text).svg


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ('<g id="a"><use xlink:href="#a1"/></g>', '<g id="cs_a"><use/></g>'),
        ('<rect id="a"/><use xlink:href="#a"/>', '<rect id="cs_a"/><use href="#cs_a"/>'),
        ('<rect id="cs_a"/><use href="#a"/>', '<rect id="cs_a"/><use href="#cs_a"/>'),
        ('<g id="a"><g id="b"/></g><g id="b"/>', '<g id="cs_a"><g id="cs_b"/></g><g/>'),
        ('<a href="http://x/"><path d="M0 0"/></a>', '<g><path d="M0 0"/></g>'),
        ("<text>a<a>b</a>c</text>", "<text>a<tspan>b</tspan>c</text>"),
        ("<text>a<script>b</script>c</text>", "<text>ac</text>"),
        ('<g fill="url( #a )"/>', '<g fill="url(#cs_a)"/>'),
        ('<g fill="url(&quot;#a&quot;) none"/>', '<g fill="url(#cs_a) none"/>'),
        ('<g style="FILL : Red; x:y"/>', '<g style="fill:Red"/>'),
        ('<g style="fill:red!important;fill:blue"/>', '<g style="fill:red"/>'),
        ('<path d="M0 0 L 9,9 undefined"/>', '<path d="M0 0 L 9,9"/>'),
        ('<g role="img" aria-label="a&lt;b"/>', '<g role="img" aria-label="a&lt;b"/>'),
        ('<g tabindex="1" data-a="b" class="c"/>', "<g/>"),
        ('<feGaussianBlur stdDeviation="500 2"/>', '<feGaussianBlur stdDeviation="100 2"/>'),
        ('<text font-family="&quot;A B&quot;, 3x"/>', "<text font-family=\"A B,'3x'\"/>"),
        (
            '<rect><animate attributeName="x" by="5" dur="1s"/></rect>',
            '<rect><animate attributeName="x" dur="1s" values="0;5" additive="sum"/></rect>',
        ),
        (
            '<rect id="r"><set attributeName="x" to="1" begin="r.end+2s"/></rect>',
            '<rect id="cs_r"><set attributeName="x" to="1" begin="cs_r.end+2s"/></rect>',
        ),
    ],
)
def test_sanitize_rewrites(fragment, expected):
    assert inside(fragment) == expected


def test_style_sheet_is_compiled_away_in_cascade_order():
    sheet = "rect{fill:red;opacity:.5}.b{fill:green}#i{fill:blue}.b{stroke:red!important}"

    drawn = inside(f'<style>{sheet}</style><rect id="i" class="a b" style="stroke:#000"/>')

    assert drawn == '<rect id="cs_i" style="fill:blue;opacity:.5;stroke:red"/>'


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('width="20px" height="10"', 'viewBox="0 0 20 10" width="20px" height="10"'),
        ('width="1in" height="1in"', 'viewBox="0 0 96 96" width="1in" height="1in"'),
        ('viewBox="0,0,5,5" width="-1"', 'viewBox="0 0 5 5"'),
        ('viewBox="0 0 1 2000" width="5" height="5"', 'viewBox="0 0 5 5" width="5" height="5"'),
        ('viewBox="0 0 5 5" x="9" y="9" transform="scale(9)"', 'viewBox="0 0 5 5"'),
        ('viewBox="0 0 5 5" width="99em" font-size="9999"', 'viewBox="0 0 5 5" font-size="9999"'),
    ],
)
def test_root_has_a_usable_size_and_place(attributes, expected):
    drawing = root(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>')

    assert drawing == f'<svg xmlns="http://www.w3.org/2000/svg" {expected}/>'


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("<svg", "malformed", 1, 5),
        ("<!-- a -->\n<svg>\n  <g></svg>", "malformed", 3, 12),
        ("\n<svg>\x00", "bad_character", 2, 6),
        ("<html/>", "not_svg", None, None),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "no_view_box", None, None),
        (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 2000"/>',
            *("no_view_box", None, None),
        ),
        ("", "malformed", 1, 1),
    ],
)
def test_rejected_says_what_and_where(text, code, line, column):
    with pytest.raises(svg.Rejected) as refusal:
        svg.sanitize(text)

    assert (refusal.value.code, refusal.value.line, refusal.value.column) == (code, line, column)


def test_rejected_never_quotes_the_drawing():
    with pytest.raises(svg.Rejected) as refusal:
        svg.sanitize("<svg><secret></svg>")

    assert str(refusal.value) == "An opening and a closing tag do not match (line 1, column 20)."


def test_notes_say_what_was_left_out():
    notes = svg.sanitize(f'{OPENING}<script/><g onload="a"/></svg>').notes

    assert notes == ("element script dropped", "attribute onload dropped")


def test_measure_counts():
    assert svg.measure(f"{ROOT}<g><path/></g></svg>") == svg.Measure(
        elements=3, bytes=107, view_box=(0.0, 0.0, 100.0, 100.0), sides=(100.0, 100.0)
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("é".encode(), "é"),
        ("é".encode("utf-16"), "é"),
        (b"\xfe\xff\x00a", "a"),
    ],
)
def test_decode_reads_utf8_and_marked_utf16(data, text):
    assert svg.decode(data) == text


@pytest.mark.parametrize("data", [b"\xff\xfea", b"\xe9", b"+ADw-\xff"])
def test_decode_refuses_other_bytes(data):
    with pytest.raises(svg.Rejected) as refusal:
        svg.decode(data)

    assert refusal.value.code == "bad_encoding"
