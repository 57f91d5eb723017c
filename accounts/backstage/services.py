"""Visits backstage: asked for by mail, begun once, ended by hand or by the clock."""

import hmac
import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts import mail
from accounts.errors import LinkSpent
from accounts.models import User, Visit
from accounts.one_time import digest
from chatsvg import retention

logger = logging.getLogger(__name__)
LINK_LIFETIME = timedelta(minutes=15)
VISIT_LIFETIME = timedelta(hours=1)
PERMISSION = "accounts.view_metrics"
FIGURES = "/backstage/figures"


def is_administrator(email: str) -> bool:
    return email.lower() in settings.ADMIN_EMAILS


def figures_address() -> str:
    """Where a visit leads: to the React client's page, or to ours where there is no such client."""
    is_ours = settings.FRONTEND_URL == settings.PUBLIC_URL
    return FIGURES if is_ours else f"{settings.FRONTEND_URL}/admin"


def ask(email: str) -> str:
    """Have a link sent if this is an administrator's address; a secret for the browser that asks.

    Nobody looks here whether it is: every address is the same work.
    """
    browser = secrets.token_hex(32)
    mail.post("admin_access", to=email, browser=digest(browser))
    return browser


def make_link(email: str, *, browser_hash: str) -> str:
    """The raw token of a new link, for the mail that carries it."""
    raw = secrets.token_hex(32)
    Visit.objects.create(
        email=email,
        link_hash=digest(raw),
        browser_hash=browser_hash,
        link_expires_at=timezone.now() + LINK_LIFETIME,
    )
    return raw


def is_open(raw: str) -> bool:
    """Whether a link would work now."""
    return _link(raw) is not None


def is_at_home(raw: str, browser: str) -> bool:
    """Whether a link that works was asked for by this browser: no scanner has its cookie."""
    link = _link(raw)
    return link is not None and hmac.compare_digest(link.browser_hash, digest(browser))


def begin(raw: str, *, ip: str | None, user_agent: str) -> str:
    """Use a link up; the value of the cookie that it gives. Raises LinkSpent."""
    link, secret, now = _link(raw), secrets.token_hex(32), timezone.now()
    if link is None:
        raise LinkSpent()
    begun = Visit.objects.filter(pk=link.pk, begun_at=None).update(
        pass_hash=digest(secret),
        begun_at=now,
        expires_at=now + VISIT_LIFETIME,
        ip_address=ip,
        user_agent=user_agent,
    )
    if not begun:
        raise LinkSpent()
    logger.info("backstage.begun visit=%s", link.pk)
    return secret


def may_look(secret: str, user: User) -> bool:
    """Whether a cookie's value, or else a member of staff's own session, opens the figures."""
    if secret and any(is_administrator(visit.email) for visit in _visit(secret)):
        return True
    return bool(user.is_authenticated and user.is_staff and user.has_perm(PERMISSION))


def end(secret: str) -> None:
    """End the visit of a cookie, wherever a copy of it is."""
    _visit(secret).update(ended_at=Now())


def visits_of(user: User) -> QuerySet[Visit]:
    """Those by a mailbox that they have proved."""
    return Visit.objects.filter(email__iexact=user.email if user.email_verified_at else "")


def purge() -> int:
    """Forget visits that have long been over, and links that nobody used; say how many."""
    over = Visit.objects.filter(created_at__lt=retention.limit(settings.VISITS_DAYS))
    return retention.forget(over)


def _link(raw: str) -> Visit | None:
    """One that has not been used, of somebody who is an administrator still."""
    waiting = Visit.objects.filter(begun_at=None, link_expires_at__gt=timezone.now())
    found = waiting.filter(link_hash=digest(raw)).first()
    return found if found and is_administrator(found.email) else None


def _visit(secret: str) -> QuerySet[Visit]:
    """At most one."""
    return Visit.objects.filter(
        pass_hash=digest(secret), ended_at=None, expires_at__gt=timezone.now()
    )
