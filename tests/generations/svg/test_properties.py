"""Whatever comes in: a drawing that the judge acquits and that stays as it is, or Rejected."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generations import svg
from generations.svg import tables
from generations.svg.extract import extract
from tests.generations.svg import corpus
from tests.generations.svg.promise import kept

QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)

NAMES = [*sorted(tables.ELEMENTS), "script", "style", "a", "foreignObject", "feImage", "x:y"]
ATTRIBUTES = [*sorted(tables.ATTRIBUTES), "onload", "style", "class", "xlink:href", "x:q"]
VALUES = [
    *("0 10 100% 1e3 -5 .5 1,2 red #fff none auto url(#a) url('#b') #a #cs_a %61 #%61 NaN".split()),
    "url(http://evil.test/)",
    "javascript:alert(1)",
    "fill:red;stroke:url(#a)",
    "filter:blur(2px);font:12px 'x'",
    "M0 0L9 9",
    "rotate(9) scale(2)",
    "a.end+1s; 2s",
    "fill",
    "href",
    "data:image/png;base64,AAAA",
    "0 0 9 9",
    "calc(1px + 2%)",
    "u\\72l(//x)",
    "{{}}",
    "var(--a, red)",
    "--a:url(#a);fill:var(--a)",
    "color-mix(in srgb, red 5%, rgb(0 0 0))",
    "path('M0 0h9')",
    "a b",
    "",
]

attributes = st.dictionaries(
    st.sampled_from(ATTRIBUTES),
    st.one_of(st.sampled_from(VALUES), st.text(max_size=12)),
    max_size=6,
)
texts = st.text(max_size=10)
trees = st.recursive(
    st.tuples(st.sampled_from(NAMES), attributes, st.just([]), texts),
    lambda inner: st.tuples(st.sampled_from(NAMES), attributes, st.lists(inner, max_size=4), texts),
    max_leaves=25,
)


def written(tree) -> str:
    name, values, children, text = tree
    pairs = "".join(f' {key}="{escaped(value)}"' for key, value in values.items())
    inside = "".join(written(child) for child in children)
    return f"<{name}{pairs}>{escaped(text)}{inside}</{name}>{escaped(text)}"


def escaped(text: str) -> str:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return text


@QUICK
@given(st.lists(trees, max_size=6))
def test_sanitize_keeps_its_promise_for_trees(found):
    inside = "".join(map(written, found))

    kept(corpus.OPENING.replace(">", ' xmlns:x="urn:x">') + inside + "</svg>")


@QUICK
@given(st.text(max_size=200))
def test_sanitize_keeps_its_promise_for_text(text):
    kept(text)
    kept(f"{corpus.OPENING}<text>{text}</text></svg>")
    kept(f'{corpus.OPENING}<style>{escaped(text)}</style><g style="{escaped(text)}"/></svg>')


@QUICK
@given(st.sampled_from(sorted(tables.ATTRIBUTES)), st.text(max_size=40))
def test_sanitize_keeps_its_promise_for_values(name, value):
    kept(
        f'{corpus.OPENING}<rect id="a" {name}="{escaped(value)}" style="{escaped(value)}"/></svg>'
        if name != "id"
        else f'{corpus.OPENING}<rect id="{escaped(value)}"/></svg>'
    )


sheets = st.lists(
    st.sampled_from(
        """rect g * .a #a [b] [b='c'] :root :not( :is( :nth-child(2n+1) :hover ) , > + ~ { } ; :
        fill stroke --a d r background filter red url(#a) var(--a) var(--a,red) 5px path('M0')
        @media screen !important /* */ ' \\ <!--""".split()
    ),
    max_size=40,
)


@QUICK
@given(sheets, sheets)
def test_sanitize_keeps_its_promise_for_style_sheets(sheet, style):
    kept(
        f'{corpus.OPENING}<style>{escaped(" ".join(sheet))}</style><g class="a" b="c">'
        f'<rect id="a" style="{escaped(" ".join(style))}"/><rect fill="var(--a)"/></g></svg>'
    )


@QUICK
@given(st.text(alphabet="<>/=\"'&;! svgrectax:#-[]", max_size=80))
def test_extract_gives_text_or_refuses(text):
    for answer in (text, f"<svg {text}", f"<svg viewBox='0 0 1 1'>{text}"):
        try:
            kept(extract(answer))
        except svg.Rejected as refusal:
            assert refusal.code in ("no_svg", "too_large")


@pytest.mark.parametrize("text", [None, 5, b"<svg/>", ["<svg/>"]], ids=repr)
def test_sanitize_refuses_what_is_not_text(text):
    with pytest.raises(svg.Rejected) as refusal:
        svg.sanitize(text)

    assert refusal.value.code == "not_text"
