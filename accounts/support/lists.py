"""The tickets of a person, as their pages read them."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Prefetch, Q

from accounts.errors import TicketMissing
from accounts.models import Ticket, TicketReply, User
from chatsvg.paging import InvalidCursor

ON_PAGE = 20


class Page(NamedTuple):
    """Some tickets, newest first, and the last of them where more follow."""

    tickets: list[Ticket]
    next_cursor: UUID | None


def of(user: User, *, after: UUID | None = None) -> Page:
    """A page behind the ticket `after`. Raises InvalidCursor where that is none of theirs."""
    mine = Ticket.objects.of(user).order_by("-created_at", "-id")
    if after:
        known = mine.filter(pk=after).first()
        if known is None:
            raise InvalidCursor()
        earlier = Q(created_at=known.created_at, pk__lt=known.pk)
        mine = mine.filter(Q(created_at__lt=known.created_at) | earlier)
    rows = list(mine.defer("message")[: ON_PAGE + 1])
    return Page(rows[:ON_PAGE], rows[ON_PAGE - 1].pk if len(rows) > ON_PAGE else None)


def find(user: User, pk: UUID | None) -> Ticket:
    """One of theirs, with what was written since. Raises TicketMissing."""
    if pk is None:
        raise TicketMissing()
    replies = Prefetch("replies", TicketReply.objects.order_by("created_at", "id"))
    found = Ticket.objects.of(user).filter(pk=pk).prefetch_related(replies).first()
    if found is None:
        raise TicketMissing()
    return found
