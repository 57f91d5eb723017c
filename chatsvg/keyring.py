"""What is signed or hashed under SECRET_KEY, and how long an older key is still believed.

New marks are made with SECRET_KEY alone. What an older key made counts for as long as that key
stands in SECRET_KEY_FALLBACKS: so the key can be changed without signing anybody out, closing
addresses that were given away or refusing API keys (deploy/OPERATIONS.md says how).
"""

import hmac
from collections.abc import Iterator

from django.conf import settings


def keys() -> list[bytes]:
    """The key in force, then the older ones."""
    return [str(key).encode() for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def mac(text: bytes) -> bytes:
    """The mark of `text`: HMAC-SHA256 under the key in force. `text` begins with what it is for."""
    return hmac.digest(keys()[0], text, "sha256")


def macs(text: bytes) -> Iterator[bytes]:
    """The mark of `text` under each key that is believed, the one in force first."""
    return (hmac.digest(key, text, "sha256") for key in keys())


def is_mac(presented: bytes, text: bytes) -> bool:
    """Whether `presented` begins a mark of `text`, under any key; with 16 bytes at least."""
    length = len(presented)
    found = [hmac.compare_digest(presented, one[:length]) for one in macs(text)]
    return length >= 16 and any(found)
