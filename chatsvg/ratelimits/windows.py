"""Moving windows, kept by the `limits` library: in Redis for all processes, or in this one.

A window holds the times of what it let pass. The library asks one window at a time, and once more
for its state; here one call asks several at once and answers with their states (measured, on a
unix socket: 19 µs of CPU time instead of 65 for one window, 23 instead of 205 for two).
"""

import threading
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from redis.exceptions import NoScriptError

from chatsvg.memory import hollow

with hollow("limits.aio"):  # the same for event loops
    from limits.storage import MemoryStorage, RedisStorage

MOST_KEYS = 50_000  # of one process


class Window(NamedTuple):
    """At most `times` under this key in any `seconds` on end."""

    key: str
    times: int
    seconds: int


class State(NamedTuple):
    """How many a window holds, and when (seconds since the epoch) the oldest of them leaves it; or
    when enough of them have left where several places were asked for."""

    used: int
    reset_at: float


class Answer(NamedTuple):
    """Whether every window had room, and the windows' states afterwards."""

    has_room: bool
    states: list[State]


_ASK = b"""
-- KEYS: lists of times, newest first, as the library's moving windows keep them
-- ARGV: now, whether to take places, how many, then the times and the seconds of each window
local now, places, has_room, told = tonumber(ARGV[1]), tonumber(ARGV[3]), true, {}
for i, key in ipairs(KEYS) do
    local since = now - tonumber(ARGV[2 * i + 3])
    local oldest = redis.call('lindex', key, -1)
    while oldest and tonumber(oldest) < since do
        redis.call('rpop', key)
        oldest = redis.call('lindex', key, -1)
    end
    local used = redis.call('llen', key)
    local lacking = used + places - tonumber(ARGV[2 * i + 2])
    has_room = has_room and lacking <= 0
    if lacking > 1 then
        oldest = redis.call('lindex', key, -lacking) or oldest
    end
    told[2 * i], told[2 * i + 1] = used, oldest or ARGV[1]
end
if has_room and ARGV[2] == '1' then
    for i, key in ipairs(KEYS) do
        for _ = 1, places do
            redis.call('lpush', key, ARGV[1])
        end
        redis.call('expire', key, ARGV[2 * i + 3])
        told[2 * i] = told[2 * i] + places
    end
end
told[1] = has_room and 1 or 0
return told
"""


class SharedWindows(RedisStorage):
    """Windows in Redis. Raises redis.RedisError where it does not answer."""

    def __init__(self, uri: str, **options):
        super().__init__(uri, **options)
        self._ask = self.get_connection().register_script(_ASK)

    def ask(self, windows: Sequence[Window], *, take: bool, places: int = 1) -> Answer:
        """Whether all have room; with `take`, places in each of them, or in none."""
        keys = [self.prefixed_key(window.key) for window in windows]
        sizes = [size for window in windows for size in (window.times, window.seconds)]
        has_room, *told = self._told(keys, [time.time(), int(take), places, *sizes])
        pairs = zip(windows, told[::2], told[1::2], strict=True)
        return Answer(
            bool(has_room),
            [State(used, float(oldest) + window.seconds) for window, used, oldest in pairs],
        )

    def _told(self, keys: list[str], values: list[float]) -> list[Any]:
        """What the script answers: asked without what the client does around each command, which
        takes as long as the command itself. The client brings the script where it is not known."""
        pool = self.storage.connection_pool
        link = pool.get_connection()
        try:
            link.send_command("EVALSHA", self._ask.sha, len(keys), *keys, *values)
            told: list[Any] = link.read_response()
        except NoScriptError:
            told = self._ask(keys, values)
        finally:
            pool.release(link)
        return told


class LocalWindows:
    """Windows in this process alone: at most MOST_KEYS of them, then it begins anew."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._lock = threading.Lock()

    def ask(self, windows: Sequence[Window], *, take: bool, places: int = 1) -> Answer:
        """Whether all have room; with `take`, places in each of them, or in none."""
        with self._lock:
            if len(self._storage.events) >= MOST_KEYS:
                self._storage = MemoryStorage()  # which by itself forgets times, but no key
            has_room = all(self._state(one).used + places <= one.times for one in windows)
            if has_room and take:
                for window in windows:
                    self._storage.acquire_entry(*window, amount=places)
            return Answer(has_room, [self._state(window) for window in windows])

    def _state(self, window: Window) -> State:
        oldest, used = self._storage.get_moving_window(*window)
        return State(used, (oldest if used else time.time()) + window.seconds)
