"""The corpus against the structural judge: refused, or inert."""

from collections import Counter

import pytest

from generations import svg
from generations.svg.extract import extract
from tests.generations.svg import corpus, judge

PAYLOADS = corpus.payloads()


def outcomes(text: str) -> list[str]:
    """What the sanitizer lets out of `text`, given as it is and as a model's answer."""
    found = []
    for prepare in (str, extract):
        try:
            found.append(svg.sanitize(prepare(text)).svg)
        except svg.Rejected as refusal:
            assert refusal.code != "internal", repr(refusal.__cause__)
    return found


@pytest.mark.parametrize("payload", PAYLOADS, ids=str)
def test_sanitize_leaves_nothing_live(payload):
    for drawing in outcomes(payload.text):
        assert judge.faults(drawing) == []
        assert (
            "alert(1)" not in drawing.replace("&lt;", "")
            or "<text" in drawing
            or ("<title" in drawing or "<desc" in drawing or "aria-label" in drawing)
        )


@pytest.mark.parametrize("payload", PAYLOADS, ids=str)
def test_sanitize_is_idempotent(payload):
    for drawing in outcomes(payload.text):
        assert svg.sanitize(drawing).svg == drawing


def test_corpus_has_at_least_ten_techniques_a_class():
    counts = Counter(payload.kind for payload in PAYLOADS)

    assert sum(counts.values()) >= 300
    assert {kind: count for kind, count in counts.items() if count < 10} == {}
    assert len({payload.text for payload in PAYLOADS}) == len(PAYLOADS)


def test_judge_finds_the_corpus_guilty():
    """A judge that acquits raw attacks would prove nothing; a few are words or costs alone."""
    acquitted = [str(one) for one in PAYLOADS if not _is_guilty(one.text)]

    assert len(acquitted) < len(PAYLOADS) // 12, acquitted


def _is_guilty(text: str) -> bool:
    try:
        return bool(judge.faults(text))
    except UnicodeEncodeError:
        return True
