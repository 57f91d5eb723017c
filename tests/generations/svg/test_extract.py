"""Drawings out of models' answers."""

import time
from base64 import b64encode
from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


OTHER = f'<svg {NS} viewBox="0 0 9 9"><circle r="2"/></svg>'
SHORT = '<svg viewBox="0 0 9 9"></svg>'
JSON = WHOLE.replace('"', '\\"')


@pytest.mark.parametrize(
    "answer",
    [
        f"```html\n<div>{SHORT}</div>\n```\nThat was how to use it:\n```svg\n{WHOLE}\n```",
        f"```css\nsvg {{ width: 9px }}\n```\n```xml\n{WHOLE}\n```",
        f"Draft:\n```svg\n{OTHER}\n```\nFinal:\n```svg\n{WHOLE}\n```",
        f"```svg\n{WHOLE}\n```\nIn React:\n```jsx\n{OTHER}\n```",
        f"```svg\n{WHOLE}\n```\nUse it as `{SHORT}`",
        f"~~~svg\n{WHOLE}\n~~~",
        f"Not ```<svg>``` but\n~~~~\n{WHOLE}\n~~~~",
        f"````xml\n{WHOLE}\n````",
        f"```svg {WHOLE}```",
        f"> ```svg\n> {WHOLE}\n> ```",
        f"```svg\n<svg {NS} viewBox='0 0 9 9'><rect width='9' height='9'/>\n```\nDone <b>!</b>",
    ],
)
def test_extract_takes_the_right_fence(answer):
    assert svg.sanitize(extract(answer)).svg == WHOLE


@pytest.mark.parametrize(
    "answer",
    [
        f"The <svg> element of a square: {WHOLE}",
        f'Its root is `<svg viewBox="0 0 24 24">`: {WHOLE}',
        f"<!-- an <svg> of a square -->{WHOLE}",
        f"<think>an <svg>, hm{WHOLE}",
        f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]>{WHOLE}',
        f'Sure! <?xml version="1.0"?>\n{WHOLE}',
        f"\ufeff{WHOLE}",
        f"<html><body><p>A square:</p>{WHOLE}</body></html>",
        f"[the drawing]({WHOLE})",
        f"![square](data:image/svg+xml;utf8,{WHOLE})",
        f"{WHOLE}\nThe </svg> tag ends it.",
    ],
)
def test_extract_leaves_prose_out(answer):
    assert extract(answer) == WHOLE


@pytest.mark.parametrize(
    "answer",
    [
        f'{{"svg": "{JSON}", "title": "a </svg>"}}',
        f'{{"svg": "{JSON}'.removesuffix("</svg>"),
        '{"svg": "' + JSON.replace("/", "\\/").replace("><", ">\\n<") + '"}',
        '{"svg": "' + WHOLE.replace('"', "'").replace("><", ">\\n<") + '"}',
        '{"svg": "' + JSON.replace("<", "\\u003c").replace(">", "\\u003e") + '"}',
        '"{\\"svg\\": \\"' + WHOLE.replace('"', '\\\\\\"') + '\\"}"',
        f'```json\n{{"svg": "{JSON}"}}\n```',
        f"I called draw({JSON})",
        WHOLE.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"),
        f"data:image/svg+xml,{quote(WHOLE)}",
        f"data:image/svg+xml;base64,{b64encode(WHOLE.encode()).decode()}",
        f"data:image/svg+xml;base64,{b64encode(WHOLE.encode()).decode()[:-7]}",
    ],
)
def test_extract_unwraps_what_came_escaped(answer):
    assert svg.sanitize(extract(answer)).svg == WHOLE


@pytest.mark.parametrize(
    "tail",
    [
        *(
            "<",
            "<re",
            "<rect",
            "<rect ",
            "<rect wid",
            '<rect width="',
            '<rect width="9',
            "<rect a='",
        ),
        *("</", "</sv", "</svg", "<!", "<!-", "<!--", "<!-- a", "<!-- a --", "<![CDA", "<?xm"),
        *("<style>", "<style>g{fil", "<style><![CDATA[", "<style><![CDATA[g{fill:red", "<title>a"),
    ],
)
def test_extract_keeps_what_came_before_a_cut(tail):
    stream = WHOLE.removesuffix("</svg>") + tail

    assert svg.sanitize(extract(stream)).svg.replace("<title>a</title>", "") == WHOLE


@pytest.mark.parametrize("tail", ["&", "&a", "&am", "&#", "&#x4", "&#12"])
def test_extract_drops_a_cut_reference(tail):
    stream = f'<svg {NS} viewBox="0 0 9 9"><text>a{tail}'

    assert svg.sanitize(extract(stream)).svg.endswith("<text>a</text></svg>")


def test_extract_of_every_beginning_is_a_drawing_or_none():
    drawing = (
        f'<svg {NS} viewBox="0 0 9 9"><style>.a{{fill:red}}</style><!-- b --><defs>'
        '<linearGradient id="g"><stop offset="0"/></linearGradient></defs><g class="a">'
        '<text x="1">a &amp; b<tspan>c</tspan></text><path d="M0 0L9 9"/></g></svg>'
    )
    root = drawing.index(">") + 1

    for cut in range(root, len(drawing)):
        assert svg.sanitize(extract(drawing[:cut])).svg.startswith(f"<svg {NS}")
    for cut in range(root):
        with pytest.raises(svg.Rejected, match="no SVG"):
            extract(drawing[:cut])


