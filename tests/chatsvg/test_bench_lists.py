"""`manage.py bench lists`: what it judges. `.ci/run` runs it."""

from chatsvg.bench.lists import _too_slow


def test_page_that_grows_with_the_table_is_a_fault():
    assert _too_slow({"first": 1.49, "deep": 1.5}) == ["deep: 1.5 times as long in the large table"]
