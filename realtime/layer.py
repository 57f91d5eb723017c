"""The channel layer: Redis pub/sub for groups alone, so that connections live without it."""

import asyncio
from uuid import uuid4

from channels_redis.pubsub import RedisPubSubChannelLayer


class GroupLayer(RedisPubSubChannelLayer):
    """Survives FLUSHALL, as pub/sub does, and lets a connection begin while Redis is away.

    A connection's own channel is a queue of this process: we only ever send to groups.
    """

    async def new_channel(self, prefix: str = "specific.") -> str:
        layer = self._get_layer()
        channel = f"{layer.prefix}{prefix}{uuid4().hex}"
        layer.channels[channel] = asyncio.Queue()
        return channel
