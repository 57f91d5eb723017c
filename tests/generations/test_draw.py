"""`manage.py draw --watch`: the drawing as it grows, on a terminal and in a log."""

import io
import re
import sys
from _thread import interrupt_main

import pytest
from django.core.management import CommandError, call_command

from generations import wakeups
from generations.frames import maker
from generations.models import Job
from generations.signals import job_sketched
from tests import factories
from tests.model_server import ANSWER, Behaviour

pytestmark = pytest.mark.django_db(transaction=True)
DRIBBLE = Behaviour(answer=ANSWER, piece=50, piece_delay=0.06)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def demo():
    yield factories.person(email="test@example.com")
    maker.stop()


def draw(monkeypatch, screen, *options):
    """The drawing, and what the screen showed meanwhile."""
    monkeypatch.setattr(sys, "stderr", screen)
    out = io.StringIO()
    call_command("draw", "a red fox asleep", *options, stdout=out, stderr=io.StringIO())
    return out.getvalue(), screen.getvalue()


def counts(shown):
    return [(int(p), int(n)) for p, n in re.findall(r"(\d+) % +(\d+) element", shown)]


def test_watched_drawing_shows_how_far_it_is_and_how_much_there_is(endpoint, monkeypatch):
    endpoint.script(DRIBBLE)

    _, shown = draw(monkeypatch, Terminal(), "--watch", "--model", "gpt-4o")

    seen = counts(shown)
    assert len({elements for _, elements in seen}) >= 3
    assert seen == sorted(seen)
    assert seen[-1] == (100, 6)
    assert shown.count("\n") == 1  # one line, written over


def test_watched_drawing_writes_a_line_a_second_into_a_log(endpoint, monkeypatch):
    endpoint.script(Behaviour(answer=ANSWER, piece=50, piece_delay=0.03))

    _, shown = draw(monkeypatch, io.StringIO(), "--watch", "--model", "gpt-4o")

    assert "\r" not in shown
    assert 2 <= len(shown.splitlines()) <= 3
    assert counts(shown)[-1] == (100, 6)


@pytest.mark.parametrize(("options", "woken"), [(["--watch"], 0), ([], 1)])
def test_watched_drawing_is_drawn_here_whoever_else_is_there(endpoint, monkeypatch, options, woken):
    told = []
    monkeypatch.setattr(wakeups, "wake", told.append)

    drawing, shown = draw(monkeypatch, Terminal(), "--model", "gpt-4o", *options)

    assert drawing.startswith("<svg ")
    assert "100 %" in shown
    assert len(told) == woken


def test_plain_drawing_has_the_plain_bar(endpoint, monkeypatch):
    _, shown = draw(monkeypatch, Terminal(), "--model", "gpt-4o")

    assert "100 %" in shown
    assert "element" not in shown


def test_interrupted_drawing_is_canceled_and_exits_with_130(endpoint, monkeypatch):
    endpoint.script(Behaviour(answer=ANSWER, piece=40, piece_delay=0.05, hold_after=12))

    def press_ctrl_c(sender, **kwargs):
        job_sketched.disconnect(press_ctrl_c)
        interrupt_main()

    job_sketched.connect(press_ctrl_c)
    with pytest.raises(CommandError, match="You were not charged") as refusal:
        draw(monkeypatch, Terminal(), "--watch", "--model", "gpt-4o")

    assert refusal.value.returncode == 130
    assert Job.objects.get().status == "CANCELED"
    assert endpoint.wait_for(lambda model: model.open_calls == 0)
