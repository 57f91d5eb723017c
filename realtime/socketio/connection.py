"""One Socket.IO connection: a viewer like those of `realtime.consumers`."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from channels.db import database_sync_to_async
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
    """Lives from `start` until `end`."""

    face = "socketio"

    def __init__(self, server: AsyncServer, sid: str):
        super().__init__()
        self.server, self.sid = server, sid
        self._eio_sid = server.manager.eio_sid_from_sid(sid, "/")
        self._tasks: set[asyncio.Task] = set()

    def start(self, session: Session) -> None:
        self._spawn(self._open(session))

    async def end(self) -> None:
        """Nothing is sent from now on."""
        self.is_over = True
        watch.end(self)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.leave()

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

    async def _open(self, session: Session) -> None:
        try:
            await self.join(session)
            await self._emit(messages.READY)
            await self._begin(session)
        except Exception:
            logger.exception("socketio.broken")
            await self.finish()

    async def _begin(self, session: Session) -> None:
        """Tell how jobs stand, and go on behind that."""
        while True:
            try:
                now = await database_sync_to_async(standing)(self.user_id, session.pk)
                break
            except AWAY as error:
                logger.warning("socketio.waiting error=%s", type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
        if now is None:
            return await self.finish()
        for message in now.messages:
            await self.pass_on(message)
        self.cursor = now.cursor
        self.begin()
        watch.begin(self)

    async def _repeat(self, event: Event) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        await self._emit(event)

    async def _emit(self, event: Event) -> None:
        """As the library does for one client, without a task of its own for each event."""
        if not self.is_over:
            await self.server.eio.send(self._eio_sid, event.packet)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
