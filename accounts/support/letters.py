"""The mail with which we answer."""

from django.conf import settings

from accounts.mail.letters import Context, kind
from accounts.mail.writers import TAGS
from accounts.models import Mail, TicketReply


@kind("support_reply")
def support_reply(mail: Mail) -> Context | None:
    """An answer. Context: `reply`, its id.

    Words of theirs are shown only to who has proved the mailbox: a stranger would get them from us.
    """
    reply = TicketReply.objects.select_related("ticket__user").filter(pk=mail.context["reply"])
    if (found := reply.first()) is None:
        return None
    ticket = found.ticket
    return {
        "tag": TAGS[ticket.type],
        "about": ticket.subject if ticket.is_proved and ticket.mailbox == mail.to else "",
        "answer": found.message,
        "link": f"{settings.PUBLIC_URL}/contact/tickets/{ticket.pk}" if ticket.user else "",
    }
