"""The mail with the link."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.backstage import services
from accounts.mail.letters import Context, kind
from accounts.models import Mail

MOST_PER_HOUR = 6  # to one mailbox, whoever asks and from wherever


@kind("admin_access")
def admin_access(mail: Mail) -> Context | None:
    """A link, where the address is an administrator's. Context: `browser`, the hash of a cookie."""
    if not services.is_administrator(mail.to) or _sent_lately(mail) >= MOST_PER_HOUR:
        return None
    raw = services.make_link(mail.to, browser_hash=str(mail.context["browser"]))
    return {"link": f"{settings.PUBLIC_URL}/api/admin/verify?token={raw}"}


def _sent_lately(mail: Mail) -> int:
    since = timezone.now() - timedelta(hours=1)
    return Mail.objects.filter(kind=mail.kind, to=mail.to, sent_at__gte=since).count()
