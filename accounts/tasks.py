"""Names that the broker knows."""

from uuid import UUID

from celery import shared_task

from accounts.mail import outbox
from accounts.sessions import services as sessions


@shared_task(name=outbox.TASK)
def send_mail(mail_id: str) -> None:
    """Send a mail, unless it was sent or somebody is at it."""
    outbox.send(UUID(mail_id))


@shared_task(name="accounts.send_due_mails")
def send_due_mails() -> None:
    """Send what was left behind by a lost message or a mail server that was away."""
    outbox.send_due()


@shared_task(name="accounts.purge_sessions")
def purge_sessions() -> None:
    """Forget sessions that ended long ago. They were kept to find stolen tokens."""
    sessions.purge()
