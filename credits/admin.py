"""Wallets and the ledger, read-only: support grants through `grant`, never by editing a figure."""

from django.contrib import admin

from credits.models import Entry, Wallet


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Wallet)
class WalletAdmin(ReadOnly):
    list_display = ("user", "plan", "balance", "held", "available")
    list_select_related = ("user",)
    list_filter = ("plan",)
    search_fields = ("user__email",)


@admin.register(Entry)
class EntryAdmin(ReadOnly):
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
