"""Wallets and the ledger. Credits are given (back) by actions, never by editing a figure."""

from functools import partial
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm

from accounts.staff.read_only import ReadOnly
from credits import services
from credits.models import Entry, Wallet
from credits.payments import admin as _of_payments  # noqa: F401

GRANT_MOST = 10_000  # credits at once
REASON_TYPED = 120  # characters; the rest of the ledger's field says who it was


class ReasonForm(ActionForm):
    """Beside the list of actions. The reason stays in the ledger for ever."""

    reason = forms.CharField(
        required=False,
        max_length=REASON_TYPED,
        widget=forms.TextInput(attrs={"placeholder": "why (no names or addresses)", "size": 40}),
    )


class GrantForm(ReasonForm):
    """`once` makes that a form which is sent twice gives once."""

    amount = forms.IntegerField(required=False, min_value=1, max_value=GRANT_MOST, label="Credits:")
    once = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput, label="")


class WithReason(ReadOnly):
    """Actions that take a reason."""

    action_form = ReasonForm

    def asked(self, request, *needed):
        """The fields beside the action; None, and a message, where one of `needed` is missing."""
        form = self.action_form(request.POST, auto_id=None)
        form.fields["action"].choices = self.get_action_choices(request)
        values = form.cleaned_data if form.is_valid() else {}
        if all(values.get(name) for name in needed):
            return values
        self.message_user(request, f"Please fill in: {', '.join(needed)}.", messages.ERROR)
        return None


@admin.register(Wallet)
class WalletAdmin(WithReason):
    list_display = ("user", "plan", "balance", "held", "available", "closed_at")
    list_select_related = ("user",)
    list_filter = ("plan",)
    search_fields = ("user__email",)
    action_form = GrantForm
    actions = ("grant",)

    def has_grant_permission(self, request):
        return request.user.has_perm("credits.grant_wallet")

    @admin.action(description="Give credits", permissions=["grant"])
    def grant(self, request, queryset):
        if asked := self.asked(request, "amount", "reason", "once"):
            amount, reason, once = asked["amount"], asked["reason"], str(asked["once"])
            give = partial(services.grant_by_staff, staff=request.user, reason=reason, once=once)
            self.each(
                request,
                queryset,
                lambda wallet: give(wallet.pk, amount),
                f"Given {amount} credits ({reason})",
            )


@admin.register(Entry)
class EntryAdmin(WithReason):
    list_display = (
        "created_at",
        "wallet",
        "kind",
        "amount",
        "balance_after",
        "reference",
        "reason",
    )
    list_select_related = ("wallet",)
    list_filter = ("kind",)
    search_fields = ("wallet__user__email", "reference")
    ordering = ("-id",)
    actions = ("refund",)

    def has_refund_permission(self, request):
        return request.user.has_perm("credits.refund_entry")

    @admin.action(description="Give the chosen charges back", permissions=["refund"])
    def refund(self, request, queryset):
        if asked := self.asked(request, "reason"):
            reason = asked["reason"]
            give_back = partial(services.refund_by_staff, staff=request.user, reason=reason)
            self.each(request, queryset, give_back, f"Given back ({reason})")
