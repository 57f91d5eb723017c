"""Settings that cannot work together."""

import os

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

NO_SERVER = "Set EMAIL_HOST (or EMAIL_BACKEND), so that mails can leave."


@register(Tags.security)
def mail(app_configs: object, **kwargs: object) -> list[Error | Warning]:
    """Nobody may be asked to open a link in a mail that never comes."""
    if not settings.PRODUCTION or settings.MAIL_LEAVES:
        return []
    if settings.REQUIRE_VERIFIED_EMAIL:
        said = "REQUIRE_VERIFIED_EMAIL is on, and there is no mail server."
        return [Error(said, hint=NO_SERVER, id="accounts.E001")]
    said = "There is no mail server: nobody can reset a password."
    return [Warning(said, hint=NO_SERVER, id="accounts.W001")]


@register(Tags.security)
def cookies(app_configs: object, **kwargs: object) -> list[Error]:
    """Nobody could stay signed in, and nothing would say why."""
    if settings.COOKIE_SAMESITE != "None" or settings.COOKIE_SECURE:
        return []
    said = "COOKIE_SAMESITE=None without COOKIE_SECURE: browsers refuse such cookies."
    hint = "Use HTTPS with COOKIE_SECURE=on, or leave COOKIE_SAMESITE at Lax."
    return [Error(said, hint=hint, id="accounts.E003")]


@register(Tags.security)
def breached_passwords(app_configs: object, **kwargs: object) -> list[Error]:
    """A list that cannot be read would fail everybody who signs up."""
    path = settings.BREACHED_PASSWORDS_FILE
    if not path or os.access(path, os.R_OK):
        return []
    return [Error(f"BREACHED_PASSWORDS_FILE: {path} cannot be read.", id="accounts.E002")]
