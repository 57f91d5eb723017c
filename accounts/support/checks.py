"""Mailboxes that settings name."""

from django.conf import settings
from django.core.checks import Error, register

from accounts.validation import is_mailbox

HINT = "One bare address, such as help@example.com{}."


@register
def mailboxes(app_configs: object, **kwargs: object) -> list[Error]:
    """What is no mailbox gets no mail, and nobody would notice."""
    faults = []
    if settings.SUPPORT_EMAIL and not is_mailbox(settings.SUPPORT_EMAIL):
        said = f"SUPPORT_EMAIL is no mailbox: {settings.SUPPORT_EMAIL}"
        faults.append(Error(said, hint=HINT.format(""), id="accounts.E020"))
    for address in settings.ADMIN_EMAILS:
        if not is_mailbox(address):
            said = f"ADMIN_EMAIL names what is no mailbox: {address}"
            more = "; several are separated by commas"
            faults.append(Error(said, hint=HINT.format(more), id="accounts.E021"))
    return faults
