"""`manage.py bench sockets`: that it sees what it is there to see. `.ci/run` runs it."""

from unittest.mock import sentinel

import pytest

from chatsvg.bench.listeners import Poller, WebSocketer
from chatsvg.bench.people import Asked
from chatsvg.bench.sockets import lateness, verdicts

ANN, BOB = sentinel.ann, sentinel.bob


def listener(kind, **ends):
    one = kind("http://localhost", "")
    one.ends, one.jobs = ends, set(ends)
    return one


def test_everything_told_twice_to_its_person_alone_is_well():
    crowd = {ANN: [listener(Poller, a=[1, 2]), listener(WebSocketer, a=[1, 2])], BOB: []}

    assert verdicts(crowd, Asked(jobs=[(ANN, "a")])) == []


@pytest.mark.parametrize(
    ("ends", "fault"),
    [
        ({}, "Poller was told 0 times of the end of a"),
        ({"a": [1]}, "Poller was told 1 times of the end of a"),
        ({"a": [1, 2, 3]}, "Poller was told 3 times of the end of a"),
        ({"a": [1, 2], "b": [1]}, "Poller was told of another's b"),
    ],
)
def test_what_is_lost_repeated_or_told_to_others_is_a_fault(ends, fault):
    crowd = {ANN: [listener(Poller, **ends)], BOB: [listener(Poller, b=[1, 2])]}

    assert verdicts(crowd, Asked(jobs=[(ANN, "a"), (BOB, "b")])) == [fault]


def test_lateness_is_from_the_end_to_the_first_news():
    crowd = {ANN: [listener(Poller, a=[10.5, 12.0]), listener(WebSocketer, a=[10.25])]}
    ended = [{"finishedAt": "1970-01-01T00:00:10.000Z"}]

    late = lateness(crowd, Asked(jobs=[(ANN, "a")]), ended)

    assert (late["polling"]["p50_ms"], late["websocket"]["p50_ms"]) == (500.0, 250.0)
