"""Socket.IO for the client that speaks it: npm's socket.io-client, as the React client uses it."""

import time
from datetime import datetime

import pytest

from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
WAYS = [{}, {"transports": ["polling"]}, {"transports": ["websocket"]}]
NAMES = ["default", "polling", "websocket"]
ENDED_AT = "SELECT extract(epoch FROM finished_at)::float FROM generations_job WHERE id = %s"


def statuses(payloads):
    return [payload["status"] for payload in payloads]


@pytest.mark.parametrize("options", WAYS, ids=NAMES)
def test_drawing_is_followed_to_its_end(stack, person, client, options):
    stack.model.default = Behaviour(piece_delay=0.05)
    mine, other = client(person, **options).wait_ready(), client(stack.person()).wait_ready()

    job = person.ask()
    mine.wait_end(job)

    told = mine.of(job)
    assert statuses(told)[0] == "QUEUED"
    assert set(statuses(told)[1:-1]) == {"RUNNING"}
    progress = [payload["progress"] for payload in told]
    assert progress == sorted(set(progress))
    assert progress[-1] == 100
    assert len(progress) > 4  # hints came in between
    assert told[-1]["generationId"] == person.job(job).json["job"]["generationId"]
    assert other.events() == []


def test_connection_begins_with_polling_and_is_upgraded(person, client):
    one = client(person)

    assert one.wait_upgraded()
    one.wait_ready()
    job = person.ask()
    one.wait_end(job)

    assert {event["transport"] for event in one.all("event")[1:]} == {"websocket"}
    assert one.all("disconnect") == one.all("connect_error") == []


@pytest.mark.parametrize("options", WAYS, ids=NAMES)
def test_visitor_hears_unauthorized_and_does_not_come_again(client, options):
    one = client(None, **options)

    refused = one.wait("connect_error")

    assert (refused["message"], refused["active"]) == ("Unauthorized", False)
    time.sleep(1.5)
    assert len(one.told) == 1


def test_failure_is_told_as_failed_within_a_second(stack, person, client, report):
    stack.model.default = Behaviour(status=401)
    one = client(person).wait_ready()

    job = person.ask()
    told = one.wait_end(job, times=2)

    shown = person.job(job).json["job"]
    assert told[0] == {
        "jobId": job,
        "status": "FAILED",
        "generationId": None,
        "errorCode": "OPENAI_PERMISSION",
        "errorMessage": shown["errorMessage"],
    }
    first, again = one.arrivals(job)
    late = first - stack.value(ENDED_AT, job)
    report(f"told {late:.3f} s after its end, and again {again - first:.2f} s later")
    assert late <= 5
    assert 1 <= again - first <= 10
    time.sleep(1)
    assert len(one.ends(job)) == 2


def test_canceled_drawing_reads_as_failed(stack, person, client):
    stack.model.default = Behaviour(hold_after=1)
    one = client(person).wait_ready()
    job = person.ask()
    assert one.wait_for(lambda seen: "RUNNING" in statuses(seen.of(job)))

    person.cancel(job)

    (told,) = one.wait_end(job)
    assert (told["status"], told["errorCode"]) == ("FAILED", "CANCELED")
    assert told["errorMessage"].endswith("You were not charged.")


def test_try_that_failed_reads_as_queued_and_progress_never_falls(stack, person, client):
    stack.model.script(Behaviour(cut_after=3, piece_delay=0.1))
    one = client(person).wait_ready()

    job = person.ask()
    one.wait_end(job, seconds=40)

    told = one.of(job)
    assert statuses(told).count("QUEUED") == 2
    progress = [payload["progress"] for payload in told]
    assert progress == sorted(progress)
    assert all("errorCode" not in payload for payload in told[:-1])


@pytest.mark.parametrize("options", WAYS, ids=NAMES)
def test_who_connects_after_the_end_learns_it_at_once(stack, person, client, report, options):
    job = person.ask()
    assert stack.wait_ended(job) == ["SUCCEEDED"]

    one = client(person, **options)
    told = one.wait_end(job, times=2)

    connected = one.wait("connect")["at"]
    first, again = one.arrivals(job)
    report(f"told {first - connected:.3f} s after it connected")
    assert first - connected < 5
    assert 1 <= again - first <= 10
    assert told[0] == told[1]
    assert told[0]["generationId"] == person.job(job).json["job"]["generationId"]


def test_who_connects_meanwhile_is_told_how_the_drawing_stands(stack, person, client):
    stack.model.script(Behaviour(hold_after=2))
    job = person.ask()
    assert stack.wait_for(lambda: stack.status(job) == "RUNNING", 10)

    one = client(person)
    assert one.wait_for(lambda seen: seen.of(job))
    assert stack.wait_for(lambda: stack.model.open_calls, 30)
    standing = one.of(job)[0]
    stack.model.release()
    one.wait_end(job)

    assert standing == {"jobId": job, "status": "RUNNING", "progress": standing["progress"]}
    progress = [payload["progress"] for payload in one.of(job)]
    assert progress == sorted(progress)


def test_drawing_that_ended_long_ago_is_not_told(stack, person, client):
    old, new = person.ask(), person.ask()
    assert stack.wait_ended(old, new) == ["SUCCEEDED", "SUCCEEDED"]
    with stack.holding() as database:
        past = "UPDATE generations_job SET finished_at = now() - interval '3 minutes' WHERE id = %s"
        database.execute(past, [old])
        database.commit()

    one = client(person).wait_ready()
    one.wait_end(new)

    assert one.of(old) == []


def test_every_tab_is_told_and_what_clients_emit_is_dropped(stack, person, client):
    first, second = client(person).wait_ready(), client(person).wait_ready()
    stranger = client(stack.person()).wait_ready()
    stranger.order("emit")  # asks for a room, and for an acknowledgement

    job = person.ask()

    assert first.wait_end(job) == second.wait_end(job)
    assert first.of(job) == second.of(job)
    assert stranger.events() == []
    assert stranger.all("acknowledged") == []


def test_client_that_comes_back_goes_on(stack, person, client):
    one = client(person).wait_ready()
    one.order("disconnect")
    assert one.wait("disconnect")["reason"] == "io client disconnect"

    job = person.ask()
    assert stack.wait_ended(job) == ["SUCCEEDED"]
    one.order("connect")

    assert one.wait_end(job)[0]["status"] == "SUCCEEDED"


def test_message_says_when_nothing_was_charged(stack, person, client):
    """The sentence of the event is the one that the job shows over HTTP."""
    stack.model.default = Behaviour(answer="I would rather write you a poem.")
    one = client(person).wait_ready()

    job = person.ask()
    (told,) = one.wait_end(job)

    shown = person.job(job).json["job"]
    assert (told["errorCode"], told["errorMessage"]) == (shown["errorCode"], shown["errorMessage"])
    assert datetime.fromisoformat(shown["finishedAt"])
