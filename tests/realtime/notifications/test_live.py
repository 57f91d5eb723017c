"""The bell over real sockets, between real processes."""

import pytest

from tests.faults.harness import running_stack
from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
PROMPT = ("🦊 a fox\r\ndata: {}\n\nevent: x\n" + "\\\"'<&> " * 80)[:480]
TOLD = """SELECT type FROM realtime_notification JOIN accounts_user ON user_id = accounts_user.id
          WHERE email = %s AND about <> 'welcome' ORDER BY realtime_notification.id"""


@pytest.fixture(scope="module")
def processes():
    with running_stack(LEASE_SECONDS="3", SWEEP_SECONDS="1") as stack:
        yield stack


@pytest.fixture
def stack(processes):
    processes.make_whole()
    return processes


def heard(one):
    """The notifications that a socket brought."""
    messages = [message for message in one.messages if message["type"] == "notification.created"]
    assert all(set(message) == {"type", "notification"} for message in messages)
    return [message["notification"] for message in messages]


def wait_heard(one, *kinds):
    def have_come(one):
        return sorted(note["type"] for note in heard(one)) == sorted(kinds)

    assert one.wait_for(have_come), heard(one)


def test_bell_rings_on_every_socket_of_the_person_and_on_no_other(stack):
    ada = stack.person()
    with ada.socket() as one, ada.elsewhere().stream() as two, stack.person().socket() as no:
        job = ada.ask()
        for watched in (one, two):
            wait_heard(watched, "JOB_SUCCEEDED")
            assert watched.wait_end(job)

        (told, welcome) = ada.get("/notification/latest").json["notifications"]
        assert heard(one) == heard(two) == [told]
        assert (told["title"], told["readAt"]) == ("SVG ready", None)
        assert told["data"]["generationId"] == ada.job(job).json["job"]["generationId"]
        assert welcome["title"] == "Welcome"
        assert no.messages == []
    assert ada.get("/notification/badge").json == {"unreadCount": 2}


def test_bell_leaves_the_log_of_jobs_without_gaps(stack):
    ada = stack.person()
    with ada.socket(after=0) as one, ada.stream(after=0) as two:
        jobs = [ada.ask() for _ in range(3)]
        for watched in (one, two):
            wait_heard(watched, *["JOB_SUCCEEDED"] * 3)
            assert all(watched.wait_end(job) for job in jobs)
            assert watched.ids == list(range(1, len(watched.ids) + 1))
        assert one.events == two.events
    with ada.socket(after=one.ids[0]) as late:
        assert late.wait_for(lambda late: late.ids[-1:] == one.ids[-1:])
        assert heard(late) == []  # a hint is not kept: who was away asks over HTTP


def test_long_and_odd_prompt_arrives_whole(stack):
    ada = stack.person()
    with ada.socket() as one, ada.stream() as two:
        ada.ask(prompt=PROMPT)
        for watched in (one, two):
            wait_heard(watched, "JOB_SUCCEEDED")
            assert heard(watched)[0]["data"]["prompt"] == PROMPT.strip()


def test_failure_is_told_at_once_with_its_refund(stack):
    stack.model.default = Behaviour(status=401)
    ada = stack.person()
    with ada.socket() as one:
        job = ada.ask()
        assert one.wait_end(job)
        wait_heard(one, "CREDITS_REFUNDED", "JOB_FAILED")

    failed = next(note for note in heard(one) if note["type"] == "JOB_FAILED")
    assert failed["data"]["errorCode"] == ada.job(job).json["job"]["errorCode"]


def test_worker_that_dies_loses_and_doubles_nothing(stack):
    ada = stack.person()
    with ada.socket() as one:
        with stack.no_drawing_can_be_stored():
            jobs = [ada.ask() for _ in range(5)]
            assert stack.wait_for(lambda: stack.waiting_to_store() == 5, 15)
            stack.kill(stack.workers[0])
        stack.start_worker()
        assert stack.wait_ended(*jobs, seconds=20) == ["SUCCEEDED"] * 5
        wait_heard(one, *["JOB_SUCCEEDED"] * 5)

    assert [row["type"] for row in stack.rows(TOLD, ada.email)] == ["JOB_SUCCEEDED"] * 5
    kept = ada.get("/notification/latest").json["notifications"]
    by_id = {note["id"]: note for note in kept}
    assert all(by_id[note["id"]] == note for note in heard(one))


def test_bell_is_kept_while_redis_is_away(stack):
    stack.valkey.stop()
    ada = stack.person()
    job = ada.ask()
    stack.valkey.start()

    assert stack.wait_ended(job, seconds=20) == ["SUCCEEDED"]
    assert [row["type"] for row in stack.rows(TOLD, ada.email)] == ["JOB_SUCCEEDED"]
    assert ada.get("/notification/badge").json == {"unreadCount": 2}
