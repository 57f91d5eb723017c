"""The mail server: reached, and signed in to. No mail is sent."""

import smtplib
import time

from django.conf import settings
from django.core.mail import get_connection

from chatsvg.doctor.findings import Finding
from chatsvg.doctor.troubles import explain

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def mail() -> Finding:
    if settings.EMAIL_BACKEND != SMTP:
        return _elsewhere()
    began = time.monotonic()
    connection = get_connection(timeout=min(settings.EMAIL_TIMEOUT, 10))
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return _broken(error)
    finally:
        connection.close()
    detail = f"{_place()} answers" + (" and takes the password." if _signs_in() else ".")
    return Finding("ok", detail, ms=(time.monotonic() - began) * 1000)


def _elsewhere() -> Finding:
    """What is no SMTP server of ours is not tried: it would take a mail."""
    if settings.MAIL_LEAVES:
        detail = f"Mails go by {settings.EMAIL_BACKEND}, which is not tried."
        return Finding("note", detail, "manage.py sendtestemail you@example.com tries it.")
    if settings.PRODUCTION:
        return Finding("note", "No mail leaves: links to verify and reset reach nobody.", _SET)
    return Finding("off", "No mail leaves: it is printed instead.")


_SET = "Set EMAIL_HOST, and what else the server wants."


def _place() -> str:
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def _signs_in() -> bool:
    return bool(settings.EMAIL_HOST_USER and settings.EMAIL_HOST_PASSWORD)


def _broken(error: Exception) -> Finding:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        detail = f"{_place()} refuses user or password ({error.smtp_code})."
        return Finding("broken", detail, "Correct EMAIL_HOST_USER and EMAIL_HOST_PASSWORD.")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        detail = f"{_place()} knows no STARTTLS, or no sign-in."
        return Finding("broken", detail, "Look at EMAIL_PORT, EMAIL_USE_TLS and EMAIL_USE_SSL.")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        detail = f"{_place()} hangs up."
        return Finding("broken", detail, "Port 465 wants EMAIL_USE_SSL, port 587 EMAIL_USE_TLS.")
    if trouble := explain(error, settings.EMAIL_HOST, settings.EMAIL_PORT):
        return Finding("broken", trouble.detail, f"{trouble.remedy} EMAIL_HOST says where.")
    return Finding("broken", f"{_place()} refuses ({type(error).__name__}).", "See its log.")
