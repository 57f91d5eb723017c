"""Whether a webhook was sent by ChatSVG (Standard Webhooks, HMAC signatures)."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from chatsvg_client.errors import InvalidSignature
from chatsvg_client.results import WebhookEvent, known_time

TOLERANCE_SECONDS = 300
_PREFIX = "whsec_"


def verify_webhook(
    body: bytes, headers: Mapping[str, str], secret: str, *, tolerance: float = TOLERANCE_SECONDS
) -> WebhookEvent:
    """The event in a request's raw body. Raises InvalidSignature.

    While a secret is being replaced either of the two verifies.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    try:
        name, at, signatures = (
            sent[f"webhook-{part}"] for part in ("id", "timestamp", "signature")
        )
        age = abs(time.time() - int(at))
    except (KeyError, ValueError):
        raise InvalidSignature("The headers of a webhook are missing.") from None
    if age > tolerance:
        raise InvalidSignature("This webhook was signed too long ago.")
    expected = hmac.digest(_key(secret), f"{name}.{at}.".encode() + body, hashlib.sha256)
    if not any(hmac.compare_digest(expected, one) for one in _signatures(signatures)):
        raise InvalidSignature("No signature of this webhook is by this secret.")
    told = json.loads(body)
    return WebhookEvent(name, told["type"], known_time(told["timestamp"]), told["data"])


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        raise InvalidSignature(f"A secret of webhooks begins with {_PREFIX}")
    return base64.b64decode(secret.removeprefix(_PREFIX))


def _signatures(header: str) -> list[bytes]:
    found = []
    for version, _, text in (one.partition(",") for one in header.split()):
        if version == "v1":
            try:
                found.append(base64.b64decode(text, validate=True))
            except binascii.Error:
                continue
    return found
