"""An installation with two PostgreSQL servers, one of which stands by, and two Valkeys."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from chatsvg import roles
from chatsvg.bench.stack import UPKEEP, WEB
from chatsvg.embedded import Home, Postgres, Valkey
from tests.clusters import copy_migrated
from tests.faults.harness import Stack
from tests.faults.test_postgres import Traffic
from tests.model_server import ModelServer
from tests.servers import temporary_home

BEAT = "beat"
STREAMING = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"


class Primary(Postgres):
    """Acknowledges what its standby has written too. Without a standby it acknowledges nothing."""

    def argv(self):
        waits = ["--synchronous_commit=on", "--synchronous_standby_names=*"]
        return [*super().argv(), *waits]


class Standby(Postgres):
    """Streams from a primary, and takes its place when it is told to."""

    def __init__(self, home: Home, primary: Postgres):
        super().__init__(home, durable=False)
        self.primary = primary

    def prepare(self) -> None:
        if not self.data.exists():
            self.home.give(self.data)
            source = f"host={self.primary.home.sockets} user=chatsvg"
            self._run("pg_basebackup", "-D", self.data, "-d", source, "-R", "--checkpoint=fast")
        self._claim_data()

    def promote(self) -> None:
        """Returns when it takes writes."""
        with psycopg.connect(self.url, autocommit=True) as one:
            assert one.execute("SELECT pg_promote(true, 30)").fetchone() == (True,)


class Pair(Stack):
    """DATABASE_URL and REDIS_URL name two servers each; beat runs too."""

    def __init__(self, home: Home, other: Home, model: ModelServer, **env: str):
        super().__init__(home, model, **env)
        self.primary = self.postgres = Primary(home, durable=False)
        self.standby = Standby(other, self.primary)
        self.valkeys = [self.valkey, Valkey(other)]
        hosts = ",".join(str(one.sockets) for one in (home, other))
        options = f"host={hosts}&user=chatsvg&target_session_attrs=read-write"
        self.set(
            DATABASE_URL=f"postgresql:///chatsvg?{options}",
            REDIS_URL=",".join(one.url for one in self.valkeys),
        )

    def start(self, *, workers: int = 1) -> None:
        for server in (self.primary, *self.valkeys, self.standby):
            server.start()
        assert self.wait_for(lambda: self.value(STREAMING) == 1, 10)
        for name in (WEB, UPKEEP, BEAT, *(self.new_name() for _ in range(workers))):
            self.spawn(name)
        for name in (WEB, UPKEEP, *self.workers):
            self.wait_ready(name)

    def fail_over(self) -> None:
        """The primary is dead: the standby takes its place."""
        self.standby.promote()
        self.postgres = self.standby

    def stop(self) -> None:
        super().stop()
        for server in (self.standby, self.primary, *self.valkeys):
            server.stop()

    def lines(self, word: str) -> list[str]:
        """Everything that any process logged with this word in it."""
        return [
            f"{name}: {line}"
            for name in self.names
            for line in self.logs(name).splitlines()
            if word in line
        ]

    def _argv(self, name: str) -> list[str]:
        if name == BEAT:
            return roles.beat(self.home.run / "schedule")
        return super()._argv(name)


@contextmanager
def running_pair(**env: str) -> Iterator[Pair]:
    with temporary_home() as home, temporary_home() as other, ModelServer() as model:
        copy_migrated(home)
        pair = Pair(home, other, model, **env)
        try:
            pair.start()
            yield pair
        except BaseException:
            print(*pair.lines(" ERROR "), *pair.lines(" WARNING ")[-40:], sep="\n")
            raise
        finally:
            pair.stop()


class TimedTraffic(Traffic):
    """Traffic that knows when it was told what."""

    def __init__(self, *asks):
        self.times = []
        super().__init__(*(self._timed(ask) for ask in asks))

    def _timed(self, ask):
        def timed():
            reply = ask()
            self.times.append((time.monotonic(), reply))
            return reply

        return timed

    def since(self, moment: float) -> list:
        return [reply for at, reply in self.times if at >= moment]

    def last(self, status: int, since: float) -> float:
        """Seconds after `since` when somebody was told this for the last time; 0 for never."""
        found = [at - since for at, reply in self.times if reply.status == status and at >= since]
        return max(found, default=0.0)
