"""Keys, for support staff: never what could be used to sign in."""

from functools import partial

from django.contrib import admin
from django.db.models import Q

from accounts.keys import services
from accounts.models import ApiKey, StaffAction
from accounts.staff.read_only import ReadOnly


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = (
        *("prefix", "user", "environment", "created_at", "last_used_at"),
        *("revoked_at", "revoked_because"),
    )
    list_select_related = ("user",)
    list_filter = ("environment",)
    search_help_text = "How the key begins, its id, or e-mail or id of a person"
    exclude = ("key_hash",)
    actions = ("revoke",)

    def named(self, term):
        return super().named(term) | Q(prefix=term.text)

    def has_revoke_permission(self, request):
        return request.user.has_perm("accounts.revoke_apikey")

    @admin.action(description="Revoke the chosen keys", permissions=["revoke"])
    def revoke(self, request, queryset):
        end = partial(services.revoke, because="support")
        self.each(request, queryset, end, "Revoked", kind=StaffAction.Kind.REVOKE_KEY)
