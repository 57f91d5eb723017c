"""The only writer to the channel layer.

It never blocks and never fails its caller: a push that is lost delays a viewer, who reads the rows.
"""

import asyncio
import logging
import os
from concurrent.futures import Future
from uuid import UUID

from channels.layers import get_channel_layer
from django.conf import settings

from chatsvg import background
from realtime.events import group_of_session, group_of_user

logger = logging.getLogger(__name__)
MOST_HINTS = 8  # on their way at once: behind them wait the events

_hints: set[Future] = set()


def to_user(user_id: UUID, message: dict) -> None:
    """Push a message to every socket of a person."""
    _send(group_of_user(user_id), {"type": "user.message", "message": message})


def hint_to_user(user_id: UUID, message: dict) -> None:
    """Push a large message that may be lost, unless Redis is slow to take those before it."""
    if len(_hints) < MOST_HINTS:
        told = {"type": "user.message", "message": message}
        push = background.submit(_push(group_of_user(user_id), told))
        _hints.add(push)
        push.add_done_callback(_hints.discard)


def end_session(session_id: UUID) -> None:
    """Close every socket of a session that has ended."""
    _send(group_of_session(session_id), {"type": "session.ended"})


def _send(group: str, message: dict) -> None:
    background.submit(_push(group, message)).add_done_callback(_note)


async def _push(group: str, message: dict) -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
        await layer.group_send(group, message)


def _note(push: Future) -> None:
    error = None if push.cancelled() else push.exception()
    if error:
        logger.warning("push.lost error=%s", type(error).__name__)


os.register_at_fork(after_in_child=_hints.clear)  # those of the parent end there
