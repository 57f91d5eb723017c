"""Thousands of mutants: each is refused, or drawn inert and stable; malformed ones also mended.

TEST_MUTANTS=100000 runs the long version; TEST_FIRST_MUTANT begins at another number.
"""

import os
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from generations import svg
from generations.svg.extract import extract
from tests.generations.svg import chromium, mutate, promise

MUTANTS = int(os.environ.get("TEST_MUTANTS", "2000"))
FIRST = int(os.environ.get("TEST_FIRST_MUTANT", "0"))
IN_BROWSER = min(300, MUTANTS // 20)
BATCH = 64
LONGEST_SECONDS = 5  # far above what one takes on a busy machine


@dataclass
class Tally:
    """What became of the mutants."""

    accepted: set[str] = field(default_factory=set)
    refused: Counter = field(default_factory=Counter)
    failed: dict[int, str] = field(default_factory=dict)
    slowest: tuple[float, int] = (0, 0)  # seconds, number
    drawn: int = 0
    mended: int = 0  # malformed, and so given to `extract` as well

    def take(self, number: int) -> None:
        text = mutate.mutant(number)
        started = time.perf_counter()
        try:
            drawing, code = promise.kept(text)
            if code == "malformed":
                self.mended += 1
                drawing, code = promise.kept(extract(text))
        except svg.Rejected as refusal:  # by extract
            drawing, code = "", refusal.code
        except Exception as error:
            self.failed[number] = f"{type(error).__name__}: {error}"[:300]
            return
        self.slowest = max(self.slowest, (time.perf_counter() - started, number))
        if code:
            self.refused[code] += 1
        else:
            self.drawn += 1
            self.accepted.add(drawing)

    def __str__(self) -> str:
        seconds, number = self.slowest
        return (
            f"{MUTANTS} mutants from {FIRST}, {self.mended} mended: {self.drawn} accepted"
            f" ({len(self.accepted)} distinct), {self.refused.total()} refused"
            f" ({', '.join(f'{code} {count}' for code, count in self.refused.most_common())}),"
            f" {len(self.failed)} failed {list(self.failed)[:20]};"
            f" slowest {seconds * 1000:.0f} ms (mutant {number}, sanitized twice and judged)"
        )


@pytest.fixture(scope="module")
def tally() -> Tally:
    found = Tally()
    for number in range(FIRST, FIRST + MUTANTS):
        found.take(number)
    print(found)
    return found


def test_mutants_are_refused_or_inert(tally):
    assert tally.failed == {}, str(tally)


def test_mutants_reach_far(tally):
    """Or the fuzzing would only see its own broken markup refused."""
    assert tally.drawn > MUTANTS // 4
    assert len(tally.refused) >= 8
    assert tally.slowest[0] < LONGEST_SECONDS


def test_mutants_stay_the_same():
    assert mutate.mutant(7) == mutate.mutant(7)
    assert len({mutate.mutant(number) for number in range(200)}) > 190


@pytest.mark.slow
@pytest.mark.skipif(MUTANTS < 10_000, reason="of the long version: TEST_MUTANTS=100000")
def test_strangest_mutants_do_nothing_in_a_browser(tally):
    strangest = mutate.most_exotic(tally.accepted, IN_BROWSER)
    assert len(strangest) == IN_BROWSER

    with chromium.opened() as window:
        for start in range(0, IN_BROWSER, BATCH):
            drawings = strangest[start : start + BATCH]
            happened = chromium.happenings(window, drawings)
            assert happened == {"opened": [], "image": [], "inlined": []}, drawings


def test_mutants_are_refused_with_public_codes(tally):
    assert set(tally.refused) <= set(svg.errors.SENTENCES)
