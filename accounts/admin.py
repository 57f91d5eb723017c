"""People and their sessions, for support staff."""

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm

from accounts import client, limits, tokens
from accounts.models import Session, User


class LoginForm(AdminAuthenticationForm):
    """Django's own, behind the limits of every other sign-in. May raise TooMany."""

    def clean(self):
        email = self.cleaned_data.get("username", "").strip().lower()
        with limits.attempt(email, client.address(self.request)):
            return super().clean()


admin.site.login_form = LoginForm


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ("email", "name", "is_staff", "is_active", "created_at")
    search_fields = ("email", "name")
    list_filter = ("is_staff", "is_active")
    ordering = ("-created_at",)
    fields = ("email", "name", "is_active", "is_staff", "email_verified_at", "created_at")
    readonly_fields = ("email", "email_verified_at", "created_at")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):
    list_display = ("user", "created_at", "last_used_at", "expires_at", "revoked_because")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at",)
    actions = ("revoke",)

    @admin.action(description="Revoke the chosen sessions")
    def revoke(self, request, queryset):
        for session in queryset:
            tokens.revoke(session, because="support")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return request.method in ("GET", "POST") and obj is None

    def has_delete_permission(self, request, obj=None):
        return False
