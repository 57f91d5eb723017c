"""Mailboxes that had their welcome credits. They are remembered when their account is gone, as a
keyed hash: whoever has the database alone can neither read them nor try addresses out."""

from chatsvg import keyring
from credits.models import RewardedMailbox

_WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def claim(email: str) -> bool:
    """Whether this mailbox has its welcome credits still to come: True once, for one caller.

    Inside a transaction: whoever comes at the same time waits for its end.
    """
    if RewardedMailbox.objects.filter(email_hash__in=_older(email)).exists():
        return False
    _, is_new = RewardedMailbox.objects.get_or_create(email_hash=fingerprint(email))
    return is_new


def fingerprint(email: str) -> str:
    """64 hex characters that stand for a mailbox. Where a new SECRET_KEY leaves the old one out of
    SECRET_KEY_FALLBACKS, all are forgotten."""
    return keyring.mac(_hashed(email)).hex()


def _older(email: str) -> list[str]:
    return [mac.hex() for mac in keyring.macs(_hashed(email))][1:]


def _hashed(email: str) -> bytes:
    return f"credits:mailbox:{normal(email)}".encode()


def normal(email: str) -> str:
    """One spelling for one mailbox: `Ada+news@…` goes to `ada@…`, and Gmail sees no dots."""
    local, _, domain = email.strip().lower().rpartition("@")
    bare = local.partition("+")[0] or local
    if domain in _WITHOUT_DOTS:
        return f"{bare.replace('.', '')}@{_WITHOUT_DOTS[domain]}"
    return f"{bare}@{domain}"
