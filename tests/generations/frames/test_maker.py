"""The thread that makes frames, with the signal that it sends."""

import os
import threading
import time
from uuid import uuid4

import psutil
import pytest

from generations import frames
from generations.frames import maker
from generations.frames.cut import MOST_CHARACTERS
from generations.frames.turns import EVERY_SECONDS
from generations.models import Job
from generations.signals import job_sketched
from tests.generations.svg import judge

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
RECT = '<rect width="9" height="9" onclick="alert(1)"/>'
SHORTLY = EVERY_SECONDS + 0.15


def job() -> Job:
    return Job(user_id=uuid4(), progress=30)


def text(elements: int) -> str:
    return OPEN + RECT * elements + '<rect width="9'


class Frames:
    """What was told, as (job, elements) in its order."""

    def __init__(self):
        self.told, self.svgs, self._more = [], [], threading.Condition()

    def take(self, sender, job_id, elements, svg, **kwargs):
        with self._more:
            self.told.append((job_id, elements))
            self.svgs.append(svg)
            self._more.notify_all()

    def wait(self, count: int, seconds: float = 3) -> bool:
        with self._more:
            return self._more.wait_for(lambda: len(self.told) >= count, seconds)


@pytest.fixture
def seen():
    frames_seen = Frames()
    job_sketched.connect(frames_seen.take)
    yield frames_seen
    job_sketched.disconnect(frames_seen.take)
    maker.stop()


def test_frame_of_the_newest_text_is_told_and_safe(seen):
    one = job()

    for elements in (1, 2, 3):
        frames.offer(one, text(elements))

    assert seen.wait(1)
    assert seen.told == [(one.pk, 3)]
    assert judge.faults(seen.svgs[0]) == []


def test_frame_that_shows_no_more_is_not_told(seen):
    one = job()
    frames.offer(one, text(2))
    assert seen.wait(1)

    frames.offer(one, text(2) + '" height="9" fill="')
    time.sleep(SHORTLY)
    frames.offer(one, text(3))

    assert seen.wait(2)
    assert seen.told == [(one.pk, 2), (one.pk, 3)]


def test_drawing_has_at_most_four_frames_a_second(seen):
    one, began = job(), time.monotonic()
    elements = 0

    while time.monotonic() - began < 0.9:
        elements += 1
        frames.offer(one, text(elements))
        time.sleep(0.02)

    assert 2 <= len(seen.told) <= 4


def test_drawing_that_is_over_is_told_no_more(seen):
    one, other = job(), job()
    frames.offer(one, text(1))
    frames.forget(one)
    frames.offer(one, text(2))  # said by a call that has yet to notice that it was stopped
    frames.offer(other, text(1))

    assert seen.wait(1)
    time.sleep(SHORTLY)
    assert seen.told == [(other.pk, 1)]


def test_frame_on_its_way_is_told_before_its_drawing_is_forgotten(seen):
    one, entered, told = job(), threading.Event(), []

    def slow(sender, **kwargs):
        entered.set()
        time.sleep(0.1)
        told.append(kwargs["job_id"])

    job_sketched.connect(slow)
    try:
        frames.offer(one, text(1))
        assert entered.wait(3)
        frames.forget(one)
        assert told == [one.pk]
    finally:
        job_sketched.disconnect(slow)


def test_model_that_begins_anew_is_shown_from_its_beginning(seen):
    one = job()
    frames.offer(one, text(5))
    assert seen.wait(1)

    frames.offer(one, text(2))

    assert seen.wait(2)
    assert seen.told == [(one.pk, 5), (one.pk, 2)]


def test_drawing_that_grows_too_large_has_no_more_frames(seen):
    one = job()
    frames.offer(one, text(1))
    frames.offer(one, text(1) + " " * MOST_CHARACTERS)

    assert not seen.wait(1, SHORTLY)


def test_receiver_that_fails_does_not_end_the_frames(seen):
    def broken(sender, **kwargs):
        raise RuntimeError("no terminal")

    job_sketched.connect(broken)
    one = job()
    try:
        frames.offer(one, text(1))
        assert seen.wait(1)
        frames.offer(one, text(2))
        assert seen.wait(2)
    finally:
        job_sketched.disconnect(broken)


def test_many_drawings_share_what_frames_may_take(seen):
    """Fifty drawings of 10 KB could keep several cores busy."""
    jobs, shapes = [job() for _ in range(50)], 200
    thread, rounds, before, began = None, 0, 0.0, time.monotonic()

    while time.monotonic() - began < 1.5:
        rounds += 1
        for one in jobs:
            frames.offer(one, text(shapes + rounds))
        if thread is None:
            thread, before = frames_thread(), cpu_of(frames_thread())
        time.sleep(0.1)

    share = (cpu_of(thread) - before) / (time.monotonic() - began)
    assert 0.02 < share < 1.3 * maker.CPU_SHARE
    times_shown = [sum(told == one.pk for told, _ in seen.told) for one in jobs]
    assert max(times_shown) - min(times_shown) <= 1


def frames_thread() -> int:
    return next(each.native_id for each in threading.enumerate() if each.name == "frames")


def cpu_of(thread: int) -> float:
    times = {each.id: each for each in psutil.Process().threads()}[thread]
    return times.user_time + times.system_time


def test_stopped_frames_end_their_thread_and_begin_anew(seen):
    frames.offer(job(), text(1))
    assert seen.wait(1)

    maker.stop()
    assert not [each for each in threading.enumerate() if each.name == "frames"]

    frames.offer(job(), text(1))
    assert seen.wait(2)


def test_forked_process_makes_its_own_frames(seen):
    frames.offer(job(), text(1))
    assert seen.wait(1)
    readable, writable = os.pipe()

    child = os.fork()
    if child == 0:
        try:
            seen.told.clear()
            frames.offer(job(), text(2))
            os.write(writable, b"frame" if seen.wait(1) else b"none!")
        finally:
            os._exit(0)

    os.waitpid(child, 0)
    assert os.read(readable, 5) == b"frame"
    for end in (readable, writable):
        os.close(end)
