"""The channel layer: Redis pub/sub for groups alone, so that connections live without it.

With several servers everybody listens to all of them, and whoever pushes does so by the first that
takes it: so it does not matter who thinks which server is away.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from channels_redis.utils import _wrap_close

from realtime.speaker import Speaker
from realtime.wires import Wire

Push = dict[str, Any]
Take = Callable[[Push], None]


def group_layer() -> "GroupLayer":
    """This process's, as CHANNEL_LAYERS has it."""
    return cast(GroupLayer, get_channel_layer())


class GroupLayer(RedisPubSubChannelLayer):
    """Survives FLUSHALL, as pub/sub does, and lets a connection begin while Redis is away.

    Connections have no channels here, which would be a queue and two tasks for each: who joins a
    group says what takes its pushes. `hosts`: `{"address": url}` of each server, the preferred one
    first.
    """

    def __init__(self, hosts: list[dict[str, str]], prefix: str = "asgi", **options: Any):
        super().__init__(**options)
        self.prefix = prefix
        self._urls = [host["address"] for host in hosts]
        self._speaker = Speaker(",".join(self._urls))

    async def join(self, group: str, take: Take) -> None:
        """From now on `take` is called, on this event loop, with everything that the group is
        sent. It returns at once, and changes nothing: others are given the same."""
        await self._get_layer().join(self._name(group), take)

    async def leave(self, group: str, take: Take) -> None:
        await self._get_layer().leave(self._name(group), take)

    async def group_send(self, group: str, message: Push) -> None:
        """Raises a RedisError or an OSError where no server took it."""
        name, body = self._name(group), self.serialize(message)
        await asyncio.to_thread(self._speaker.say_now, name, body)

    def push(self, group: str, message: Push, *, at_most: int | None = None) -> None:
        """The same from any thread, and nobody is told what becomes of it. With so many waiting
        already as `at_most`, nothing does.

        An event loop goes on meanwhile; another thread comes back from a server that takes what it
        is told and never answers within a fraction of a second, and only the first few times.
        """
        if at_most is not None and self._speaker.left >= at_most:
            return
        self._speaker.leave(self._name(group), self.serialize(message))
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._speaker.say()
        else:
            loop.run_in_executor(None, self._speaker.say)

    def _name(self, group: str) -> str:
        return f"{self.prefix}__group__{group}"

    def _get_layer(self) -> "_Groups":
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = _Groups(self._urls, self.deserialize)
            _wrap_close(self, loop)
        return self._layers[loop]


class _Groups:
    """Who listens in one event loop."""

    def __init__(self, urls: list[str], read: Callable[[bytes], Push]):
        self._read = read
        self._takers: dict[str, set[Take]] = {}
        self._wires = [Wire(url, self._take) for url in urls]

    async def join(self, name: str, take: Take) -> None:
        self._takers.setdefault(name, set()).add(take)
        await asyncio.gather(*(wire.subscribe(name) for wire in self._wires))

    async def leave(self, name: str, take: Take) -> None:
        left = self._takers.get(name, set())
        left.discard(take)
        if not left and self._takers.pop(name, None) is not None:
            await asyncio.gather(*(wire.unsubscribe(name) for wire in self._wires))

    async def flush(self) -> None:
        """As if nobody had ever joined."""
        self._takers.clear()
        for wire in self._wires:
            await wire.flush()

    def _take(self, name: str, body: bytes) -> None:
        if takers := self._takers.get(name):
            push = self._read(body)
            for take in tuple(takers):
                take(push)
