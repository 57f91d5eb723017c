"""chatsvg.turns: few threads compute at a time, nobody is kept waiting by one that stands still."""

import threading
import time

import pytest

from chatsvg.turns import Turns

LONG = 30  # seconds that nothing here takes


class Crowd:
    """Threads that each take a turn and say so, and what they have said."""

    def __init__(self, turns: Turns):
        self.turns, self.said = turns, []
        self.most = self.inside = 0
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def send(self, name, *, then=lambda: None, again=None) -> threading.Thread:
        thread = threading.Thread(target=self._run, args=(name, then, again), daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _run(self, name, then, again) -> None:
        with self.turns.taken():
            self._begin(name)
            then()
            if again:
                self._end()
                with self.turns.apart():
                    again()
                self._begin(f"{name} again")
            self._end()

    def _begin(self, name) -> None:
        with self._lock:
            self.said.append(name)
            self.inside += 1
            self.most = max(self.most, self.inside)

    def _end(self) -> None:
        with self._lock:
            self.inside -= 1

    def has_said(self, *names) -> bool:
        until = time.monotonic() + 10
        while self.said != list(names) and time.monotonic() < until:
            time.sleep(0.005)
        return self.said == list(names)

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()


def waiting(crowd: Crowd, count: int) -> bool:
    """Whether so many come to wait for their turn."""
    until = time.monotonic() + 10
    while len(crowd.turns._new) + len(crowd.turns._back) < count and time.monotonic() < until:
        time.sleep(0.005)
    return len(crowd.turns._new) + len(crowd.turns._back) == count


@pytest.fixture
def crowd():
    return Crowd(Turns(1, seconds=LONG))


def test_no_more_compute_than_may():
    crowd = Crowd(Turns(3, seconds=LONG))
    for number in range(40):
        crowd.send(number, then=lambda: time.sleep(0.005), again=lambda: time.sleep(0.005))
    crowd.wait()

    assert crowd.most == 3
    assert len(crowd.said) == 80


def test_first_come_first_served_but_what_is_begun_goes_first(crowd):
    told, back = threading.Event(), threading.Event()
    crowd.send("first", again=back.wait)
    assert crowd.has_said("first")
    crowd.send("second", then=told.wait)
    assert crowd.has_said("first", "second")
    for name in ("third", "fourth"):
        crowd.send(name)
        assert waiting(crowd, 1 if name == "third" else 2)
    back.set()
    assert waiting(crowd, 3)
    told.set()
    crowd.wait()

    assert crowd.said == ["first", "second", "first again", "third", "fourth"]


def test_nobody_waits_behind_one_that_stands_still():
    crowd = Crowd(Turns(1, seconds=0.05))
    told = threading.Event()
    crowd.send("still", then=told.wait)
    assert crowd.has_said("still")
    crowd.send("next")

    assert crowd.has_said("still", "next")
    told.set()
    crowd.wait()


def test_turn_that_was_over_is_not_given_back_twice():
    turns = Turns(1, seconds=0.05)
    crowd, late, held = Crowd(turns), threading.Event(), threading.Event()
    crowd.send("still", then=late.wait)
    assert crowd.has_said("still")
    crowd.send("next", then=held.wait)
    assert crowd.has_said("still", "next")
    turns._seconds = LONG
    late.set()  # what it had was over: its end makes room for nobody
    crowd.send("third")
    assert waiting(crowd, 1)
    time.sleep(0.05)
    assert crowd.said == ["still", "next"]
    held.set()
    crowd.wait()

    assert crowd.said[-1] == "third"


def test_who_fails_leaves_the_turn_to_others(crowd):
    with pytest.raises(ValueError, match="alas"), crowd.turns.taken():
        raise ValueError("alas")
    crowd.send("next")

    assert crowd.has_said("next")


def test_apart_without_a_turn_is_nothing(crowd):
    with crowd.turns.apart():
        crowd.send("next")
        assert crowd.has_said("next")
    with crowd.turns.taken():
        """Nobody was let in by that."""
