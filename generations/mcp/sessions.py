"""Sessions: names that every process can check and none has to remember.

A name says when it was given and to whom, under an HMAC; so requests of one session may go to any
process, and a restart ends none. Ended ones are noted in Redis for as long as they would last. If
it forgets them nothing is lost: a session opens nothing, its credential does, in every request.
"""

import logging
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import redis
from django.conf import settings

from chatsvg import brief_redis, keyring

LIFETIME = 24 * 3600  # seconds; then the client is told to begin anew
_NONCE, _TIME, _MAC = 8, 5, 16  # bytes
_SHAPE = re.compile(r"[A-Za-z0-9_-]{39}")  # of them in base64

logger = logging.getLogger(__name__)


def begin(owner: UUID) -> str:
    """A new session of a key or grant."""
    said = secrets.token_bytes(_NONCE) + int(time.time()).to_bytes(_TIME, "big")
    return _written(said + keyring.mac(_signed(said, owner))[:_MAC])


def is_open(name: str, owner: UUID) -> bool:
    """Whether it is a session of theirs that has neither run out nor been ended."""
    return _is_theirs(name, owner) and not _was_ended(name)


def end(name: str) -> None:
    try:
        _redis().tell(lambda client: client.set(_key(name), 1, ex=LIFETIME))
    except brief_redis.AWAY as error:
        logger.warning("mcp.session_not_ended error=%s", type(error).__name__)


def _is_theirs(name: str, owner: UUID) -> bool:
    if not _SHAPE.fullmatch(name):
        return False
    raw = urlsafe_b64decode(name + "=")
    if _written(raw) != name:
        return False  # another spelling of it, which was not ended with it
    said, mac = raw[:-_MAC], raw[-_MAC:]
    if len(said) != _NONCE + _TIME or not keyring.is_mac(mac, _signed(said, owner)):
        return False
    return time.time() < int.from_bytes(said[_NONCE:], "big") + LIFETIME


def _was_ended(name: str) -> bool:
    try:
        return bool(_redis().ask(lambda client: client.exists(_key(name))))
    except brief_redis.AWAY:
        return False


def _written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _signed(said: bytes, owner: UUID) -> bytes:
    return b"mcp-session:" + said + owner.bytes


def _key(name: str) -> str:
    return f"{settings.RATELIMIT_PREFIX}:mcp:ended:{name}"


def _redis() -> brief_redis.BriefRedis[redis.Redis]:
    return brief_redis.of("mcp", settings.REDIS_URL)
