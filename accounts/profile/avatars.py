"""The pictures that people upload of themselves."""

import re
import secrets
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts import doomed, one_time
from accounts.models import User
from accounts.profile import pictures
from accounts.profile.errors import StorageAway
from chatsvg.errors import SignedOut

PREFIX = "/files/avatars/"
UPLOAD = timedelta(minutes=30)  # longer than any upload
NAME = re.compile(r"[A-Za-z0-9_-]{32}\.webp")
HEADERS = {
    "Content-Type": "image/webp",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "public, max-age=31536000, immutable",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def set_avatar(user: User, upload: bytes) -> User:
    """Give somebody a picture; the one before is deleted.

    Raises BadPicture, PictureTooLarge, or StorageAway; then nothing has changed.
    """
    picture = pictures.portrait(upload)
    name = f"{secrets.token_urlsafe(24)}.webp"
    doomed.doom([_key(name)], after=UPLOAD)
    try:
        default_storage.save(_key(name), ContentFile(picture))
    except OSError as error:
        raise StorageAway() from error
    with transaction.atomic():
        owner = one_time.lock(user)
        if not owner.is_active:
            raise SignedOut()
        if not doomed.spare(_key(name)):
            raise StorageAway()
        return _replace(owner, PREFIX + name)


@transaction.atomic
def remove_avatar(user: User) -> User:
    """Leave somebody without a picture. A repeat changes nothing."""
    return _replace(one_time.lock(user), "")


def discard(user: User) -> None:
    """Have the object of an uploaded picture deleted, inside the caller's transaction."""
    if user.avatar.startswith(PREFIX):
        doomed.doom([_key(user.avatar.removeprefix(PREFIX))])


def read(name: str) -> bytes | None:
    """A picture, or None where there is none by that name. Raises StorageAway."""
    if not NAME.fullmatch(name) or doomed.is_doomed(_key(name)):
        return None
    try:
        with default_storage.open(_key(name)) as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageAway() from error


def _replace(user: User, avatar: str) -> User:
    discard(user)
    user.avatar = avatar
    user.save(update_fields=["avatar", "updated_at"])
    return user


def _key(name: str) -> str:
    return f"avatars/{name}"
