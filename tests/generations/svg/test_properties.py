"""Whatever comes in: a drawing that the judge acquits and that stays as it is, or Rejected."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generations import svg
from generations.svg import tables
from generations.svg.extract import extract
from tests.generations.svg import corpus, judge

QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
MUTANTS = 2_000

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


def check(text: str) -> bool:
    """Hold the promise for one text; says whether it was drawn."""
    try:
        drawing = svg.sanitize(text).svg
    except svg.Rejected as refusal:
        assert refusal.code not in ("internal", "unproven"), (refusal.code, text)
        return False
    assert judge.faults(drawing) == [], text
    assert svg.sanitize(drawing).svg == drawing, text
    return True


@QUICK
@given(st.lists(trees, max_size=6))
def test_sanitize_keeps_its_promise_for_trees(found):
    inside = "".join(map(written, found))

    check(corpus.OPENING.replace(">", ' xmlns:x="urn:x">') + inside + "</svg>")


@QUICK
@given(st.text(max_size=200))
def test_sanitize_keeps_its_promise_for_text(text):
    check(text)
    check(f"{corpus.OPENING}<text>{text}</text></svg>")
    check(f'{corpus.OPENING}<style>{escaped(text)}</style><g style="{escaped(text)}"/></svg>')


@QUICK
@given(st.sampled_from(sorted(tables.ATTRIBUTES)), st.text(max_size=40))
def test_sanitize_keeps_its_promise_for_values(name, value):
    check(
        f'{corpus.OPENING}<rect id="a" {name}="{escaped(value)}" style="{escaped(value)}"/></svg>'
        if name != "id"
        else f'{corpus.OPENING}<rect id="{escaped(value)}"/></svg>'
    )


@QUICK
@given(st.text(alphabet="<>/=\"'&;! svgrectax:#-[]", max_size=80))
def test_extract_gives_text_or_refuses(text):
    for answer in (text, f"<svg {text}", f"<svg viewBox='0 0 1 1'>{text}"):
        try:
            check(extract(answer))
        except svg.Rejected as refusal:
            assert refusal.code in ("no_svg", "too_large")


def test_mutants_of_the_corpus_keep_the_promise():
    chance = random.Random(20)
    payloads = [payload.text for payload in corpus.payloads()]
    drawn = 0

    for _ in range(MUTANTS):
        drawn += check(mutated(chance, payloads))

    assert drawn > MUTANTS // 20


def mutated(chance: random.Random, payloads: list[str]) -> str:
    """A payload with one to three places cut out, doubled, or filled from another payload."""
    text = chance.choice(payloads)
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randint(0, 12))
        other = chance.choice(payloads)
        at = chance.randrange(len(other))
        piece = chance.choice(
            ["", text[start:end] * 2, other[at : at + chance.randint(1, 40)], chance.choice(VALUES)]
        )
        text = text[:start] + piece + text[end:]
    return text


@pytest.mark.parametrize("text", [None, 5, b"<svg/>", ["<svg/>"]], ids=repr)
def test_sanitize_refuses_what_is_not_text(text):
    with pytest.raises(svg.Rejected) as refusal:
        svg.sanitize(text)

    assert refusal.value.code == "not_text"
