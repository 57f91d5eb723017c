"""Windows on a real Valkey, and without it: gone, frozen, or a port that never answers."""

import logging
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import redis
from django.conf import settings as project

from chatsvg import breakers, ratelimits
from chatsvg.errors import TooMany
from chatsvg.ratelimits import headers, rules
from chatsvg.ratelimits.counter import Counter
from chatsvg.ratelimits.places import place
from chatsvg.ratelimits.rules import Rate, Rule
from chatsvg.ratelimits.windows import LocalWindows, SharedWindows, Window

LOGGER = "chatsvg.breakers"


def window(times=5, seconds=60) -> Window:
    return Window(f"test-{uuid4().hex}", times, seconds)


@pytest.fixture(params=["shared", "local"])
def windows(request):
    if request.param == "local":
        return LocalWindows()
    return SharedWindows(project.REDIS_URL, socket_timeout=5)


@pytest.fixture
def soon(monkeypatch):
    """Redis is asked again sooner than in life."""
    monkeypatch.setattr(breakers, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(breakers, "LONGEST_SECONDS", 0.3)


@pytest.fixture
def asked(monkeypatch):
    """The threads that asked Redis itself."""
    names, ask = [], SharedWindows.ask

    def note(self, *args, **options):
        names.append(threading.current_thread().name)
        return ask(self, *args, **options)

    monkeypatch.setattr(SharedWindows, "ask", note)
    return names


def is_back(counting: Counter, caplog, seconds: float = 5) -> bool:
    """Whether Redis is used again; somebody must ask for it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and "INFO ratelimit.redis_back" not in lines(caplog):
        counting.ask([window()], take=False)
        time.sleep(0.02)
    return "INFO ratelimit.redis_back" in lines(caplog)


def lines(caplog) -> list[str]:
    """Levels and events of what the counter logged."""
    records = [record for record in caplog.records if record.name == LOGGER]
    return [f"{record.levelname} {record.getMessage().split()[0]}" for record in records]


# --- Windows ----------------------------------------------------------------------------------


def test_of_two_hundred_at_once_exactly_as_many_pass_as_may(windows):
    one = window(times=50)

    with ThreadPoolExecutor(32) as pool:
        passed = list(pool.map(lambda _: windows.ask([one], take=True).has_room, range(200)))

    assert passed.count(True) == 50
    assert windows.ask([one], take=False).states[0].used == 50


def test_window_tells_what_it_holds_and_when_it_has_more_room(windows):
    one, began = window(times=2, seconds=60), time.time()

    told = [windows.ask([one], take=take) for take in (False, True, True, True, False)]

    assert [(answer.has_room, answer.states[0].used) for answer in told] == [
        (True, 0),
        (True, 1),
        (True, 2),
        (False, 2),
        (False, 2),
    ]
    resets = {round(answer.states[0].reset_at, 3) for answer in told[1:]}
    assert len(resets) == 1
    assert began + 59.9 <= resets.pop() <= time.time() + 60.1


def test_window_slides_and_refusals_do_not_hold_it_up(windows):
    one = window(times=2, seconds=1)
    assert windows.ask([one], take=True).has_room
    time.sleep(0.6)
    assert windows.ask([one], take=True).has_room
    refused = windows.ask([one], take=True)
    assert not refused.has_room

    while time.time() <= refused.states[0].reset_at:  # asking all the while changes nothing
        windows.ask([one], take=True)
        time.sleep(0.02)

    assert windows.ask([one], take=True).has_room  # the first has left, the second is there yet
    assert not windows.ask([one], take=True).has_room


def test_what_one_window_refuses_counts_in_none(windows):
    minute, hour = window(times=10), window(times=2, seconds=3600)

    passed = [windows.ask([minute, hour], take=True).has_room for _ in range(6)]

    assert passed == [True, True, False, False, False, False]
    assert [state.used for state in windows.ask([minute, hour], take=False).states] == [2, 2]


def test_processes_count_together():
    one = window(times=3)
    some, others = (Counter(project.REDIS_URL) for _ in range(2))

    passed = [asked.ask([one], take=True).has_room for asked in (some, others, some, others)]

    assert passed == [True, True, True, False]


def test_keys_leave_redis_when_their_window_is_over():
    windows = SharedWindows(project.REDIS_URL)
    one = window(times=3, seconds=1)
    windows.ask([one], take=True)
    key = windows.prefixed_key(one.key)

    assert windows.storage.ttl(key) == 1
    time.sleep(1.2)

    assert not windows.storage.exists(key)


def test_windows_of_a_process_do_not_grow_without_bound(monkeypatch):
    monkeypatch.setattr("chatsvg.ratelimits.windows.MOST_KEYS", 10)
    windows = LocalWindows()

    for _ in range(35):
        windows.ask([window()], take=True)

    assert len(windows._storage.events) == 5


# --- Redis away -------------------------------------------------------------------------------


def test_emptied_redis_counts_on_from_nothing(valkey):
    one, counting = window(times=1), Counter(valkey.url)
    assert counting.ask([one], take=True).has_room

    redis.Redis.from_url(valkey.url).flushall()
    redis.Redis.from_url(valkey.url).script_flush()

    assert [counting.ask([one], take=True).has_room for _ in range(2)] == [True, False]


def test_stopped_redis_is_counted_for_here_and_used_again_when_it_is_back(valkey, caplog, soon):
    caplog.set_level(logging.INFO, LOGGER)
    one, counting = window(times=3), Counter(valkey.url)
    assert counting.ask([one], take=True).has_room
    valkey.stop()

    passed = [counting.ask([one], take=True).has_room for _ in range(5)]
    time.sleep(0.4)
    counting.ask([one], take=True)  # it is looked for, in vain

    assert passed == [True, True, True, False, False]
    assert lines(caplog) == ["WARNING ratelimit.redis_away"]

    valkey.start()
    assert is_back(counting, caplog)
    assert counting.ask([one], take=True).has_room
    keys = redis.Redis.from_url(valkey.url).keys(f"*{one.key}*")
    assert len(keys) == 1
    assert lines(caplog) == ["WARNING ratelimit.redis_away", "INFO ratelimit.redis_back"]


def test_frozen_redis_costs_three_waits_and_nobody_else_one(valkey, caplog, asked):
    one, counting = window(times=1000), Counter(valkey.url)
    valkey.process.send_signal(signal.SIGSTOP)
    try:
        answers = [counting.ask([one], take=True) for _ in range(103)]
    finally:
        valkey.process.send_signal(signal.SIGCONT)

    assert len(asked) == breakers.FAILURES
    assert all(answer.has_room for answer in answers)
    assert lines(caplog) == ["WARNING ratelimit.redis_away"]


def test_frozen_redis_is_looked_for_by_a_thread_while_all_count_here(valkey, soon, caplog, asked):
    caplog.set_level(logging.INFO, LOGGER)
    one, counting = window(times=1000), Counter(valkey.url)
    valkey.process.send_signal(signal.SIGSTOP)
    try:
        for _ in range(breakers.FAILURES):
            counting.ask([one], take=True)
        time.sleep(0.2)  # a probe is due
        ready = threading.Barrier(8)

        def ask(_) -> None:
            ready.wait(5)
            counting.ask([one], take=True)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(ask, range(8)))
    finally:
        valkey.process.send_signal(signal.SIGCONT)

    assert len(asked) == breakers.FAILURES
    assert is_back(counting, caplog)
    assert lines(caplog) == ["WARNING ratelimit.redis_away", "INFO ratelimit.redis_back"]


def test_second_redis_counts_while_the_first_is_away_and_the_first_when_it_is_back(
    valkey, caplog, soon
):
    caplog.set_level(logging.INFO, LOGGER)
    one = window(times=2)
    some, others = (Counter(f"{valkey.url},{project.REDIS_URL}") for _ in range(2))
    assert some.ask([one], take=True).states[0].used == 1
    valkey.stop()

    passed = [each.ask([one], take=True).has_room for each in (some, others) * 3]

    assert passed == [True] * 2 + [False] * 4  # counted together
    valkey.start()
    assert is_back(some, caplog)
    assert some.ask([one], take=True).states[0].used == 1


def test_port_that_accepts_and_never_answers_is_a_redis_that_is_away(caplog):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        counting = Counter(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        one = window(times=2)

        passed = [counting.ask([one], take=True).has_room for _ in range(3)]

        assert passed == [True, True, False]
        assert lines(caplog) == ["WARNING ratelimit.redis_away"]


# --- Rules ------------------------------------------------------------------------------------

SMALL = Rule("rl:small", (Rate(2, 60),), "Enough.")
DOUBLE = Rule("rl:double", (Rate(3, 60), Rate(5, 3600)), "Enough.")


def test_table_says_what_the_contract_says():
    said = {
        rule.name: (rule.rates, rule.sentence)
        for rule in (rules.API, rules.AUTH, rules.FORGOT, rules.DOWNLOAD, rules.SUPPORT)
    }

    assert said == {
        "rl:api": (((600, 900),), "Too many requests. Please try again later."),
        "rl:auth": (((5, 900),), "Too many authentication attempts. Please try again later."),
        "rl:forgot": (((3, 900),), "Too many password reset requests. Please try again later."),
        "rl:download": (((20, 60),), "Too many download requests. Please try again later."),
        "rl:support": (((5, 600),), "Too many support messages. Please try again later."),
    }
    assert rules.SVG.sentence == "Generation limit reached. Please try again later."


def test_rule_refuses_one_more_than_may_and_says_when_to_come_back(limited):
    with headers.noting() as noted:
        ratelimits.take(SMALL, "ada")
        ratelimits.take(SMALL, "ada")
        with pytest.raises(TooMany) as refusal:
            ratelimits.take(SMALL, "ada")
        now = time.time()
    ratelimits.take(SMALL, "grace")

    assert str(refusal.value) == "Enough."
    assert [(standing.limit, standing.remaining) for standing in noted] == [(2, 1), (2, 0), (2, 0)]
    assert 0 < now + refusal.value.retry_after - noted[-1].reset_at <= 1.1


def test_who_comes_back_when_told_to_passes(limited):
    brief = Rule("rl:brief", (Rate(1, 1),), "Enough.")
    ratelimits.take(brief, "ada")
    with pytest.raises(TooMany) as refusal:
        ratelimits.take(brief, "ada")

    time.sleep(refusal.value.retry_after)

    ratelimits.take(brief, "ada")


def test_check_counts_nothing(limited):
    for _ in range(5):
        ratelimits.check(SMALL, "ada")
    ratelimits.take(SMALL, "ada")
    ratelimits.take(SMALL, "ada")

    with pytest.raises(TooMany):
        ratelimits.check(SMALL, "ada")


def test_rates_apply_together_and_the_one_with_least_room_is_told(limited):
    told = [ratelimits.ask(DOUBLE, "ada", take=True).standing for _ in range(4)]

    assert [(standing.limit, standing.remaining) for standing in told] == [
        (3, 2),
        (3, 1),
        (3, 0),
        (3, 0),
    ]


def test_refusal_names_the_rate_that_refuses_for_longest(limited):
    both = Rule("rl:both", (Rate(1, 60), Rate(1, 3600)), "Enough.")
    ratelimits.take(both, "ada")

    with pytest.raises(TooMany) as refusal:
        ratelimits.take(both, "ada")

    assert 3590 < refusal.value.retry_after <= 3601


def test_several_places_are_taken_together_or_not_at_all(limited):
    three = Rule("rl:three", (Rate(3, 60),), "Enough.")
    ratelimits.take(three, "ada", places=2)
    with pytest.raises(TooMany):
        ratelimits.take(three, "ada", places=2)
    ratelimits.take(three, "ada")
    with pytest.raises(TooMany):
        ratelimits.take(three, "ada")


def test_who_wants_several_places_is_told_when_all_of_them_are_free(limited, monkeypatch):
    three = Rule("rl:three", (Rate(3, 60),), "Enough.")
    began = time.time()
    with monkeypatch.context() as patch:
        for later in range(3):
            patch.setattr(time, "time", lambda later=later: began + 10 * later)
            ratelimits.take(three, "ada")
    with headers.noting() as noted, pytest.raises(TooMany):
        ratelimits.take(three, "ada", places=2)

    assert noted[-1].reset_at == pytest.approx(began + 70, abs=1)


def test_rules_say_nothing_where_limits_are_off(limited, settings):
    settings.RATELIMIT_ENABLED = False

    with headers.noting() as noted:
        for _ in range(5):
            ratelimits.take(SMALL, "ada")

    assert noted == []


@pytest.mark.parametrize(
    ("ip", "counts_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        (None, "nowhere"),
    ],
)
def test_place_is_an_address_or_a_network_of_ipv6(ip, counts_as):
    assert place(ip) == counts_as
