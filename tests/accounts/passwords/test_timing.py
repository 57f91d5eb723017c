"""Whether the time of an answer tells who has an account."""

import os
import random
import time
from math import sqrt
from statistics import median

import pytest

from tests import factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ROUNDS = int(os.environ.get("CHATSVG_TIMING_ROUNDS", "60"))  # of each kind; 300 in the long version
WRONG = "not the password"


def measured(ask, kinds: dict[str, str]) -> dict[str, list[float]]:
    """Milliseconds of CPU and waiting that `ask` takes for each kind of address."""
    order = [kind for kind in kinds for _ in range(ROUNDS)]
    random.Random(1).shuffle(order)
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for kind in kinds:
        ask(kinds[kind])  # what is made once
    for kind in order:
        begun = time.perf_counter()
        ask(kinds[kind])
        times[kind].append((time.perf_counter() - begun) * 1000)
    return times


def standard_score(one: list[float], other: list[float]) -> float:
    """Mann and Whitney: how far the ranks of two samples are from those of equals, in sigmas."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_, sample) in enumerate(ranked, 1) if sample == 0)
    n, m = len(one), len(other)
    expected = n * (n + m + 1) / 2
    return (ranks - expected) / sqrt(n * m * (n + m + 1) / 12)


def compare(report, times: dict[str, list[float]]) -> None:
    """Report the figures; fail where a person could tell, not where a machine was busy."""
    (base, first), *others = times.items()
    for kind, values in others:
        ratio = median(values) / median(first)
        report(
            f"{kind} {median(values):.2f} ms, {base} {median(first):.2f} ms (medians, n={ROUNDS}),"
            f" ratio {ratio:.3f}, Mann-Whitney z {standard_score(values, first):+.2f}"
        )
        assert 0.8 < ratio < 1.25


def test_sign_in_takes_as_long_for_unknown_addresses(api, person, report):
    without = factories.person()
    without.set_unusable_password()
    without.save()
    api.csrf()

    def ask(email):
        reply = api.post("/auth/login", {"email": email, "password": WRONG})
        assert reply.status_code == 401

    kinds = {
        "wrong password": person.email,
        "unknown": "nobody-of-that-name@example.com",
        "no password": without.email,
    }
    compare(report, measured(ask, kinds))


def test_forgot_takes_as_long_for_unknown_addresses(api, person, report):
    api.csrf()

    def ask(email):
        assert api.post("/auth/forgot-password", {"email": email}).status_code == 200

    kinds = {"known": person.email, "unknown": "nobody-of-that-name@example.com"}
    compare(report, measured(ask, kinds))
