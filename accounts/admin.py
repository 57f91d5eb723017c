"""People and their sessions, for support staff."""

from functools import partial

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import PermissionDenied
from django.views.generic import RedirectView

from accounts import client, limits, one_time, tokens
from accounts.backstage import admin as _of_backstage  # noqa: F401
from accounts.keys import admin as _of_keys  # noqa: F401
from accounts.models import DoomedFile, Export, Identity, Mail, Session, User
from accounts.staff import services as staff
from accounts.staff.read_only import ReadOnly
from accounts.support import admin as _of_support  # noqa: F401


class LoginForm(AdminAuthenticationForm):
    """Django's own, behind the limits of every other sign-in. May raise TooMany."""

    def clean(self):
        email = self.cleaned_data.get("username", "").strip().lower()
        with limits.attempt(email, client.address(self.request)):
            return super().clean()


admin.site.login_form = LoginForm
# the account page does it with every check, and signs the other devices out
admin.site.password_change = admin.site.password_change_done = RedirectView.as_view(  # type: ignore[method-assign]
    url="/account#signin"
)


@admin.register(User)
class UserAdmin(ReadOnly):
    """Roles are given by superusers, to the living."""

    list_display = ("email", "name", "is_staff", "is_active", "created_at")
    search_fields = ("email", "name")
    list_filter = ("is_staff", "is_active", "groups")
    ordering = ("-created_at",)
    fields = (
        *("email", "name", "is_active", "is_staff", "groups"),
        *("email_verified_at", "created_at", "deleted_at"),
    )
    readonly_fields = ("email", "name", "email_verified_at", "created_at", "deleted_at")
    filter_horizontal = ("groups",)
    actions = ("suspend", "let_in")

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser and (obj is None or obj.deleted_at is None)

    def has_suspend_permission(self, request):
        return request.user.has_perm("accounts.suspend_user")

    def save_model(self, request, obj, form, change):
        """Only what the form changes: the rest of the row may be newer than `obj`."""
        if one_time.lock(obj).deleted_at:
            raise PermissionDenied
        if not obj.is_active:
            staff.suspend(obj, staff=request.user)
        obj.save(update_fields=["is_active", "is_staff", "updated_at"])

    @admin.action(description="Keep the chosen people out", permissions=["suspend"])
    def suspend(self, request, queryset):
        self.each(request, queryset, partial(staff.suspend, staff=request.user), "Kept out")

    @admin.action(description="Let the chosen people in again", permissions=["suspend"])
    def let_in(self, request, queryset):
        self.each(request, queryset, partial(staff.let_in, staff=request.user), "Let in again")


@admin.register(Session)
class SessionAdmin(ReadOnly):
    list_display = ("user", "created_at", "last_used_at", "expires_at", "revoked_because")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at",)
    actions = ("revoke",)

    def has_revoke_permission(self, request):
        return request.user.has_perm("accounts.revoke_session")

    @admin.action(description="Revoke the chosen sessions", permissions=["revoke"])
    def revoke(self, request, queryset):
        self.each(request, queryset, partial(tokens.revoke, because="support"), "Revoked")


@admin.register(Identity)
class IdentityAdmin(ReadOnly):
    list_display = ("user", "provider", "email", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("provider",)
    search_fields = ("user__email", "email", "subject")
    ordering = ("-created_at",)


@admin.register(Mail)
class MailAdmin(ReadOnly):
    """Whether a mail was sent, never what it says."""

    list_display = ("kind", "to", "created_at", "tries", "sent_at", "ended_at", "error")
    list_filter = ("kind",)
    search_fields = ("to",)
    ordering = ("-created_at",)
    exclude = ("context",)


@admin.register(Export)
class ExportAdmin(ReadOnly):
    list_display = ("user", "status", "created_at", "tries", "ready_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("status",)
    search_fields = ("user__email",)
    ordering = ("-created_at",)
    exclude = ("storage_key",)


@admin.register(DoomedFile)
class DoomedFileAdmin(ReadOnly):
    list_display = ("storage_key", "doomed_at", "due_at", "tries")
    ordering = ("due_at",)
