"""Secrets and signatures of the Standard Webhooks specification 1.0.0. No database.

Secrets are stored encrypted, not hashed: they sign. Whoever has the database alone has none of
them; a new SECRET_KEY needs the old one in SECRET_KEY_FALLBACKS until all were rotated.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from chatsvg import keyring
from realtime.webhooks.models import WebhookSecret

if TYPE_CHECKING:  # 8 MB: loaded by who has webhooks
    from cryptography.fernet import MultiFernet
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Kind = WebhookSecret.Kind
SECRET, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
SECRET_BYTES = 32  # the specification wants 24 to 64
_PURPOSE = b"webhook secrets"


class Unreadable(Exception):
    """A secret was encrypted with a SECRET_KEY that is not ours any more."""


def make(kind: WebhookSecret.Kind) -> str:
    """A new secret as it is written: `whsec_…`, or the private `whsk_…` of a pair."""
    if kind == Kind.HMAC:
        return SECRET + _encode(secrets.token_bytes(SECRET_BYTES))
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return PRIVATE + _encode(Ed25519PrivateKey.generate().private_bytes_raw())


def shown(secret: str) -> str:
    """What a receiver verifies with: the secret itself, or the public key of a pair."""
    if secret.startswith(SECRET):
        return secret
    public = _private(secret).public_key().public_bytes_raw()
    return PUBLIC + _encode(public)


def sign(written: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature for each of the secrets."""
    content = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(_signature(one, content) for one in written)


def seal(secret: str) -> str:
    return _box(*keyring.macs(_PURPOSE)).encrypt(secret.encode()).decode()


def open_sealed(sealed: str) -> str:
    """Raises Unreadable."""
    from cryptography.fernet import InvalidToken

    try:
        return _box(*keyring.macs(_PURPOSE)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable() from error


def _signature(secret: str, content: bytes) -> str:
    if secret.startswith(SECRET):
        key = base64.b64decode(secret.removeprefix(SECRET))
        return "v1," + _encode(hmac.new(key, content, hashlib.sha256).digest())
    return "v1a," + _encode(_private(secret).sign(content))


def _private(secret: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret.removeprefix(PRIVATE)))


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


@cache
def _box(*keys: bytes) -> "MultiFernet":
    """Encrypts with the first key, and reads what any of them encrypted."""
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet(Fernet(base64.urlsafe_b64encode(key)) for key in keys)
