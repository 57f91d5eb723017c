"""The way of a mail from the transaction that asks for it to the mail server.

A row says what is to be sent; a task sends it, and sends it again after growing pauses until the
mail server takes it. Nothing here says that a mail was sent which was not.
"""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from accounts.mail import letters
from accounts.models import Mail, User
from chatsvg.database import give_back
from chatsvg.publishing import publish

logger = logging.getLogger(__name__)
TASK = "accounts.send_mail"
PAUSES = (60, 300, 1800, 7200, 43200)  # seconds after each failed try; then it is given up
LEASE = timedelta(minutes=2)  # for one try; if its worker dies, another one follows
BATCH = 200


def post(kind: str, *, to: str, user: User | None = None, **context: object) -> Mail:
    """Have a mail sent once the transaction is committed. `context` is stored: no secrets."""
    mail = Mail.objects.create(kind=kind, to=to, user=user, context=context)
    transaction.on_commit(partial(publish, TASK, str(mail.pk)))
    return mail


def send(mail_id: UUID) -> bool:
    """One try, unless somebody else is at it. Whether the mail server took it."""
    mail = _claim(mail_id)
    if mail is None:
        return False
    try:
        letter = letters.write(mail)
        if letter is None:
            _end(mail)
            return False
        give_back()
        _hand_over(mail, letter)
    except Exception as error:
        _fail(mail, error)
        return False
    _end(mail, sent_at=timezone.now())
    return True


def send_due() -> int:
    """Send what nobody was told of, or what is due again; say how many were taken."""
    due = Mail.objects.filter(ended_at=None, due_at__lte=Now()).order_by("due_at")
    return sum(send(pk) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


def _claim(mail_id: UUID) -> Mail | None:
    claimed = Mail.objects.filter(pk=mail_id, ended_at=None, due_at__lte=Now()).update(
        due_at=Now() + LEASE, tries=F("tries") + 1
    )
    return Mail.objects.select_related("user").get(pk=mail_id) if claimed else None


def _hand_over(mail: Mail, letter: letters.Letter) -> None:
    """Give it to the mail server. Raises whatever the backend raises."""
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        reply_to=[address] if (address := mail.context.get("reply_to")) else None,
        # the same for every try, so that one which was taken twice is shown once
        headers={"Message-ID": f"<{mail.pk}@{settings.MAIL_DOMAIN}>"},
    )
    message.attach_alternative(letter.html, "text/html")
    if message.send() != 1:
        raise OSError("the mail server took nothing")


def _end(mail: Mail, **fields: object) -> None:
    Mail.objects.filter(pk=mail.pk).update(ended_at=timezone.now(), error="", **fields)
    logger.info("mail.ended kind=%s mail=%s sent=%s", mail.kind, mail.pk, "sent_at" in fields)


def _fail(mail: Mail, error: Exception) -> None:
    """Another try after a pause, or none. The text of an error may hold an address: staff only."""
    said = f"{type(error).__name__}: {error}"[:200]
    logger.warning(
        "mail.failed kind=%s mail=%s try=%s error=%s",
        *(mail.kind, mail.pk, mail.tries, type(error).__name__),
    )
    if mail.tries > len(PAUSES):
        Mail.objects.filter(pk=mail.pk).update(ended_at=timezone.now(), error=said)
        return
    due = timezone.now() + timedelta(seconds=PAUSES[mail.tries - 1])
    Mail.objects.filter(pk=mail.pk).update(due_at=due, error=said)
