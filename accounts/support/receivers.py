"""What somebody wrote to us is theirs: it goes along with them, or goes."""

from django.dispatch import receiver

from accounts.models import Ticket
from accounts.profile.archive import json_list
from accounts.signals import data_wanted, user_deleted
from accounts.support import services
from chatsvg.text import timestamp


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    services.forget(user)


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    theirs = Ticket.objects.of(user).order_by("created_at").prefetch_related("replies")
    return [("tickets.json", json_list(_told(one) for one in theirs.iterator(chunk_size=100)))]


def _told(ticket):
    answers = [
        {
            "from": "support" if reply.staff_id else "you",
            "message": reply.message,
            "createdAt": timestamp(reply.created_at),
        }
        for reply in ticket.replies.all()
    ]
    return {
        "id": str(ticket.pk),
        "type": ticket.type,
        "status": ticket.status,
        "subject": ticket.subject,
        "message": ticket.message,
        "email": ticket.email,
        "contextUrl": ticket.context_url or None,
        "userAgent": ticket.user_agent or None,
        "ipAddress": ticket.ip_address,
        "createdAt": timestamp(ticket.created_at),
        "answers": answers,
    }
