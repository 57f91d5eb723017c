"""Limits of a whole installation, whose Valkey freezes and wakes up again."""

import signal
from statistics import median

import pytest

from chatsvg.bench.stack import WEB
from chatsvg.brief_redis import TIMEOUT_SECONDS

pytestmark = pytest.mark.slow
PROMPT = 5  # seconds that no answer takes, whatever Valkey does
WRONG = "not the password"


@pytest.fixture
def limited(brisk):
    """The installation, where requests are counted."""
    brisk.restart(WEB, RATELIMIT_ENABLED="true")
    return brisk


def fail(person, times):
    asked = {"email": person.email, "password": WRONG}
    return [person.post("/auth/login", asked) for _ in range(times)]


def counting(stack) -> list[str]:
    """What the web process said about where it counts."""
    return [word for word in stack.logs(WEB).split() if word.startswith("ratelimit.redis_")]


def test_frozen_valkey_is_counted_for_in_the_process_and_used_again(limited):
    stack, person = limited, limited.person()
    person.ask()
    stack.valkey.process.send_signal(signal.SIGSTOP)
    try:
        replies = [person.submit(), *(person.get("/auth/current-user") for _ in range(20))]
        replies += fail(person, 5)
        refused = fail(person, 1)[0]
    finally:
        stack.valkey.process.send_signal(signal.SIGCONT)

    assert [reply.status for reply in replies] == [202] + [200] * 20 + [401] * 5
    assert [reply.headers["x-ratelimit-limit"] for reply in replies[:2]] == ["10", "600"]
    assert [reply.headers["x-ratelimit-remaining"] for reply in replies[-5:]] == list("43210")
    assert refused.status == 429
    assert 890 < int(refused.headers["retry-after"]) <= 901
    assert max(reply.seconds for reply in replies) < PROMPT
    assert median(reply.seconds for reply in replies[1:21]) < TIMEOUT_SECONDS  # it is not asked
    assert counting(stack) == ["ratelimit.redis_away"]

    def is_counted_in_valkey() -> bool:
        person.get("/csrf")
        return counting(stack)[1:] == ["ratelimit.redis_back"]

    assert stack.wait_for(is_counted_in_valkey, 40)
    assert fail(person, 1)[0].status == 401  # what was counted in the process alone is forgotten