@pytest.mark.parametrize(
    ("attributes", "box"),
    [
        ('width="9" height="6"', "0 0 9 6"),
        ('width="9px" height="6px"', "0 0 9 6"),
        ('width=" 9 " height="6"', "0 0 9 6"),
        ('width="1in" height="72pt"', "0 0 96 96"),
        ('style="width: 9px; height:6px"', "0 0 9 6"),
        ('viewBox="0,0,9,6"', "0 0 9 6"),
        ('viewBox="0 0 9px 6px"', "0 0 9 6"),
        ('viewBox="9 6"', "0 0 9 6"),
        ('viewBox="" width="9" height="6"', "0 0 9 6"),
        ('viewBox="0 0 0 0" width="9" height="6"', "0 0 9 6"),
        ('VIEWBOX="0 0 9 6"', "0 0 9 6"),
        ("viewBox=“0 0 9 6”", "0 0 9 6"),
        ('xmlns="http://www.w3.org/2000/SVG" viewBox="0 0 9 6"', "0 0 9 6"),
        ('xmlns="https://www.w3.org/2000/svg/" viewBox="0 0 9 6"', "0 0 9 6"),
        ('viewBox="0 0 9 6" viewBox="0 0 1 1"', "0 0 9 6"),
    ],
)
def test_extract_finds_the_size(attributes, box):
    assert svg.measure(svg.sanitize(extract(f"<svg {attributes}></svg>")).svg).view_box == tuple(
        float(number) for number in box.split()
    )


@pytest.mark.parametrize("attributes", ["", 'width="9"', 'width="100%" height="100%"'])
def test_extract_guesses_no_size(attributes):
    with pytest.raises(svg.Rejected) as refusal:
        svg.sanitize(extract(f"<svg {NS} {attributes}><rect/></svg>"))

    assert refusal.value.code == "no_view_box"


@pytest.mark.parametrize(
    ("inside", "drawn"),
    [
        ("<g><text>a</g></text><g/>", "<g><text>a</text></g><g/>"),
        ('<path d="M0 0"/></path><g/>', '<path d="M0 0"/><g/>'),
        ('<path d="M0 0"/ ><g/>', '<path d="M0 0"/><g/>'),
        ("<rect></RECT><G/>", "<rect/><g/>"),
        ("<text>a<br>b</text>", "<text>ab</text>"),
        ("<text>a < b, 3<4 <3</text>", "<text>a &lt; b, 3&lt;4 &lt;3</text>"),
        ("<text>Tom & Jerry &hellip; &foo;</text>", "<text>Tom &amp; Jerry … &amp;foo;</text>"),
        ('<text aria-label="a&nbsp;&copy;&b">c</text>', '<text aria-label="a ©&amp;b">c</text>'),
        ('<rect width="9 height="9"/><g/>', '<rect width="9" height="9"/><g/>'),
        ("<rect width=9 fill=#f00/><g/>", '<rect width="9" fill="#f00"/><g/>'),
        ('<rect width="9"height="9"/>', '<rect width="9" height="9"/>'),
        ('<rect strokeWidth={2} className="a"/>', '<rect stroke-width="2"/>'),
        (
            '<clippath id="a"><rect/></clippath><g CLIP-PATH="url(#a)"/>',
            '<clipPath id="cs_a"><rect/></clipPath><g clip-path="url(#cs_a)"/>',
        ),
        (
            '<radialGradient id="a"><stop offset="0"><stop offset="1"></radialGradient><g/>',
            '<radialGradient id="cs_a"><stop offset="0"/><stop offset="1"/></radialGradient><g/>',
        ),
        (
            '<filter id="a"><feOffset dx="1"><feMerge><feMergeNode in="a"></feMerge></filter>',
            '<filter id="cs_a"><feOffset dx="1"/><feMerge><feMergeNode in="a"/></feMerge></filter>',
        ),
        (
            '<rect><animate attributeName="x" to="1" dur="1s"><rect/>',
            '<rect><animate attributeName="x" to="1" dur="1s"/></rect><rect/>',
        ),
        ('<g inkscape:label="a" a:b:c="" xmlns:xml="x"/><c:d:e/>', "<g/>"),
    ],
)
def test_extract_mends_tags(inside, drawn):
    drawing = svg.sanitize(extract(f'<svg viewBox="0 0 9 9">{inside}</svg>')).svg

    assert drawing.partition(">")[2].removesuffix("</svg>") == drawn


def test_extract_spells_names_in_well_formed_drawings_too():
    drawing = f'<svg {NS} viewBox="0 0 9 9"><lineargradient id="a"/><rect strokewidth="2"/></svg>'

    drawn = svg.sanitize(extract(drawing)).svg

    assert '<linearGradient id="cs_a"/>' in drawn
    assert '<rect stroke-width="2"/>' in drawn


