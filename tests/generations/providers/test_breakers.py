import threading
from concurrent.futures import Future
from contextlib import suppress

import pytest

from generations.providers import breakers
from generations.providers.base import Endpoint
from generations.providers.errors import (
    BadKey,
    BadRequest,
    CutOff,
    Empty,
    NoTurn,
    OutOfQuota,
    RateLimited,
    Refused,
    Stalled,
    TimedOut,
    TooLong,
    Unavailable,
    UnknownUpstreamModel,
)

ENDPOINT = Endpoint("openai", "gpt-4o", "http://127.0.0.1:9/v1", "the secret key")
FAILS, WENT_WELL, CANCELED = Unavailable(), None, "canceled"


@pytest.fixture(autouse=True)
def few(settings):
    settings.MODEL_BREAKER_FAILURES = 3
    settings.MODEL_BREAKER_WINDOW_SECONDS = 60
    settings.MODEL_BREAKER_PAUSE_SECONDS = 5
    settings.MODEL_BREAKER_LONGEST_SECONDS = 15


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return breakers.Breaker("gpt-4o@test", clock)


def ended(outcome) -> Future:
    call: Future = Future()
    if outcome == CANCELED:
        call.cancel()
    elif outcome is WENT_WELL:
        call.set_result("a draft")
    else:
        call.set_exception(outcome)
    return call


def call(breaker, *outcomes, seconds=110.0):
    for outcome in outcomes:
        breaker.enter(seconds).settle(ended(outcome))


def opened(breaker):
    call(breaker, FAILS, FAILS, FAILS)
    return breaker


@pytest.mark.parametrize(
    ("error", "is_failure"),
    [
        (Unavailable(), True),
        (Stalled(), True),
        (CutOff(), True),
        (Empty(), True),
        (TimedOut(), True),
        (BadKey(), True),
        (UnknownUpstreamModel(), True),
        (OutOfQuota(), True),
        (RuntimeError("a bug"), True),
        (NoTurn(), False),
        (RateLimited(), False),
        (RateLimited(retry_after=3), False),
        (Refused(), False),
        (TooLong(), False),
        (BadRequest(), False),
    ],
)
def test_what_counts_as_a_failure_of_the_endpoint(breaker, error, is_failure):
    call(breaker, error, error, error)

    assert (breaker.state == "open") is is_failure


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([FAILS, FAILS], "closed"),
        ([FAILS, FAILS, FAILS], "open"),
        ([FAILS, FAILS, WENT_WELL, FAILS, FAILS], "closed"),
        ([FAILS, FAILS, Refused(), FAILS], "closed"),
        ([FAILS, CANCELED, FAILS, CANCELED, FAILS], "open"),
        ([CANCELED] * 9, "closed"),
    ],
)
def test_opens_after_failures_in_a_row(breaker, outcomes, state):
    call(breaker, *outcomes)

    assert breaker.state == state


def test_failures_that_are_long_past_count_no_more(breaker, clock):
    call(breaker, FAILS, FAILS)
    clock.now += 61
    call(breaker, FAILS, FAILS)

    assert breaker.state == "closed"


def test_zero_failures_mean_no_breaker(breaker, settings):
    settings.MODEL_BREAKER_FAILURES = 0

    call(breaker, *[FAILS] * 20)

    assert breaker.state == "closed"


def test_a_call_that_had_too_little_time_says_nothing(breaker):
    call(breaker, *[TimedOut()] * 5, seconds=8)

    assert breaker.state == "closed"


def test_open_breaker_refuses_until_its_pause_is_over(breaker, clock):
    opened(breaker)

    for later, wait in [(0, 5), (2, 3), (2.5, 0.5)]:
        clock.now += later
        with pytest.raises(breakers.BreakerOpen) as refused:
            breaker.enter(110)
        assert refused.value.retry_after == pytest.approx(wait)


def test_one_probe_goes_out_and_the_others_wait_for_it(breaker, clock):
    opened(breaker)
    clock.now += 5

    probe = breaker.enter(110)

    assert breaker.state == "half-open"
    for _ in range(3):
        with pytest.raises(breakers.BreakerOpen) as refused:
            breaker.enter(110)
        assert refused.value.retry_after == breakers.LATER_SECONDS
    probe.settle(ended(WENT_WELL))
    assert breaker.state == "closed"
    call(breaker, FAILS, FAILS)
    assert breaker.state == "closed"


