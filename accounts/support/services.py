"""Tickets: taken in from people, answered by members of staff."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from uuid_utils.compat import uuid7

from accounts import mail
from accounts.models import Mail, Ticket, TicketReply, User
from accounts.signals import ticket_answered
from accounts.staff import history
from accounts.support.asked import NO_EMAIL, Message
from chatsvg.errors import Invalid

Status = Ticket.Status
SUPPORT_KINDS = ("support_inbox", "support_received", "support_reply")


@transaction.atomic
def receive(
    asked: Message,
    *,
    user: User | None = None,
    ip: str | None = None,
    request_id: str = "",
    once: UUID | None = None,
) -> Ticket:
    """Keep a message, and have our inbox told of it. Raises Invalid where nobody could answer.

    `once` is the ticket's id: a form that is sent twice is one message (see `received`).
    The account's address wins over one that was typed in. It is thanked for only where the mailbox
    is certainly theirs: anything else would be a way to have us write to strangers.
    """
    email = user.email if user else asked.email
    if not email:
        raise Invalid(NO_EMAIL)
    told = {**asked._asdict(), "email": email, "user": user}
    told |= {"ip_address": ip, "request_id": request_id}
    ticket, is_new = Ticket.objects.get_or_create(pk=once or uuid7(), defaults=told)
    if not is_new:
        if once and (known := received(once, asked, user)):
            return known  # both came at the same time
        ticket = Ticket.objects.create(**told)  # an id that somebody else has is as good as none
    about = {"ticket": str(ticket.pk), "type": ticket.type, "subject": ticket.subject}
    if settings.SUPPORT_EMAIL:
        _tell_inbox(ticket, about)
    if ticket.is_proved:
        mail.post("support_received", to=email, user=user, **about)
    return ticket


def _tell_inbox(ticket: Ticket, about: dict[str, Any], more: str = "") -> None:
    """Of a new ticket, or of `more` that was written to it."""
    person = f"{ticket.user_id}{'' if ticket.is_proved else ' (address not proved)'}"
    facts = {
        "Ticket": f"{settings.PUBLIC_URL}/admin/accounts/ticket/{ticket.pk}/change/",
        "Person": person if ticket.user else "not signed in: anybody may have typed the address in",
        "Page": ticket.context_url,
        "Browser": ticket.user_agent,
        "Address": ticket.ip_address,
        "Request": ticket.request_id,
    }
    mail.post(
        "support_inbox",
        to=settings.SUPPORT_EMAIL,
        message=more or ticket.message,
        reply_to=ticket.email,
        facts=[[label, value] for label, value in facts.items() if value],
        **about,
    )


@transaction.atomic
def answer(ticket: Ticket, *, staff: User, message: str, once: UUID) -> TicketReply:
    """Send an answer, whose id is `once`: a form that is sent twice answers once."""
    locked = Ticket.objects.select_for_update(of=("self",)).select_related("user").get(pk=ticket.pk)
    reply, is_new = locked.replies.get_or_create(
        pk=once, defaults={"staff": staff, "message": message}
    )
    if is_new:
        reply.mail = mail.post(
            "support_reply",
            to=locked.mailbox,
            user=locked.user,
            ticket=str(locked.pk),
            reply=str(reply.pk),
            reply_to=settings.SUPPORT_EMAIL,
        )
        reply.save(update_fields=["mail"])
        move(locked, Status.ANSWERED)
        ticket_answered.send(Ticket, ticket=locked, reply=reply)
    return reply


def received(once: UUID, asked: Message, user: User | None) -> Ticket | None:
    """The ticket that this form made before, if it did. Another's is never told of."""
    mine = Ticket.objects.filter(user=user, subject=asked.subject, message=asked.message)
    return mine.filter(pk=once).first()


@transaction.atomic
def follow_up(ticket: Ticket, *, user: User, message: str, once: UUID) -> TicketReply:
    """Add what its person writes; the ticket is open again. `once` as for `answer`."""
    locked = Ticket.objects.select_for_update(of=("self",)).select_related("user").get(pk=ticket.pk)
    if known := locked.replies.filter(pk=once, staff=None).first():
        return known
    is_free = not TicketReply.objects.filter(pk=once).exists()
    reply = locked.replies.create(**({"pk": once} if is_free else {}), message=message)
    move(locked, Status.OPEN)
    if settings.SUPPORT_EMAIL:
        about = {"ticket": str(locked.pk), "type": locked.type, "subject": locked.subject}
        _tell_inbox(locked, about, message)
    return reply


def move(ticket: Ticket, status: Ticket.Status) -> None:
    """Call a ticket open, answered or closed."""
    Ticket.objects.filter(pk=ticket.pk).update(status=status)
    ticket.status = status


def forget(user: User) -> None:
    """Delete what they wrote, what we answered, and the mails that carry it."""
    theirs = Ticket.objects.of(user)
    ids = [str(pk) for pk in theirs.values_list("pk", flat=True)]
    Mail.objects.filter(kind__in=SUPPORT_KINDS, context__ticket__in=ids).delete()
    history.erase("ticket", ids)  # which has their subjects
    theirs.delete()
