"""Looks after the live connections of one process, every few seconds, whatever was pushed or lost.

A few statements for all of them: who has events that a viewer has not seen, and whose session or
key has ended.
"""

import asyncio
import contextlib
import contextvars
import logging
from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import Error
from psycopg_pool import PoolTimeout

from chatsvg import logs
from chatsvg.shared_metrics import Gauge
from generations.models import Feed
from realtime import tickets
from realtime.tickets import Ticket
from realtime.viewer import Viewer

logger = logging.getLogger(__name__)
EVERY_SECONDS = 3

_viewers: set[Viewer] = set()
_open: Counter[str] = Counter()
_sockets = Gauge("chatsvg_sockets", "Live connections that are open, by protocol.", ("face",))
_watching: asyncio.Task | None = None


def begin(viewer: Viewer) -> None:
    """Look after a viewer from now on."""
    global _watching
    if viewer not in _viewers:
        _viewers.add(viewer)
        _count(viewer.face, 1)
    if _watching is None or _watching.done():
        nobodys = contextvars.copy_context()  # its log lines belong to no viewer's request
        nobodys.run(logs.begin)
        _watching = asyncio.get_running_loop().create_task(_watch(), context=nobodys)


def end(viewer: Viewer) -> None:
    if viewer in _viewers:
        _viewers.discard(viewer)
        _count(viewer.face, -1)


def _count(face: str, change: int) -> None:
    _open[face] += change
    _sockets.set(_open[face], face)


async def _watch() -> None:
    while _viewers:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await look(list(_viewers))
        except (Error, PoolTimeout) as error:
            logger.warning("watch.failed error=%s", type(error).__name__)
        except Exception:
            logger.exception("watch.broken")


async def look(viewers: list[Viewer]) -> None:
    """Bring those up to date that missed something; close those that may look no more."""
    await asyncio.gather(*(viewer.listen() for viewer in viewers if not viewer.is_listening))
    holding, newest = await database_sync_to_async(_state)(
        {viewer.ticket for viewer in viewers}, {viewer.user_id for viewer in viewers}
    )
    for viewer in viewers:
        with contextlib.suppress(ConnectionError, RuntimeError):  # it has just gone
            if viewer.ticket not in holding:
                await viewer.finish()
            elif newest.get(viewer.user_id, 0) > viewer.cursor:
                await viewer.catch_up()
                viewer.cursor = max(viewer.cursor, newest[viewer.user_id])  # rows are forgotten
            else:
                await viewer.idle()


def _state(shown: set[Ticket], users: Iterable[UUID]) -> tuple[set[Ticket], dict[UUID, int]]:
    newest = Feed.objects.filter(pk__in=users).values_list("pk", "last")
    return tickets.holding(shown), dict(newest)
