"""Subscriptions and payments, to look at. What is refunded, is refunded at the provider."""

from django.contrib import admin

from accounts.staff.read_only import ReadOnly
from credits.payments.models import Payment, PaymentEvent, Subscription


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnly):
    list_display = (
        *("user", "provider", "external_id", "status", "period_end", "entitled_until"),
        *("cancel_asked_at", "created_at"),
    )
    list_select_related = ("user",)
    list_filter = ("status", "provider")
    search_fields = ("user__email", "external_id", "customer_id")
    ordering = ("-created_at",)


@admin.register(Payment)
class PaymentAdmin(ReadOnly):
    list_display = (
        *("paid_at", "subscription", "external_id", "amount", "currency", "refunded"),
        *("refunded_at", "reference"),
    )
    list_select_related = ("subscription",)
    list_filter = ("currency", ("refunded_at", admin.EmptyFieldListFilter))
    search_fields = ("external_id", "subscription__external_id", "subscription__user__email")
    ordering = ("-paid_at",)


@admin.register(PaymentEvent)
class PaymentEventAdmin(ReadOnly):
    list_display = ("processed_at", "type", "external_id", "subscription", "payment_id", "amount")
    list_select_related = ("subscription",)
    list_filter = ("type", "is_refund")
    search_fields = ("external_id", "payment_id", "subscription__external_id")
    ordering = ("-processed_at",)
