"""Sending what waits in the outbox, and finding the link in a mail."""

import re

from django.core import mail as django_mail

from accounts.mail import outbox
from accounts.models import Mail


def deliver():
    """Send every mail that is due, oldest first; what arrived."""
    before = len(django_mail.outbox)
    for pk in Mail.objects.filter(ended_at=None).order_by("created_at").values_list("pk"):
        outbox.send(pk[0])
    return django_mail.outbox[before:]


def kinds() -> list[str]:
    """Of the mails that were asked for, in order."""
    return list(Mail.objects.order_by("created_at").values_list("kind", flat=True))


def link(letter) -> str:
    """The address with a token that a mail leads to."""
    return re.search(r"https?://\S+token=[0-9a-f]{64}", letter.body)[0]


def token(letter) -> str:
    return link(letter).rpartition("=")[2]
