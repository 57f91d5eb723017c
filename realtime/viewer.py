"""What every live connection does, in any protocol: one person's events, once and in order."""

import asyncio
import contextlib
import contextvars
import logging
from urllib.parse import parse_qs
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from redis.exceptions import RedisError

from accounts.models import Session
from chatsvg import logs
from chatsvg.database import AWAY
from realtime import feed, tickets
from realtime.allowance import Allowance
from realtime.events import group_of_user
from realtime.layer import group_layer
from realtime.tickets import Ticket

logger = logging.getLogger(__name__)
REDIS_AWAY = (RedisError, OSError, TimeoutError)


def position(text: str) -> int | None:
    """A cursor as a client sent it; None where it is none."""
    return int(text[:18]) if text.isascii() and text.isdecimal() else None


def query(scope: dict, name: str) -> str:
    """A parameter of the address; empty where there is none."""
    found = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return found.get(name, [""])[0]


class Viewer:
    """Mixed into a connection, which says how to `deliver` a message, to `shut` and to be `idle`.

    Rows are read where a push shows a gap, and by `realtime.watch` where a push was lost, so that
    every viewer sees the same events whatever becomes of Redis. Otherwise a push is told as it
    came. Nothing of ours runs, and no queue waits, while there is nothing to tell.
    """

    face: str
    """The protocol, in figures."""
    user_id: UUID
    ticket: Ticket

    async def deliver(self, message: dict) -> None:
        """Send one message to the browser."""
        raise NotImplementedError

    async def shut(self) -> None:
        """End the connection, because its ticket holds no more."""
        raise NotImplementedError

    async def idle(self) -> None:
        """Nothing was missed in the last seconds: a chance to keep the connection alive."""
        raise NotImplementedError

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cursor = 0
        self.progress: dict[str, int] = {}  # of the jobs under way that this viewer heard of
        self.sketches = Allowance()
        self.is_listening = self.is_over = False
        self._has_begun = self._is_telling = False
        self._pushes: list[dict] = []  # that came and were not told yet

    async def join(self, session: Session) -> None:
        """Join first and read after: what is committed in between is seen once, by its id."""
        await self.enter(session.user_id, tickets.of_session(session))

    async def enter(self, user_id: UUID, ticket: Ticket) -> None:
        self.user_id, self.ticket = user_id, ticket
        logs.bind(user=user_id)
        self._context = contextvars.copy_context()
        await self.listen()

    async def listen(self) -> None:
        """Join the group that pushes come by.

        Where Redis is away the rows are read all the same, every few seconds, and `realtime.watch`
        tries again.
        """
        try:
            async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
                await group_layer().join(group_of_user(self.user_id), self.take)
        except REDIS_AWAY as error:
            logger.warning("viewer.without_pushes error=%s", type(error).__name__)
        else:
            self.is_listening = True

    async def leave(self) -> None:
        """Nothing is told from now on."""
        self.is_over = True
        if self.is_listening:
            self.is_listening = False
            with contextlib.suppress(*REDIS_AWAY):
                async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
                    await group_layer().leave(group_of_user(self.user_id), self.take)

    async def resume(self, after: int | None) -> None:
        """Begin behind the event `after`, or with what happens from now on."""
        self.cursor, jobs = await database_sync_to_async(self._standing)(after)
        self.progress.update(jobs)
        if after is not None:
            await self.catch_up()
        self.begin()

    def begin(self) -> None:
        """What came meanwhile, and what comes from now on, is told."""
        self._has_begun = True
        self._tell_soon()

    def _standing(self, after: int | None) -> tuple[int, list[tuple[str, int]]]:
        return feed.latest(self.user_id) if after is None else after, self.under_way()

    def under_way(self) -> list[tuple[str, int]]:
        """The jobs whose hints this viewer takes."""
        return feed.under_way(self.user_id)

    async def catch_up(self) -> None:
        is_more = True
        while is_more:
            messages = await database_sync_to_async(feed.after)(self.user_id, self.cursor)
            is_more = len(messages) == feed.PAGE
            for message in messages:
                if message["id"] > self.cursor:
                    await self.pass_on(message)

    # --- Pushes ---

    def take(self, push: dict) -> None:
        """A push has come. It is told after those before it, and in nobody's time but its own."""
        self._pushes.append(push)
        self._tell_soon()

    def _tell_soon(self) -> None:
        if self._pushes and self._has_begun and not self._is_telling:
            self._is_telling = True
            asyncio.get_running_loop().create_task(self._tell_all(), context=self._context)

    async def _tell_all(self) -> None:
        while self._pushes:
            pushes, self._pushes = self._pushes, []
            for push in pushes:
                try:
                    await self.hear(push)
                except AWAY as error:  # `realtime.watch` reads the rows again
                    logger.warning("viewer.behind error=%s", type(error).__name__)
                except Exception:
                    logger.exception("viewer.broken")
        self._is_telling = False

    async def hear(self, push: dict) -> None:
        if push["type"] == "user.message":
            await self.user_message(push["message"])
        elif push["type"] == "session.ended" and push["session"] == str(self.ticket.id):
            await self.finish()

    async def user_message(self, message: dict) -> None:
        cursor = message.get("id")
        if cursor is None:
            await self.pass_on_hint(message)
        elif cursor == self.cursor + 1:
            await self.pass_on(message)
        elif cursor > self.cursor:
            await self.catch_up()

    async def finish(self) -> None:
        """Its ticket holds no more: also what is on its way already is told to nobody."""
        self.is_over = True
        await self.shut()

    async def tell(self, message: dict) -> None:
        if not self.is_over:
            await self.deliver(message)

    async def pass_on(self, message):
        self.cursor = message["id"]
        if message["stage"] == "done" or message["status"] in ("FAILED", "CANCELED"):
            self.progress.pop(message["jobId"], None)
        else:
            shown = self.progress.get(
                message["jobId"], 0
            )  # hints came further than a retry's event
            self.progress[message["jobId"]] = max(shown, message["progress"])
        await self.tell(message)

    async def pass_on_hint(self, message):
        """Hints overtake events and each other; one that would move the bar back is dropped."""
        if message["type"] == "job.sketched":
            await self.pass_on_sketch(message)
        elif message["type"] != "job.progressed":
            await self.tell(message)
        elif message["progress"] > self.progress.get(message["jobId"], 100):
            self.progress[message["jobId"]] = message["progress"]
            await self.tell(message)

    async def pass_on_sketch(self, message):
        """What a model has drawn so far, while its job is under way; not more than can be sent."""
        known = self.progress.get(message["jobId"])
        if known is not None and self.sketches.take(len(message["svg"])):
            await self.tell({**message, "progress": max(known, message["progress"])})