@pytest.mark.parametrize(
    "inside",
    [
        "<title>a\n```\nb</title>",
        '<title>&lt;/svg&gt; =\\"&lt;think&gt;</title>',
        "<desc>`</desc>",
        '<text aria-label="&lt;svg&gt;">a\\nb &amp;amp;</text>',
    ],
)
def test_extract_gives_a_sanitized_drawing_back(inside):
    drawing = svg.sanitize(WHOLE.replace("<rect", f"{inside}<rect")).svg

    assert extract(drawing) == drawing
    assert extract(f"{drawing}\n") == drawing


MARKUP = st.sampled_from(
    [
        *("<svg ", "<svg>", f"<svg {NS}", ' viewBox="0 0 9 9"', ">", "/>", "</svg>", "<g", "</g>"),
        *('<rect width="9"', "<use xlink:href='#a'", "<text>", "</text>", "<style>", "</style>"),
        *(
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?xml",
            "<!DOCTYPE svg [",
            "]>",
            '"',
            "'",
            "“",
            "{",
            "}",
        ),
        *(
            "&nbsp;",
            "&#",
            "&#x",
            "9" * 5000,
            ";",
            "&",
            "```",
            "\n```svg\n",
            "~~~",
            "`",
            "\\",
            "\\u003csvg",
        ),
        *(
            '{"svg": "',
            '=\\"',
            "<think>",
            "</think>",
            "%3Csvg",
            "&lt;svg",
            "data:image/svg+xml;base64,",
        ),
        *(
            "\ud800",
            "\0",
            "\ufeff",
            "a:b:c",
            "xmlns:a=",
            "<br>",
            "<svg:svg",
            "</svg:svg>",
            " ",
            "\n",
        ),
    ]
)


@given(st.lists(MARKUP | st.text(max_size=5), max_size=40).map("".join))
@settings(max_examples=200, deadline=2000, suppress_health_check=list(HealthCheck))
def test_extract_gives_text_or_refuses(answer):
    try:
        drawing = extract(answer)
    except svg.Rejected:
        return

    with suppress(svg.Rejected):
        safe = svg.sanitize(drawing).svg
        assert extract(safe) == safe


@pytest.mark.parametrize("digits", ["#" + "9" * 5000, "#x" + "f" * 5000, "#" + "0" * 9000 + "65"])
def test_extract_survives_numbers_that_are_no_characters(digits):
    drawing = svg.sanitize(extract(f"<svg viewBox='0 0 9 9'><text>a&{digits};b</text>")).svg

    assert drawing.endswith(("<text>a\ufffdb</text></svg>", "<text>aAb</text></svg>"))


PIECES = [
    *("<think>", "<svg ", "<svg>", "<svg a=", "<svg viewBox='", "</svg>", "<svg/>", "<a '", '<a "'),
    *(
        "<g>",
        "</g>",
        "<g ",
        "<g/>",
        "<path>",
        "<animate>",
        "<!--",
        "<![CDATA[",
        "<!",
        "<?",
        "<",
        ">",
    ),
    *("&amp", "&#", "&#9", "&", "```", "\n```", "\n```svg\n", "\n~~~", "`", "\\", '\\"', "\\u003c"),
    *(
        '=\\"',
        '"',
        "'",
        "“",
        "a='",
        'a="',
        "a=“",
        "a={",
        "{",
        " ",
        "\n",
        "\n> ",
        "a:",
        "viewBox=",
        "=",
    ),
    *(
        "%3Csvg",
        "&lt;svg",
        "data:image/svg+xml;base64,",
        "0",
        "9 ",
        "\ud800",
        "\0",
        '{"',
        "width:9px;",
    ),
    *(
        "{/*",
        "<!-- -",
        "<!-- ->",
        "=> ",
        "{{",
        "{a}",
        "a=b ",
        " x=",
        "</g/>",
        "<style>",
        "<script>",
    ),
    *("&lt;g", "&amp;lt;", "\\<", "\n1 | ", "\n+", "\n- ", '"\n"', "\\\n", "PHN2Z", "PHN2Zw ", "…"),
    *("</think>", "[think]", "<|channel|>a", "<!ENTITY a 'b'>", "\x1b[", "\u200b", " d='…"),
    *(" id=a", " id='a'", "<g id='a'/><use href='#a'/>", "<g fill='url(#a'", "<rect x='1+1'/>"),
    *("<defs><style>", "＜svg", "\\'", "<g d='M0 0L", "<g style='a:b;'/>", "< g>", "\t\t<"),
    *("<g transform='rotate(1deg)'/>", "<!ENTITY a", "data:image/svg+xml,", "<path d='M0 0 1'/>"),
]
OPENINGS = ["", "<svg viewBox='0 0 1 1'>", "<svg viewBox='0 0 1 1'><g a='"]


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("piece", PIECES)
def test_extract_takes_linear_time(opening, piece):
    answer = opening + piece * (50_000 // len(piece))
    start = time.process_time()

    with suppress(svg.Rejected):
        extract(answer)

    assert time.process_time() - start < 3  # what is not linear takes minutes
