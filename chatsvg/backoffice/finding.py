"""From what somebody typed to what it names: an e-mail, or the id of anything."""

from typing import Any, NamedTuple

from django.contrib import admin
from django.urls import reverse

from accounts.models import ApiKey, Session, StaffAction, Ticket, User
from accounts.staff.terms import Term
from credits.models import Entry
from credits.payments.models import Payment, PaymentEvent, Subscription
from generations.models import Generation, Job
from realtime.models import WebhookDelivery, WebhookEndpoint

EACH = 5  # of a kind
KINDS = {
    User: "person",
    Job: "draw",
    Generation: "image",
    Payment: "payments",
    Subscription: "autorenew",
    PaymentEvent: "webhook",
    Ticket: "inbox",
    ApiKey: "key",
    Session: "devices",
    Entry: "receipt_long",
    StaffAction: "history",
    WebhookEndpoint: "hub",
    WebhookDelivery: "local_shipping",
}
"""Where is looked, in this order, and the icon of each."""


class Hit(NamedTuple):
    title: str
    kind: str
    link: str
    icon: str

    @property
    def is_person(self) -> bool:
        return self.icon == KINDS[User]


def hits(request, typed: str) -> list[Hit]:
    """What is named so and may be seen. Each model is asked by its indexes alone."""
    term = Term(typed)
    found = []
    for model, icon in KINDS.items():
        desk: Any = admin.site.get_model_admin(model)
        if not desk.has_view_permission(request):
            continue
        rows = desk.get_queryset(request).filter(desk.named(term)).order_by("-pk")[:EACH]
        found += [Hit(str(row), str(model._meta.verbose_name), link(row), icon) for row in rows]
    return found


def link(row) -> str:
    """The page of a row; of a person, all that there is about them."""
    if isinstance(row, User):
        return reverse("admin:person", args=[row.pk])
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
