"""The live log of jobs, over real sockets."""

from datetime import datetime
from itertools import product

import pytest

from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
UNAUTHENTICATED = 4401
CURSORS = "SELECT cursor FROM generations_jobevent WHERE job_id = %s"


def test_every_viewer_sees_the_same_gapless_log(stack, person):
    stack.model.default = Behaviour(piece_delay=0.1)
    with (
        person.socket() as one,
        person.elsewhere().socket() as two,
        person.stream() as three,
        stack.person().socket() as no,
    ):
        jobs = [person.ask() for _ in range(3)]
        assert all(watched.wait_end(job) for watched in (one, two, three) for job in jobs)

        assert one.events == two.events == three.events
        assert one.ids == list(range(one.ids[0], one.ids[0] + len(one.ids)))
        for job in jobs:
            told = [event for event in one.of(job) if "id" in event]
            assert [event["seq"] for event in told] == list(range(1, len(told) + 1))
            progress = [message["progress"] for message in one.of(job)]
            assert progress == sorted(progress)
            assert progress.count(100) == 1
            assert (told[-1]["status"], told[-1]["progress"]) == ("SUCCEEDED", 100)
            assert any("id" not in message for message in one.of(job))  # hints came in between
        assert no.messages == []


def test_reconnect_replays_exactly_what_was_missed(stack, person):
    with person.socket(after=0) as first:
        job = person.ask()
        assert first.wait_end(job)
    seen = first.events

    later = person.ask()
    assert stack.wait_ended(later) == ["SUCCEEDED"]
    last = max(row["cursor"] for row in stack.rows(CURSORS, later))
    for event, watch in product(seen, (person.socket, person.stream)):
        with watch(after=event["id"]) as again:
            assert again.wait_for(lambda one: one.ids[-1:] == [last])
            assert again.ids == list(range(event["id"] + 1, last + 1))
            assert again.of(job) == seen[event["seq"] :]


def test_restart_of_the_web_process_loses_no_event(stack, person):
    stack.model.script(Behaviour(hold_after=3))
    with person.socket(after=0) as before:
        job = person.ask()
        assert stack.model.wait_for(lambda model: model.open_calls == 1, 30)
        assert before.wait_for(lambda one: len(one.events) == 2)
        stack.kill("web")
        assert before.wait_closed() is not None
    stack.model.release()
    assert stack.wait_ended(job) == ["SUCCEEDED"]
    stack.restart("web")

    last = before.ids[-1]
    with person.socket(after=last) as after, person.stream(after=last) as stream:
        assert after.wait_end(job)
        assert [event["seq"] for event in before.events + after.events] == [1, 2, 3, 4]
        again = person.ask()
        assert after.wait_end(again)
        assert stream.wait_end(again)
        assert stream.events == after.events


def test_failure_is_told_as_failed_within_a_second(stack, person, report):
    """With its code, to who watches and to who asks; never as still running."""
    stack.model.default = Behaviour(status=401)
    with person.socket() as socket, person.stream() as stream:
        job = person.ask()
        assert socket.wait_end(job)
        assert stream.wait_end(job)
        shown = person.job(job).json

    for watched in (socket, stream):
        last = watched.of(job)[-1]
        arrived = watched.arrived[watched.messages.index(last)]
        late = arrived - datetime.fromisoformat(last["at"]).timestamp()
        report(f"told by {type(watched).__name__} {late:.3f} s after it was written")
        assert late <= 5
        assert (last["status"], last["errorCode"]) == ("FAILED", "OPENAI_PERMISSION")
        assert last["errorMessage"] == shown["job"]["errorMessage"]
        assert last["errorMessage"].endswith("You were not charged.")
        assert last["progress"] < 100
        assert [message["status"] for message in watched.of(job)].count("FAILED") == 1
    assert (shown["job"]["status"], shown["job"]["errorCode"]) == ("FAILED", "OPENAI_PERMISSION")
    assert shown["credits"] == 10


def test_socket_without_a_session_is_closed(stack):
    stranger = stack.person()
    stranger.cookies.clear()

    with stranger.socket() as socket:
        assert socket.wait_closed() == UNAUTHENTICATED


def test_socket_closes_when_its_session_ends(stack, person):
    elsewhere = person.elsewhere()
    with person.socket() as ended, elsewhere.socket() as kept:
        person.sign_out()

        assert ended.wait_closed() == UNAUTHENTICATED
        assert kept.close_code is None
        job = elsewhere.ask()
        assert kept.wait_end(job)
        assert ended.messages == []


def test_socket_of_a_foreign_page_is_refused(stack, person):
    with person.socket(Origin="https://evil.example") as foreign:
        assert foreign.refused == 403
    with person.socket(Origin=stack.url) as own:
        assert own.refused is None
