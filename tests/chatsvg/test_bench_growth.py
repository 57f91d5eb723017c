"""How the growth of lists is judged."""

from chatsvg.bench import growth


def costs(small, large):
    here = 20.0
    before, after = ({"here": here, "database": one} for one in (small, large))
    return {"a list": growth._told(before, after)}


def test_same_cost_is_no_fault():
    assert growth.faults(costs(2.0, 2.2)) == []


def test_growth_of_the_database_counts_however_much_the_page_costs():
    [fault] = growth.faults(costs(1.0, 5.0))

    assert fault == "a list: 5.0 ms in place of 1.0 (database)"


def test_what_is_next_to_nothing_may_be_noise():
    assert growth.faults(costs(0.1, 0.9)) == []


def test_growth_of_all_counts_too():
    assert len(growth.faults(costs(1.0, 40.0))) == 2
