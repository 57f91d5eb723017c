"""Handing mails to the mail server, and leaving it alone for a while when it is away."""

import hashlib
import smtplib
import threading
import time

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives

from accounts.mail.letters import Letter
from accounts.models import Mail
from accounts.validation import is_mailbox

REST_SECONDS = 30  # so that a server that hangs holds up one thread, not all of them
_BAD_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
_lock = threading.Lock()
_asked_again_at: float | None = None  # None while it answers


class Refused(Exception):
    """This mail will never be taken: no other try."""


def is_open() -> bool:
    """Whether a mail may be tried now. Where the server was away, one in REST_SECONDS may."""
    global _asked_again_at
    with _lock:
        if _asked_again_at is None:
            return True
        if time.monotonic() < _asked_again_at:
            return False
        _asked_again_at = time.monotonic() + REST_SECONDS
        return True


def note(*, away: bool) -> None:
    """Remember whether the server answered."""
    global _asked_again_at
    with _lock:
        _asked_again_at = time.monotonic() + REST_SECONDS if away else None


def hand_over(mail: Mail, letter: Letter) -> None:
    """Give it to the mail server. Raises Refused, or whatever the backend raises."""
    if not is_mailbox(mail.to):
        raise Refused("not a mailbox")
    message = _message(mail, letter)
    try:
        taken = message.send()
    except BadHeaderError as error:
        raise Refused(str(error)) from error
    except _BAD_MAIL as error:
        note(away=False)
        if _is_for_ever(error):
            raise Refused(str(error)) from error
        raise
    except OSError:  # of the socket, or of smtplib
        note(away=True)
        raise
    note(away=False)
    if taken != 1:
        raise RuntimeError("the mail server took nothing")


def _message(mail: Mail, letter: Letter) -> EmailMultiAlternatives:
    reply_to = str(mail.context.get("reply_to", ""))
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        reply_to=[reply_to] if is_mailbox(reply_to) else None,
        headers={
            "Message-ID": f"<{mail.pk.hex}.{edition(letter)}@{settings.MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",  # nobody's holiday note answers us (RFC 3834)
        },
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def edition(letter: Letter) -> str:
    """The same for every try that says the same: a mail that was taken twice is shown once. One
    that leads to a new link is a new message (RFC 5322 §3.6.4), or mailboxes might keep only the
    older one, whose link is void."""
    return hashlib.sha256("\0".join(letter).encode()).hexdigest()[:8]


def _is_for_ever(error: OSError) -> bool:
    """Whether the server will have no mail for this mailbox (5xx). Other refusals may be mended."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _ in error.recipients.values())
