"""Mailboxes that had their welcome credits. They are remembered when their account is gone, as a
keyed hash: whoever has the database alone can neither read them nor try addresses out."""

import hmac

from django.conf import settings

from credits.models import RewardedMailbox

_WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def claim(email: str) -> bool:
    """Whether this mailbox has its welcome credits still to come: True once, for one caller.

    Inside a transaction: whoever comes at the same time waits for its end.
    """
    _, is_new = RewardedMailbox.objects.get_or_create(email_hash=fingerprint(email))
    return is_new


def fingerprint(email: str) -> str:
    """64 hex characters that stand for a mailbox. A new SECRET_KEY forgets them all."""
    key = settings.SECRET_KEY.encode()
    text = f"credits:mailbox:{normal(email)}"
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def normal(email: str) -> str:
    """One spelling for one mailbox: `Ada+news@…` goes to `ada@…`, and Gmail sees no dots."""
    local, _, domain = email.strip().lower().rpartition("@")
    bare = local.partition("+")[0] or local
    if domain in _WITHOUT_DOTS:
        return f"{bare.replace('.', '')}@{_WITHOUT_DOTS[domain]}"
    return f"{bare}@{domain}"
