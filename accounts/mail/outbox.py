"""The way of a mail from the transaction that asks for it to the mail server.

A row says what is to be sent; a task sends it, and sends it again after growing pauses until the
mail server takes it. Nothing here says that a mail was sent which was not.
"""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.mail import letters, server
from accounts.models import Mail, User
from chatsvg import retention
from chatsvg.database import give_back, patiently
from chatsvg.publishing import publish

logger = logging.getLogger(__name__)
TASK = "accounts.send_mail"
PAUSES = (60, 300, 1800, 7200, 43200)  # seconds after each failed try
TRIES = len(PAUSES) + 1  # then it is given up
# for one try, in which some ten answers are waited for; if its worker dies, another one follows
LEASE = timedelta(seconds=12 * settings.EMAIL_TIMEOUT)
BATCH = 200


def post(kind: str, *, to: str, user: User | None = None, **context: object) -> Mail:
    """Have a mail sent once the transaction is committed. `context` is stored: no secrets."""
    mail = Mail.objects.create(kind=kind, to=to, user=user, context=context)
    transaction.on_commit(partial(publish, TASK, str(mail.pk)))
    return mail


def send(mail_id: UUID) -> bool:
    """One try, unless somebody else is at it. Whether the mail server took it.

    While the mail server is away most mails are not tried at all: `send_due` comes back to them.
    """
    if not server.is_open():
        return False
    mail = _claim(mail_id)
    if mail is None:
        return False
    try:
        letter = letters.write(mail)
        if letter is not None:
            give_back()
            server.hand_over(mail, letter)
    except server.Refused as error:
        _give_up(mail, error)
    except Exception as error:
        _fail(mail, error)
    else:
        patiently(partial(_end, mail, is_sent=letter is not None))
        return letter is not None
    return False


def send_due() -> int:
    """Send what nobody was told of, or what is due again; say how many were taken."""
    _bury_lost()
    due = Mail.objects.filter(ended_at=None, due_at__lte=Now()).order_by("due_at")
    return sum(send(pk) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


def purge() -> int:
    """Forget mails that ended long ago; say how many."""
    ended = Mail.objects.filter(ended_at__lt=retention.limit(settings.MAILS_DAYS))
    return retention.forget(ended)


def _claim(mail_id: UUID) -> Mail | None:
    claimed = Mail.objects.filter(
        pk=mail_id, ended_at=None, due_at__lte=Now(), tries__lt=TRIES
    ).update(due_at=Now() + LEASE, tries=F("tries") + 1)
    return Mail.objects.select_related("user").get(pk=mail_id) if claimed else None


def _end(mail: Mail, *, is_sent: bool) -> None:
    """Sent, or needless. That it was sent is a fact, whoever has taken the mail up meanwhile."""
    sent_at = Now() if is_sent else None
    open_mail = Mail.objects.filter(pk=mail.pk, sent_at=None)
    open_mail.update(ended_at=Now(), sent_at=sent_at, error="")
    logger.info("mail.ended kind=%s mail=%s sent=%s", mail.kind, mail.pk, is_sent)


def _fail(mail: Mail, error: Exception) -> None:
    """Another try after a pause, or none."""
    if mail.tries >= TRIES:
        _give_up(mail, error)
    else:
        _note(mail, error, due_at=Now() + timedelta(seconds=PAUSES[mail.tries - 1]))


def _give_up(mail: Mail, error: Exception) -> None:
    _note(mail, error, ended_at=Now())


def _note(mail: Mail, error: Exception, **changes: object) -> None:
    """Keep what went wrong, unless another worker has taken the mail up or sent it.

    The text of an error may hold an address: it stays in the row, for staff.
    """
    ours = Mail.objects.filter(pk=mail.pk, tries=mail.tries, ended_at=None)
    ours.update(error=f"{type(error).__name__}: {error}"[:200], **changes)
    logger.warning(
        "mail.failed kind=%s mail=%s try=%s error=%s given_up=%s",
        *(mail.kind, mail.pk, mail.tries, type(error).__name__, "ended_at" in changes),
    )


def _bury_lost() -> None:
    """Give up mails whose workers were lost at every try."""
    lost = Mail.objects.filter(ended_at=None, due_at__lte=Now(), tries__gte=TRIES)
    if given_up := lost.update(ended_at=Now(), error="its workers were lost"):
        logger.warning("mail.lost mails=%s", given_up)
