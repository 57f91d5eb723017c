"""Wallets and the ledger. Credits are given (back) by actions, never by editing a figure."""

from functools import partial

from django import forms
from django.contrib import admin
from django.db.models import Q
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from accounts.models import StaffAction
from accounts.staff.actions import once_for
from accounts.staff.read_only import ReadOnly, ReasonForm
from credits import services, signatures
from credits.models import Entry, Wallet
from credits.payments import admin as _of_payments  # noqa: F401

GRANT_MOST = 10_000  # credits at once


class GrantForm(ReasonForm):
    field_order = ("action", "amount", "reason", "once")
    amount = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=GRANT_MOST,
        label="",
        widget=UnfoldAdminIntegerFieldWidget(
            attrs={"placeholder": "Credits", "aria-label": "Credits"}
        ),
    )


@admin.register(Wallet)
class WalletAdmin(ReadOnly):
    list_display = ("user", "plan", "balance", "held", "available", "closed_at")
    list_select_related = ("user",)
    list_filter = ("plan",)
    search_help_text = "E-mail or id of a person"
    action_form = GrantForm
    actions = ("grant",)

    def has_grant_permission(self, request):
        return request.user.has_perm("credits.grant_wallet")

    @admin.action(description="Give credits", permissions=["grant"])
    def grant(self, request, queryset):
        if not (asked := self.asked(request, "amount", "reason", "once")):
            return
        amount, reason = asked["amount"], asked["reason"]

        def give(wallet):
            once = str(once_for(asked["once"], wallet.pk))
            staff = request.user
            services.grant_by_staff(wallet.pk, amount, staff=staff, reason=reason, once=once)

        done = f"Given {amount} credits"
        self.each(request, queryset, give, done, kind=StaffAction.Kind.GRANT, asked=asked)


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    list_display = (
        *("created_at", "owner", "kind", "amount", "balance_after"),
        *("reference", "why"),
    )
    list_select_related = ("wallet__user",)
    list_filter = ("kind",)
    search_help_text = "Reference, id of a job, or e-mail or id of a person"
    person = "wallet"
    actions = ("refund",)

    def named(self, term):
        about = [term.text]
        if term.id:
            about += [f"job:{term.id}", f"staff:job:{term.id}"]
        return Q(kind__in=Entry.Kind.values, reference__in=about)  # by the unique index

    def has_refund_permission(self, request):
        return request.user.has_perm("credits.refund_entry")

    @admin.action(description="Give the chosen charges back", permissions=["refund"])
    def refund(self, request, queryset):
        if not (asked := self.asked(request, "reason", "once")):
            return
        give_back = partial(services.refund_by_staff, staff=request.user, reason=asked["reason"])
        self.each(
            request,
            queryset,
            give_back,
            "Given back",
            kind=StaffAction.Kind.REFUND,
            person=lambda entry: entry.wallet_id,
            asked=asked,
        )

    @admin.display(description="reason")
    def why(self, entry):
        return signatures.read(entry.reason).words

    @admin.display(description="person")
    def owner(self, entry):
        return entry.wallet.user
