"""The only writer to the channel layer.

It never blocks and never fails its caller: a push that is lost delays a viewer, who reads the rows.
"""

import asyncio
import logging
from concurrent.futures import Future
from uuid import UUID

from channels.layers import get_channel_layer
from django.conf import settings

from chatsvg import background
from realtime.events import group_of_session, group_of_user

logger = logging.getLogger(__name__)


def to_user(user_id: UUID, message: dict) -> None:
    """Push a message to every socket of a person."""
    _send(group_of_user(user_id), {"type": "user.message", "message": message})


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