def test_check_takes_no_probes_place(breaker, clock):
    opened(breaker)
    clock.now += 5

    breaker.check()
    breaker.check()

    breaker.enter(110)
    with pytest.raises(breakers.BreakerOpen):
        breaker.check()


def test_pauses_grow_while_probes_fail_and_start_anew_after_one_that_did_not(breaker, clock):
    opened(breaker)
    pauses = []

    for outcome in [FAILS, FAILS, FAILS, WENT_WELL]:
        with pytest.raises(breakers.BreakerOpen) as refused:
            breaker.check()
        pauses.append(refused.value.retry_after)
        clock.now += pauses[-1]
        call(breaker, outcome)
    opened(breaker)
    with pytest.raises(breakers.BreakerOpen) as refused:
        breaker.check()

    assert [*pauses, refused.value.retry_after] == [5, 10, 15, 15, 5]


@pytest.mark.parametrize("outcome", [CANCELED, TimedOut()])
def test_probe_that_says_nothing_frees_its_place(breaker, clock, outcome):
    opened(breaker)
    clock.now += 5

    call(breaker, outcome, seconds=8)

    assert breaker.state == "half-open"
    call(breaker, WENT_WELL)
    assert breaker.state == "closed"


def test_probe_that_was_never_heard_of_again_blocks_nobody_for_ever(breaker, clock):
    opened(breaker)
    clock.now += 5
    lost = breaker.enter(110)
    clock.now += breakers.PROBE_LONGEST

    call(breaker, WENT_WELL)
    lost.settle(ended(FAILS))

    assert breaker.state == "closed"


def test_calls_from_before_it_opened_change_nothing(breaker, clock):
    late = [breaker.enter(110) for _ in range(4)]
    opened(breaker)

    late[0].settle(ended(WENT_WELL))
    late[1].settle(ended(FAILS))
    assert breaker.state == "open"
    clock.now += 5
    probe = breaker.enter(110)
    late[2].settle(ended(WENT_WELL))
    assert breaker.state == "half-open"
    probe.settle(ended(WENT_WELL))
    late[3].settle(ended(FAILS))
    call(breaker, FAILS, FAILS)

    assert breaker.state == "closed"


def test_a_rate_limit_asks_for_a_rest_and_opens_nothing(breaker, clock):
    call(breaker, RateLimited(retry_after=20), RateLimited(retry_after=3))

    assert (breaker.is_resting, breaker.state) == (True, "closed")
    clock.now += 20
    assert not breaker.is_resting


def test_refusal_carries_what_its_last_failure_means(breaker):
    call(breaker, BadKey(), BadKey(), BadKey())

    with pytest.raises(breakers.BreakerOpen) as refused:
        breaker.check()
    assert (refused.value.code, refused.value.retryable) == ("OPENAI_PERMISSION", False)


def test_many_threads_get_one_probe(breaker, clock):
    opened(breaker)
    clock.now += 5
    start, went = threading.Barrier(16), []

    def enter():
        start.wait(5)
        with suppress(breakers.BreakerOpen):
            went.append(breaker.enter(110))

    threads = [threading.Thread(target=enter) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(went) == 1


def test_one_breaker_stands_for_one_model_at_one_address():
    same = Endpoint("openai", "gpt-4o", ENDPOINT.base_url, ENDPOINT.api_key, fallback=("studio",))
    other = Endpoint("openai", "gpt-5", ENDPOINT.base_url, ENDPOINT.api_key)

    assert breakers.of(ENDPOINT) is breakers.of(same)
    assert breakers.of(ENDPOINT) is not breakers.of(other)


def test_studio_needs_none():
    for _ in range(9):
        breakers.of(Endpoint("studio", "studio")).enter(110).settle(ended(FAILS))

    breakers.of(Endpoint("studio", "studio")).check()


def test_changes_are_logged_without_the_key(caplog):
    endpoint = Endpoint("openai", "gpt-4o", "http://who:what@127.0.0.1:9/v1", "the secret key")

    opened(breakers.of(endpoint))

    assert caplog.messages == ["breaker.open endpoint=gpt-4o@127.0.0.1:9"]
