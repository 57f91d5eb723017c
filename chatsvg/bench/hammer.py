"""The hand that breaks things: which process dies when, and what is started again."""

import random
import time
from dataclasses import dataclass
from enum import StrEnum

import redis

from chatsvg.bench.model_log import read_calls
from chatsvg.bench.report import say
from chatsvg.bench.stack import WEB, Stack

LOOK_SECONDS = 0.2
BUSY_SECONDS = 10.0  # how long is waited until a worker draws
READY_SECONDS = 30.0


class Kind(StrEnum):
    KILL = "kill"
    EMPTIED = "emptied"
    RESTARTED = "restarted"


@dataclass(frozen=True)
class Blow:
    """One thing done to one process. `at` is seconds since the epoch; of a restart, its end."""

    kind: Kind
    name: str
    at: float


class Hammer:
    """Kills a worker, or now and then web, at random moments; starts again what it killed."""

    def __init__(self, stack: Stack, model_url: str, *, kills: int, every: float, seed: int):
        self.blows: list[Blow] = []
        self.faults: list[str] = []
        self._stack, self._model_url = stack, model_url
        self._kills, self._every = kills, every
        self._random = random.Random(seed)  # noqa: S311  # to be repeated, not to be secret

    def run(self) -> None:
        """All kills; Valkey is emptied after a third of them, PostgreSQL restarted after two."""
        of_web = set(self._random.sample(range(1, self._kills), k=max(1, self._kills // 10)))
        for number in range(self._kills):
            self._pause(self._every * self._random.uniform(0.5, 1.5))
            if number == self._kills // 3:
                self._empty_valkey()
            if number == self._kills * 2 // 3:
                self._restart_postgres()
            self._kill(WEB if number in of_web else self._busy_worker())

    @property
    def kills(self) -> list[Blow]:
        return [blow for blow in self.blows if blow.kind == Kind.KILL]

    def look_after(self) -> None:
        """Start again what ended without us, which is a fault of its own."""
        for name in list(self._stack.names):
            if self._stack.has_ended(name):
                self.faults.append(f"{name} ended by itself: {self._stack.logs(name)[-300:]}")
                self._stack.spawn(name)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.look_after()
            time.sleep(min(LOOK_SECONDS, max(0.0, end - time.monotonic())))

    def _busy_worker(self) -> str:
        """One that draws just now, by the model server's log; all are up when one is chosen."""
        self._stack.wait_for(self._all_up, READY_SECONDS)
        end = time.monotonic() + BUSY_SECONDS
        while not (busy := self._drawing()) and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)
        return self._random.choice(sorted(busy) or self._stack.workers)

    def _all_up(self) -> bool:
        self.look_after()
        return all(map(self._stack.is_ready, self._stack.workers))

    def _drawing(self) -> set[str]:
        return {call.process for call in read_calls(self._model_url) if call.is_open}

    def _kill(self, name: str) -> None:
        self._note(Kind.KILL, name)
        self._stack.kill(name)
        self._stack.spawn(name)

    def _empty_valkey(self) -> None:
        with redis.Redis.from_url(self._stack.valkey.url) as valkey:
            valkey.flushall()
        self._note(Kind.EMPTIED, "valkey")

    def _restart_postgres(self) -> None:
        self._stack.postgres.restart()
        self._note(Kind.RESTARTED, "postgres")

    def _note(self, kind: Kind, name: str) -> None:
        self.blows.append(Blow(kind, name, time.time()))
        say(f"{name} {kind}")
