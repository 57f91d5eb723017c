"""`manage.py bench signin`: its statistic. `.ci/run` runs it."""

from chatsvg.bench.signin import compare, standard_score

LATENCY = {"n", "p50_ms", "p90_ms", "p99_ms", "max_ms"}
COMPARED = LATENCY | {"median_ratio", "mann_whitney_z"}


def test_score_of_equals_is_small_and_of_slower_ones_large():
    times = [number / 1000 for number in range(300)]
    evens, odds = times[::2], times[1::2]

    assert abs(standard_score(evens, odds)) < 0.2
    assert standard_score([one + 1 for one in odds], evens) > 10
    assert standard_score(odds, [one + 1 for one in evens]) < -10
    assert standard_score([], evens) is None


def test_compare_tells_how_the_others_differ_from_the_first():
    told = compare({"known": [0.001] * 10, "unknown": [0.002] * 10, "away": []})

    assert told["known"].keys() == LATENCY
    assert told["unknown"]["median_ratio"] == 2.0
    assert told["unknown"]["mann_whitney_z"] > 3
    assert told["away"]["median_ratio"] is None
