"""From a message of PayPal's webhook to what it means to us."""

import json
from typing import Any

from django.utils import timezone

from credits.payments.paypal import shapes
from credits.payments.provider import Event, Malformed, Paid, Remote, Status

_SUBSCRIPTION, _SALE = "BILLING.SUBSCRIPTION.", "PAYMENT.SALE."
_ACTIVATED = f"{_SUBSCRIPTION}ACTIVATED"
_PAID, _REFUNDED, _REVERSED = (f"{_SALE}{word}" for word in ("COMPLETED", "REFUNDED", "REVERSED"))


def parse(body: bytes) -> dict[str, Any]:
    """The object in a message. Raises Malformed unless it has what every event has."""
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON") from error
    if not shapes.is_id(shapes.text(found, "id")) or not shapes.text(found, "event_type"):
        raise Malformed("no event")
    if not isinstance(found.get("resource"), dict):
        raise Malformed("no resource")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def read(found: dict[str, Any]) -> Event:
    """What it means. Of a type that we do not know, only that it came."""
    kind = shapes.text(found, "event_type")[:80]
    resource = found["resource"]
    paid = shapes.sale(resource) if kind == _PAID else None
    takes_back = kind in (_REFUNDED, _REVERSED)
    return Event(
        external_id=shapes.text(found, "id"),
        type=kind,
        occurred_at=shapes.moment(found, "create_time") or timezone.now(),
        subscription_id=_subscription(kind, resource),
        custom_id=shapes.text(resource, "custom_id") or shapes.text(resource, "custom"),
        remote=_remote(kind, resource, paid),
        paid=paid,
        refund=shapes.refund(resource, takes_all=kind == _REVERSED) if takes_back else None,
        is_activation=kind == _ACTIVATED,
    )


def _subscription(kind: str, resource: dict[str, Any]) -> str:
    name = {_SUBSCRIPTION: "id", _SALE: "billing_agreement_id"}
    for prefix, member in name.items():
        if kind.startswith(prefix):
            found = shapes.text(resource, member)
            return found if shapes.is_id(found) else ""
    return ""


def _remote(kind: str, resource: dict[str, Any], paid: Paid | None) -> Remote | None:
    """The subscription at that time. What has been paid for had been activated."""
    if kind.startswith(_SUBSCRIPTION):
        return shapes.remote(resource)
    return Remote(status=Status.ACTIVE, last_paid_at=paid.paid_at) if paid else None
