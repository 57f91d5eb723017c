"""Threads of an event loop, with real ones."""

import asyncio
import gc
import threading
import weakref

import pytest

from chatsvg.hands import Hands


def at_once(count, work, *, most=4):
    """What `work(n)` gives for each n, all handed over at once; faults as they are."""

    async def hand_over():
        hands = Hands(most, name="of-test")
        taken = [hands.take(work, number) for number in range(count)]
        return await asyncio.gather(*taken, return_exceptions=True)

    return asyncio.run(hand_over())


def test_each_gets_its_own_result_in_whatever_order_they_end():
    assert at_once(200, lambda number: number * number) == [n * n for n in range(200)]


def test_so_many_threads_work_and_no_more():
    together = threading.Barrier(4)  # opens for four that are inside at once
    seen = set()

    def meet(number):
        together.wait(10)
        seen.add(threading.current_thread().name)
        return number

    assert at_once(8, meet) == list(range(8))
    assert seen == {f"of-test-{number}" for number in range(1, 5)}


def test_one_thread_does_all_that_comes_one_after_the_other():
    async def in_turn():
        hands = Hands(4, name="of-test")
        return {await hands.take(threading.get_ident) for _ in range(20)}

    assert len(asyncio.run(in_turn())) == 1


def test_fault_is_raised_where_it_is_waited_for_and_the_thread_goes_on():
    def divide(number):
        return 1 // number

    found = at_once(3, divide, most=1)

    assert isinstance(found[0], ZeroDivisionError)
    assert found[1:] == [1, 0]


def test_who_is_canceled_leaves_the_thread_to_the_next():
    async def leave():
        hands = Hands(1, name="of-test")
        may_go = threading.Event()
        first = hands.take(may_go.wait, 10)
        second = hands.take(lambda: "second")
        first.cancel()
        may_go.set()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await second

    assert asyncio.run(leave()) == "second"


def test_nothing_is_kept_of_what_is_done():
    class Kept:
        pass

    async def hold():
        hands = Hands(1, name="of-test")
        kept = Kept()
        trace = weakref.ref(kept)
        assert await hands.take(lambda one: isinstance(one, Kept), kept)
        del kept
        gc.collect()
        return trace()

    assert asyncio.run(hold()) is None
