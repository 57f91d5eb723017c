"""One Socket.IO connection: a viewer like those of `realtime.consumers`."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from socketio import AsyncServer

from accounts.models import Session
from chatsvg.database import AWAY
from realtime import watch
from realtime.socketio import messages
from realtime.socketio.messages import Event
from realtime.socketio.replay import standing
from realtime.viewer import Viewer

logger = logging.getLogger(__name__)
AGAIN_SECONDS = 1.2  # the client may have begun to listen since: the end of a job is told twice
PAUSE_SECONDS = 1.0  # between two looks at a database that is away


class Connection(Viewer):
    """Lives in a task of its own, from `start` until `end`."""

    def __init__(self, server: AsyncServer, sid: str):
        super().__init__()
        self.server, self.sid = server, sid
        self.channel_layer, self.channel_name = get_channel_layer(), ""
        self._tasks: set[asyncio.Task] = set()

    def start(self, session: Session) -> None:
        self._spawn(self._live(session))

    async def end(self) -> None:
        """Nothing is sent from now on."""
        watch.end(self)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.leave()
        self.channel_layer.channels.pop(self.channel_name, None)

    async def deliver(self, message):
        shown = self.progress.get(message.get("jobId", ""), 0)
        if event := messages.translate(message, at_least=shown):
            await self._emit(event)
            if event.is_end:
                self._spawn(self._repeat(event))

    async def shut(self):
        """The client hears that it was the server who ended this, and does not come again."""
        # not of our tasks: it calls `end`, which waits for those
        self._ending = asyncio.ensure_future(self.server.disconnect(self.sid))

    async def idle(self):
        """Engine.IO keeps itself alive."""

    async def _live(self, session: Session) -> None:
        try:
            self.channel_name = await self.channel_layer.new_channel()
            await self.join(session)
            await self.server.enter_room(self.sid, f"user:{self.user_id}")
            await self._emit(messages.READY)
            await self._begin()
            while True:
                await self._take(await self.channel_layer.receive(self.channel_name))
        except Exception:
            logger.exception("socketio.broken")
            await self.finish()

    async def _begin(self) -> None:
        """Tell how jobs stand, and go on behind that."""
        while True:
            try:
                now = await database_sync_to_async(standing)(self.user_id, self.session_id)
                break
            except AWAY as error:
                logger.warning("socketio.waiting error=%s", type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
        if now is None:
            return await self.finish()
        for message in now.messages:
            await self.pass_on(message)
        self.cursor = now.cursor
        watch.begin(self)

    async def _take(self, push: dict) -> None:
        try:
            await getattr(self, get_handler_name(push))(push)
        except AWAY as error:  # `realtime.watch` reads the rows again
            logger.warning("socketio.behind error=%s", type(error).__name__)

    async def _repeat(self, event: Event) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        await self._emit(event)

    async def _emit(self, event: Event) -> None:
        await self.server.emit(event.name, event.payload, to=self.sid)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
