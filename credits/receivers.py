"""What happens to credits because of what happens to people.

When somebody is deleted the wallet is closed by generations, which ends their jobs first: the order
of locks.
"""

from django.conf import settings
from django.dispatch import receiver

from accounts.profile.archive import json_list, json_object
from accounts.signals import data_wanted, email_verified, user_deleted, user_registered
from chatsvg.text import timestamp
from credits import mailboxes, services


@receiver(user_registered)
def welcome(sender, user, **kwargs):
    """Every person has a wallet, with the credits of a sign-up as soon as they may have them: once
    for each mailbox, whoever had it."""
    services.open_wallet(user)
    if user.email_verified_at or not settings.REQUIRE_VERIFIED_EMAIL:
        services.grant_sign_up(user)
        user.wallet.refresh_from_db()


@receiver(email_verified)
def give_sign_up_credits(sender, user, **kwargs):
    """Now at the latest; whoever has had them gets no more."""
    services.grant_sign_up(user)


@receiver(user_deleted)
def remember_mailbox(sender, user, **kwargs):
    """Whoever has it signs up again without credits, also where they had theirs by another one."""
    if user.deleted_at is None and user.email_verified_at:
        mailboxes.claim(user.email)


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    entries = user.wallet.entries.order_by("id")
    return [
        ("wallet.json", json_object(_wallet(user.wallet))),
        ("credits.json", json_list(_entry(one) for one in entries.iterator())),
    ]


def _wallet(wallet):
    return {
        "plan": wallet.plan,
        "balance": wallet.balance,
        "held": wallet.held,
        "nextRefillAt": timestamp(wallet.next_refill_at),
        "createdAt": timestamp(wallet.created_at),
    }


def _entry(entry):
    return {
        "kind": entry.kind,
        "amount": entry.amount,
        "balanceAfter": entry.balance_after,
        "reference": entry.reference,
        "reason": entry.reason or None,
        "createdAt": timestamp(entry.created_at),
    }
