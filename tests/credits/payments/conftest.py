"""Somebody who pays through PayPal, and what follows from that."""

from datetime import timedelta

import pytest
from django.db.models import F

from credits import services
from credits.models import Entry, Wallet
from credits.payments.models import Subscription


class Payer:
    """A person with a browser, who subscribes by `/api/paypal`."""

    def __init__(self, api, person, server) -> None:
        self.api, self.person, self.paypal = api.sign_in(person), person, server

    def subscribe(self) -> str:
        reply = self.api.post("/paypal/create-subscription")
        assert reply.status_code == 200, reply.content
        return reply.json()["subscriptionId"]

    def subscribed(self) -> str:
        """Subscribed, approved and paid for, and all of it told."""
        id_ = self.subscribe()
        self.tell(self.paypal.approve(id_))
        self.tell(self.paypal.pay(id_))
        return id_

    def tell(self, event) -> None:
        reply = self.paypal.deliver(event)
        assert reply.status_code == 200, reply.content

    @property
    def wallet(self) -> Wallet:
        return Wallet.objects.get(pk=self.person.pk)

    @property
    def plan_and_credits(self) -> tuple[str, int]:
        return self.wallet.plan, self.wallet.available

    @property
    def rows(self) -> list[Subscription]:
        return list(Subscription.objects.filter(user=self.person).order_by("created_at"))

    @property
    def row(self) -> Subscription:
        return Subscription.objects.get(user=self.person)

    @property
    def paid_entries(self) -> list[str]:
        entries = Entry.objects.filter(wallet=self.person.pk, reference__startswith="payment:")
        return list(entries.order_by("id").values_list("reference", flat=True))

    def wait(self, **span) -> None:
        """So much time goes by for what we know."""
        back = timedelta(**span)
        names = (
            "starts_at",
            "period_end",
            "entitled_until",
            "read_at",
            "next_read_at",
            "created_at",
        )
        changes = {name: F(name) - back for name in names}
        Subscription.objects.filter(user=self.person).update(**changes)


@pytest.fixture
def payer(api, person, paypal):
    yield Payer(api, person, paypal)
    assert [drift for drift in services.audit() if drift.user_id == person.pk] == []


@pytest.fixture
def purchases():
    """What `credits.signals.purchased` said."""
    from credits.signals import purchased

    told = []

    def note(sender, user_id, amount, reference, **kwargs):
        told.append((user_id, amount, reference))

    purchased.connect(note)
    yield told
    purchased.disconnect(note)
