"""Malformed answers end as the drawing that was meant, nearly all of them without a repair.

`python -m tests.generations.answers` prints the table behind these shares. What a repair is, and
when two pictures are alike, is said in `measure`.
"""

from collections import Counter
from contextlib import suppress

import pytest

from generations import svg
from generations.inspection import inspect
from generations.svg.extract import extract
from tests.generations.answers.cases import DRAWINGS, cases, hopeless
from tests.generations.answers.filters import FILTERS
from tests.generations.answers.measure import (
    REPAIRS,
    STYLE,
    alike,
    hidden,
    measure,
    repaired,
    table,
)

# Where something of the drawing is really missing in the answer only the model can give it.
LOSSY = {"cut", "elided"}


@pytest.fixture(scope="module")
def outcomes():
    return [measure(case) for case in cases()]


def share(outcomes, repairs):
    good = [one for one in outcomes if one.repairs is not None and one.repairs <= repairs]
    return len(good) / len(outcomes)


def test_corpus_is_as_large_as_it_says():
    counts = Counter(case.kind for case in cases())

    assert len(DRAWINGS) >= 30
    assert len(counts) >= 20
    assert min(counts.values()) >= 15
    assert len({case.answer for case in cases()}) == counts.total() >= 300


def test_answers_end_as_the_drawing_that_was_meant(outcomes):
    assert share(outcomes, REPAIRS) >= 0.99, table(outcomes)


def test_most_answers_need_no_repair(outcomes):
    whole = [one for one in outcomes if one.case.kind not in LOSSY]

    assert share(outcomes, 0) >= 0.93, table(outcomes)
    assert share(whole, 0) >= 0.95, table(outcomes)
    for kind in {one.case.kind for one in whole}:
        assert share([one for one in whole if one.case.kind == kind], 0) >= 0.8, kind


def test_what_is_wrong_is_noticed(outcomes):
    """A draft that is taken as it is is the drawing: the others are given back to the model."""
    unnoticed = [str(one.case) for one in outcomes if one.repairs is None and not one.is_noticed]

    assert unnoticed == []


def test_repairs_are_clean(outcomes):
    for case in {one.case.meant: one.case for one in outcomes}.values():
        assert inspect(repaired(case), STYLE).faults == (), case


def test_mending_what_is_mended_changes_nothing():
    for case in cases():
        with suppress(svg.Rejected):
            safe = svg.sanitize(extract(case.answer)).svg
            assert extract(safe) == safe, case


FRAMES = {
    "json": '{{"svg": "{}"}}',
    "base64": "data:image/svg+xml;base64,{}",
    "percent": "data:image/svg+xml,{}",
}


def framed(name, text):
    return FRAMES.get(name.partition("_")[0], "{}").format(text)


@pytest.mark.parametrize("name", sorted(set(FILTERS) - {"base64_bare", "prefix_s", "prefix_ns0"}))
def test_filters_are_undone_for_any_drawing(name):
    """Drawings that no case of the corpus puts through this filter come out of it as well."""
    first = sum(map(ord, name)) % 5

    for drawing in list(DRAWINGS.values())[first::5]:
        inspection = inspect(framed(name, FILTERS[name](drawing)), STYLE)

        assert inspection.is_usable, drawing
        assert alike(inspection.drawing.svg, drawing), drawing


@pytest.mark.parametrize("answer", hopeless())
def test_hopeless_answers_are_no_drawing(answer):
    inspection = inspect(answer, STYLE)

    assert not inspection.is_usable
    assert inspection.faults


@pytest.mark.parametrize("name", DRAWINGS)
def test_pictures_differ_that_are_not_alike(name):
    """The threshold tells drawings apart, also from themselves without their largest shape."""
    drawing = DRAWINGS[name]
    others = [other for other in DRAWINGS.values() if other != drawing]

    assert alike(drawing, drawing)
    assert not any(alike(drawing, other) for other in others)
    assert not alike(drawing, hidden(drawing))
