import asyncio
import os
import threading

import pytest

from chatsvg import background


async def echo(value):
    await asyncio.sleep(0)
    return value, threading.current_thread().name


def test_run_gives_the_result_from_one_thread():
    results = {background.run(echo(number), 5) for number in range(3)}

    assert results == {(number, "background-loop") for number in range(3)}


def test_run_cancels_after_its_timeout():
    ended = threading.Event()

    async def wait():
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    with pytest.raises(TimeoutError):
        background.run(wait(), 0.05)

    assert ended.wait(20)


def test_canceled_future_cancels_the_coroutine():
    began, ended = threading.Event(), threading.Event()

    async def wait():
        began.set()
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    future = background.submit(wait())
    assert began.wait(20)
    future.cancel()

    assert ended.wait(20)


def test_forked_child_has_a_loop_of_its_own():
    background.run(echo(1), 5)
    reading, writing = os.pipe()

    child = os.fork()
    if child == 0:
        answer = background.run(echo(2), 5)
        os.write(writing, repr(answer).encode())
        os._exit(0)
    os.close(writing)

    with os.fdopen(reading, "rb") as answers:
        assert answers.read() == b"(2, 'background-loop')"
    os.waitpid(child, 0)


def test_stop_cancels_closes_and_the_next_use_starts_anew():
    closed = threading.Event()

    async def close():
        closed.set()

    background.at_stop(close)
    future = background.submit(asyncio.sleep(30))
    background.stop()
    background._closers.remove(close)

    assert closed.is_set() and future.cancelled()
    assert background.run(echo(3), 5) == (3, "background-loop")
