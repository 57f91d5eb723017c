"""What happens to subscriptions because of what happens to people."""

from django.dispatch import receiver
from django.utils import timezone

from accounts.profile.archive import json_list
from accounts.signals import data_wanted
from chatsvg.text import timestamp
from credits.payments import books
from credits.payments.models import Payment, Subscription
from credits.signals import wallet_closed


@receiver(wallet_closed)
def end_subscriptions(sender, user_id, **kwargs):
    """Somebody is being deleted: their wallet is locked. A worker tells the provider afterwards."""
    for row in Subscription.objects.filter(user=user_id):
        row.customer_id = row.approve_url = ""
        if row.is_live:
            books.ask_to_cancel(row, timezone.now())
        row.save(update_fields=["customer_id", "approve_url", "cancel_asked_at"])


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    subscriptions = Subscription.objects.filter(user=user).order_by("created_at")
    payments = Payment.objects.filter(subscription__user=user).order_by("paid_at")
    return [
        ("subscriptions.json", json_list(_subscription(one) for one in subscriptions.iterator())),
        ("payments.json", json_list(_payment(one) for one in payments.iterator())),
    ]


def _subscription(row):
    return {
        "provider": row.provider,
        "subscriptionId": row.external_id,
        "planId": row.plan_id,
        "customerId": row.customer_id or None,
        "status": row.status,
        "periodEnd": timestamp(row.period_end),
        "createdAt": timestamp(row.created_at),
    }


def _payment(payment):
    return {
        "provider": payment.provider,
        "subscriptionId": payment.subscription.external_id,
        "paymentId": payment.external_id,
        "amount": str(payment.amount),
        "currency": payment.currency,
        "refunded": str(payment.refunded),
        "paidAt": timestamp(payment.paid_at),
    }
