"""What every live connection does, in any protocol: one person's events, once and in order."""

import asyncio
import contextlib
import logging
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from redis.exceptions import RedisError

from accounts.models import Session
from realtime import feed, tickets
from realtime.allowance import Allowance
from realtime.events import group_of_session, group_of_user
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
    """Mixed into a consumer, which says how to `deliver` a message, to `shut` and to be `idle`.

    Rows are read where a push shows a gap, and by `realtime.watch` where a push was lost, so that
    every viewer sees the same events whatever becomes of Redis.
    """

    channel_layer: Any
    channel_name: str
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
        self.groups: tuple[str, ...] = ()
        self.groups_joined: tuple[str, ...] = ()
        self.is_over = False

    async def join(self, session: Session) -> None:
        """Join first and read after: what is committed in between is seen once, by its id."""
        self.session_id = session.pk
        await self.enter(session.user_id, tickets.of_session(session), group_of_session(session.pk))

    async def enter(self, user_id: UUID, ticket: Ticket, *groups: str) -> None:
        self.user_id, self.ticket = user_id, ticket
        self.groups = (group_of_user(user_id), *groups)
        await self.listen()

    async def listen(self) -> None:
        """Join the groups that pushes come by.

        Where Redis is away the rows are read all the same, every few seconds, and `realtime.watch`
        tries again.
        """
        try:
            async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
                for group in self.groups:
                    await self.channel_layer.group_add(group, self.channel_name)
        except REDIS_AWAY as error:
            logger.warning("viewer.without_pushes error=%s", type(error).__name__)
        else:
            self.groups_joined = self.groups

    async def leave(self) -> None:
        groups, self.groups_joined = self.groups_joined, ()
        with contextlib.suppress(*REDIS_AWAY):
            async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
                for group in groups:
                    await self.channel_layer.group_discard(group, self.channel_name)

    async def resume(self, after: int | None) -> None:
        """Begin behind the event `after`, or with what happens from now on."""
        if after is None:
            self.cursor = await database_sync_to_async(feed.latest)(self.user_id)
        else:
            self.cursor = after
            await self.catch_up()
        for job_id, progress in await database_sync_to_async(self.under_way)():
            self.progress.setdefault(job_id, progress)

    def under_way(self) -> list[tuple[str, int]]:
        """The jobs whose hints this viewer takes."""
        return feed.under_way(self.user_id)

    async def catch_up(self) -> None:
        while messages := await database_sync_to_async(feed.after)(self.user_id, self.cursor):
            for message in messages:
                if message["id"] > self.cursor:
                    await self.pass_on(message)

    async def user_message(self, push):
        message = push["message"]
        cursor = message.get("id")
        if cursor is None:
            await self.pass_on_hint(message)
        elif cursor == self.cursor + 1:
            await self.pass_on(message)
        elif cursor > self.cursor:
            await self.catch_up()

    async def session_ended(self, push):
        await self.finish()

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
