"""What people do with API keys. The key itself leaves here once and is never stored.

A key belongs to its person and plan: both are looked at whenever it is used.
"""

import hmac
import re
import secrets
import string
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import one_time
from accounts.emails import verification
from accounts.keys import replies
from accounts.keys.asked import Wish
from accounts.keys.errors import (
    EmailUnproved,
    KeyExpired,
    KeyMissing,
    KeyRefused,
    KeyRevoked,
    PlanWithoutKeys,
    TooManyKeys,
)
from accounts.models import ApiKey, User
from accounts.models.keys import PREFIX_LENGTH
from accounts.notices import notice
from chatsvg import keyring
from chatsvg.errors import SignedOut

BEGINNINGS = {ApiKey.Environment.PRODUCTION: "sk_live_", ApiKey.Environment.TEST: "sk_test_"}
SECRET_LENGTH = 40  # letters and digits: 238 bits
TEST_KEYS = 5  # that somebody may have, on every plan
_ALPHABET = string.ascii_letters + string.digits
_SHAPE = re.compile(rf"sk_(?:live|test)_[A-Za-z0-9]{{{SECRET_LENGTH}}}")


class Made(NamedTuple):
    """A new key, and its only copy in the clear."""

    key: ApiKey
    raw: str


def keys_of(user: User) -> list[ApiKey]:
    """Those that were not revoked, the newest first."""
    return list(user.api_keys.live().order_by("-created_at", "-id"))


@transaction.atomic
def create(user: User, wish: Wish) -> Made:
    """Make a key. Raises EmailUnproved, PlanWithoutKeys or TooManyKeys.

    Counted under the person's row, so that no two requests can both make the last one.
    """
    locked = one_time.lock(user)
    if not locked.is_active:
        raise SignedOut()  # deleted or suspended since this request began
    if verification.is_missing(locked):
        raise EmailUnproved()
    _check_room(locked, wish.environment)
    made = issue(locked, wish)
    notice(locked, f"A new API key of your account begins with {made.key.prefix}.", about="key")
    return made


def issue(user: User, wish: Wish, *, is_example: bool = False) -> Made:
    """The key itself, for callers who have locked the person and looked whether they may."""
    raw = BEGINNINGS[wish.environment] + "".join(
        secrets.choice(_ALPHABET) for _ in range(SECRET_LENGTH)
    )
    known = {"prefix": raw[:PREFIX_LENGTH], "key_hash": _hashes(raw)[0], "is_example": is_example}
    return Made(user.api_keys.create(**wish._asdict(), **known), raw)


class Room(NamedTuple):
    """How many keys of a kind somebody has, and may have."""

    used: int
    most: int

    @property
    def is_left(self) -> bool:
        return self.used < self.most


def room(user: User, environment: ApiKey.Environment) -> Room:
    """Those that the docs made take none."""
    is_test = environment == ApiKey.Environment.TEST
    most = TEST_KEYS if is_test else user.wallet.allowance.api_keys
    mine = user.api_keys.live().filter(environment=environment, is_example=False)
    return Room(mine.count(), most)


def _check_room(user: User, environment: ApiKey.Environment) -> None:
    found = room(user, environment)
    if not found.most:
        raise PlanWithoutKeys()
    if not found.is_left:
        raise TooManyKeys(
            f"API key limit reached: you may have {found.most} {environment} keys. "
            "Revoke one to create another."
        )


def find(user: User, key_id: UUID | None) -> ApiKey:
    """A key of theirs that was not revoked. Raises KeyMissing."""
    key = key_id and user.api_keys.live().filter(pk=key_id).first()
    if not key:
        raise KeyMissing()
    return key


@transaction.atomic
def revoke(key: ApiKey, *, because: str = "revoked") -> bool:
    """End a key, for the next request that shows it. A repeat changes nothing, and says False."""
    ended = ApiKey.objects.live().filter(pk=key.pk)
    if not ended.update(revoked_at=timezone.now(), revoked_because=because):
        return False
    notice(key.user, f"The API key that begins with {key.prefix} was revoked.", about="key")
    return True


def revoke_all(user: User, *, because: str) -> None:
    """End every key of theirs, inside the transaction of what brought it about."""
    user.api_keys.live().update(revoked_at=timezone.now(), revoked_because=because)


def forget(user: User) -> None:
    """Revoke and blank what a deleted person had. The figures stay, for the books."""
    replies.forget(user)
    revoke_all(user, because="deleted")
    user.api_keys.update(name="", description="", ip_list=[])


def recognise(raw: str) -> ApiKey:
    """The key that a program presents, with its person and wallet, in one query.

    Raises KeyRefused where there is none such, KeyRevoked or KeyExpired.
    """
    if not _SHAPE.fullmatch(raw):
        raise KeyRefused()
    alike = ApiKey.objects.filter(prefix=raw[:PREFIX_LENGTH]).select_related("user__wallet")
    hashes = _hashes(raw)
    key = next((one for one in alike if _is_one_of(one.key_hash, hashes)), None)
    if key is None or not key.user.is_active:
        raise KeyRefused()
    if key.key_hash != hashes[0]:
        _hash_anew(key, hashes[0])
    if key.revoked_at:
        raise KeyRevoked()
    if key.expires_at and key.expires_at <= timezone.now():
        raise KeyExpired()
    return key


def _hashes(raw: str) -> list[str]:
    """What may be stored of a key: under SECRET_KEY, and under each older one."""
    return [mac.hex() for mac in keyring.macs(f"api-key:{raw}".encode())]


def _is_one_of(stored: str, hashes: list[str]) -> bool:
    return any(hmac.compare_digest(stored, one) for one in hashes)


def _hash_anew(key: ApiKey, digest: str) -> None:
    """Once it was used, a key needs the older SECRET_KEY no more."""
    ApiKey.objects.filter(pk=key.pk).update(key_hash=digest)
    key.key_hash = digest
