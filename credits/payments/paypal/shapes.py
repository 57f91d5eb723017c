"""What PayPal says, read with mistrust: a member of another type is no member.

Facts: developer.paypal.com/api/subscriptions/v1 and /api/deprecated/payments/v1 (sales and
refunds, which webhooks of subscriptions still carry), read in 2026.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from credits.payments.provider import Paid, Refund, Remote, Status

_STATUSES = {status.value: status for status in Status if status != Status.ABANDONED}
_STATUSES["APPROVED"] = Status.APPROVAL_PENDING  # and about to become active
ID_MAX = 64
SMALLEST, LARGEST = Decimal("0.001"), Decimal(10) ** 9


def remote(body: Any) -> Remote | None:
    """A subscription, or None where it is none."""
    status = _STATUSES.get(text(body, "status"))
    external_id = text(body, "id")
    if status is None or not is_id(external_id):
        return None
    billing = member(body, "billing_info")
    failures = billing.get("failed_payments_count")
    is_paid_up = not (isinstance(failures, int) and failures > 0)
    is_running = status in (Status.ACTIVE, Status.SUSPENDED)
    next_time = moment(billing, "next_billing_time") if is_paid_up and is_running else None
    return Remote(
        status=status,
        external_id=external_id,
        plan_id=text(body, "plan_id")[:ID_MAX],
        custom_id=text(body, "custom_id"),
        customer_id=text(member(body, "subscriber"), "payer_id")[:ID_MAX],
        approve_url=_approve_url(body),
        period_end=next_time,
        last_paid_at=moment(member(billing, "last_payment"), "time"),
        is_paid_up=is_paid_up,
        shown=_shown(body),
    )


def _approve_url(body: Any) -> str:
    links = body.get("links")
    for link in links if isinstance(links, list) else []:
        href = text(link, "href")
        if text(link, "rel") == "approve" and urlsplit(href).scheme in ("http", "https"):
            return href[:500]
    return ""


def _shown(body: Any) -> dict[str, Any]:
    """The members that CONTRACT §3.9 has, each of them only where all of it is there."""
    shown: dict[str, Any] = {name: text(body, name) for name in ("id", "status", "plan_id")}
    person = {
        name: text(member(body, "subscriber"), name) for name in ("payer_id", "email_address")
    }
    if all(person.values()):
        shown["subscriber"] = person
    billing = member(body, "billing_info")
    if next_time := text(billing, "next_billing_time"):
        shown["billing_info"] = {"next_billing_time": next_time}
        amount = member(member(billing, "last_payment"), "amount")
        last = {name: text(amount, name) for name in ("currency_code", "value")}
        if all(last.values()):
            shown["billing_info"]["last_payment"] = {"amount": last}
    return shown


def transaction(body: Any) -> Paid | None:
    """A payment in the list of a subscription's; None where no money came in."""
    status = text(body, "status")
    if status not in ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"):
        return None
    gross = member(member(body, "amount_with_breakdown"), "gross_amount")
    return _paid(
        text(body, "id"),
        text(gross, "value"),
        text(gross, "currency_code"),
        moment(body, "time"),
        is_refunded=status == "REFUNDED",
    )


def sale(body: Any) -> Paid | None:
    """The payment that an event is about."""
    amount = member(body, "amount")
    total, currency = text(amount, "total"), text(amount, "currency")
    if text(body, "state") not in ("completed", "partially_refunded", "refunded"):
        return None
    return _paid(text(body, "id"), total, currency, moment(body, "create_time"))


def _paid(
    external_id: str, value: str, currency: str, at: datetime | None, *, is_refunded: bool = False
) -> Paid | None:
    amount = money(value)
    if not is_id(external_id) or amount is None or amount <= 0 or at is None:
        return None
    return Paid(external_id, amount, currency[:3], at, is_refunded)


def refund(body: Any, *, takes_all: bool) -> Refund | None:
    """Money that an event says went back. A reversal may name its payment by a link alone."""
    payment_id = text(body, "sale_id") or _linked_sale(body) or text(body, "id")
    amount = member(body, "amount")
    value = money(text(amount, "total") or text(amount, "value"))
    currency = text(amount, "currency") or text(amount, "currency_code")
    if not is_id(payment_id) or (value is None and not takes_all):
        return None
    return Refund(payment_id, abs(value or Decimal(0)), currency[:3], takes_all)


def _linked_sale(body: Any) -> str:
    links = body.get("links") if isinstance(body, dict) else None
    for link in links if isinstance(links, list) else []:
        if text(link, "rel") == "sale":
            return urlsplit(text(link, "href")).path.rpartition("/")[2]
    return ""


def member(body: Any, name: str) -> dict[str, Any]:
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def text(body: Any, name: str) -> str:
    """A text without NUL, which PostgreSQL does not store; "" for anything else."""
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, str) and "\0" not in found and _is_text(found) else ""


def _is_text(value: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def is_id(value: str) -> bool:
    return 0 < len(value) <= ID_MAX and value.isascii() and value.isprintable() and "/" not in value


def moment(body: Any, name: str) -> datetime | None:
    try:
        found = parse_datetime(text(body, name))
    except ValueError:
        return None
    return None if found is None or is_naive(found) or not 1990 < found.year < 9000 else found


def money(value: str) -> Decimal | None:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) >= LARGEST:
        return None
    return amount.quantize(SMALLEST)
