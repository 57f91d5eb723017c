"""Subscriptions and payments, to look at. What is refunded, is refunded at the provider."""

from django.contrib import admin
from django.db.models import Q

from accounts.staff.read_only import ReadOnly
from credits.payments.models import Payment, PaymentEvent, Subscription
from credits.payments.providers import PAYPAL


def _external(term) -> Q:
    """By the unique index, which begins with the provider."""
    return Q(provider=PAYPAL, external_id=term.text)


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnly):
    list_display = (
        *("user", "provider", "external_id", "status", "period_end", "entitled_until"),
        *("cancel_asked_at", "created_at"),
    )
    list_select_related = ("user",)
    list_filter = ("status",)
    search_help_text = "The provider's id of it, its id, or e-mail or id of a person"

    def named(self, term):
        return super().named(term) | _external(term)


@admin.register(Payment)
class PaymentAdmin(ReadOnly):
    list_display = (*("paid_at", "payer", "external_id", "money", "given_back", "refunded_at"),)
    list_select_related = ("subscription__user",)
    list_filter = (("refunded_at", admin.EmptyFieldListFilter),)
    search_help_text = "The provider's id of it or of its subscription, or e-mail or id of a person"
    person = "subscription__user"

    def named(self, term):
        """The subscription is looked up first: one query of both would read every payment."""
        found = Subscription.objects.filter(_external(term)).values_list("pk", flat=True)
        return _external(term) | Q(subscription__in=list(found))

    @admin.display(description="amount")
    def money(self, payment):
        return f"{payment.amount:.2f} {payment.currency}"

    @admin.display(description="given back")
    def given_back(self, payment):
        return f"{payment.refunded:.2f} {payment.currency}" if payment.refunded else ""

    @admin.display(description="person")
    def payer(self, payment):
        return payment.subscription.user


@admin.register(PaymentEvent)
class PaymentEventAdmin(ReadOnly):
    list_display = ("processed_at", "type", "external_id", "subscription", "payment_id", "amount")
    list_select_related = ("subscription",)
    list_filter = ("is_refund",)
    search_help_text = "The provider's id of it or of its payment, or e-mail or id of a person"
    person = "subscription__user"

    def named(self, term):
        return _external(term) | Q(payment_id=term.text)
