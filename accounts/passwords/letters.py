"""The mail with which a forgotten password is reset."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts import one_time
from accounts.mail.letters import Context, kind
from accounts.models import Mail, User

LIFETIME = timedelta(hours=1)
MOST_PER_HOUR = 3  # to one mailbox, whoever asks and from wherever


@kind("reset")
def reset(mail: Mail) -> Context | None:
    """A link, where somebody has this address. Who asked had no way to see whether.

    None where passwords are of no use here.
    """
    if not settings.EMAIL_AUTH_ENABLED:
        return None
    user = User.objects.filter(email=mail.to, is_active=True).first()
    if user is None or _sent_lately(mail) >= MOST_PER_HOUR:
        return None
    raw = one_time.make(user, one_time.Purpose.RESET_PASSWORD, email=mail.to, lifetime=LIFETIME)
    return {
        "link": f"{settings.FRONTEND_URL}/reset-password?token={raw}",
        "has_password": user.has_usable_password(),
    }


def _sent_lately(mail: Mail) -> int:
    since = timezone.now() - timedelta(hours=1)
    return Mail.objects.filter(kind="reset", to=mail.to, sent_at__gte=since).count()
