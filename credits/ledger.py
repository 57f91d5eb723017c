"""The ledger as its person reads it: line by line, the newest first, and what was paid."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.models import User
from credits.models import Entry, Payment

LINES = 50  # on a page
PAYMENTS = 36  # three years
_STAFF = " (by staff "  # what follows names somebody who is none of the reader's business
_GRANTS = {
    "signup": "Welcome credits",
    "refill": "Monthly refill",
    "payment": "Supporter: the credits of a paid month",
    "staff": "From our support team",
    "support": "From our support team",
    "demo": "To try things out",
}


@dataclass(frozen=True)
class Line:
    """A change of the balance. `job_id` names the drawing that it is about, if it is about one."""

    id: int
    kind: str
    text: str
    reason: str
    job_id: str
    amount: int
    balance: int
    at: datetime

    @property
    def signed(self) -> str:
        return f"+{self.amount:,}" if self.amount > 0 else f"−{-self.amount:,}"


class Page(NamedTuple):
    """Some lines; `next` is the last one's id where there are more."""

    lines: list[Line]
    next: int | None


def page(user: User, *, before: int | None = None) -> Page:
    """The lines before that one, or the newest."""
    rows = user.wallet.entries.order_by("-id")
    found = list((rows.filter(pk__lt=before) if before else rows)[: LINES + 1])
    shown = found[:LINES]
    return Page([_line(one) for one in shown], shown[-1].pk if len(found) > LINES else None)


def payments(user: User) -> QuerySet[Payment]:
    """What they paid, the newest first."""
    mine = Payment.objects.filter(subscription__user=user)
    return mine.order_by("-paid_at", "-pk")[:PAYMENTS]


def _line(entry: Entry) -> Line:
    head, _, rest = entry.reference.partition(":")
    by_staff = head == "staff"
    if by_staff and rest.startswith("job:"):
        head, _, rest = rest.partition(":")
    return Line(
        id=entry.pk,
        kind=entry.kind,
        text=_text(entry, head, by_staff=by_staff),
        reason=entry.reason.partition(_STAFF)[0] if head in ("staff", "support") else "",
        job_id=rest if head == "job" else "",
        amount=entry.amount,
        balance=entry.balance_after,
        at=entry.created_at,
    )


def _text(entry: Entry, head: str, *, by_staff: bool) -> str:
    if entry.kind == Entry.Kind.CAPTURE:
        return "Drawing"
    if entry.kind == Entry.Kind.REFUND:
        return "Given back by our support team" if by_staff else "Given back: nothing was delivered"
    return _GRANTS.get(head, "Credits")
