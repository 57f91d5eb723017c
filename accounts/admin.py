"""People and what belongs to them, for support staff."""

from functools import partial
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from accounts import one_time
from accounts.backstage import admin as _of_backstage  # noqa: F401
from accounts.keys import admin as _of_keys  # noqa: F401
from accounts.models import DoomedFile, Export, Identity, Mail, Session, StaffAction, User
from accounts.staff import actions
from accounts.staff import services as staff
from accounts.staff.read_only import REASON_TYPED, WHY, ReadOnly
from accounts.support import admin as _of_support  # noqa: F401

Kind = StaffAction.Kind
admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ModelAdmin):
    """The roles. Their permissions come back after every migration; superusers may add more."""

    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ("permissions",)

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    has_delete_permission = has_change_permission

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "permissions":
            kwargs["queryset"] = db_field.related_model.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request=request, **kwargs)


class PersonForm(forms.ModelForm):
    """What superusers change about a person, and why."""

    reason = forms.CharField(
        max_length=REASON_TYPED,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": WHY}),
        help_text="Stays in the record of what staff did.",
    )
    once = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput, label="")

    groups = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"),
        required=False,
        label="Roles",
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = User
        fields = ("is_active", "is_staff", "groups")


@admin.register(User)
class UserAdmin(ReadOnly):
    """Roles are given by superusers, to the living."""

    form = PersonForm
    person = ""
    list_display = ("email", "name", "all_about", "is_staff", "is_active", "created_at")
    search_help_text = "E-mail or id, or how it begins"
    list_filter = ("is_staff", "is_active", "groups")
    readonly_fields = ("email", "name", "email_verified_at", "created_at", "deleted_at")
    actions = ("suspend", "let_in")

    def named(self, term):
        return term.belongs("pk")

    def get_fieldsets(self, request, obj=None):
        who = (*self.readonly_fields[:2], "is_active", "is_staff", "groups")
        sets = [(None, {"fields": (*who, *self.readonly_fields[2:])})]
        if self.has_change_permission(request, obj):
            sets.append(("Why", {"fields": ("reason", "once")}))
        return sets

    def has_change_permission(self, request, obj=None):
        """Nobody their own: what they may do, others say."""
        is_another = obj is None or (obj.deleted_at is None and obj.pk != request.user.pk)
        return request.user.is_superuser and is_another

    def has_suspend_permission(self, request):
        return request.user.has_perm("accounts.suspend_user")

    def save_model(self, request, obj, form, change):
        """Only what the form changes: the rest of the row may be newer than `obj`."""
        if one_time.lock(obj).deleted_at:
            raise PermissionDenied
        told = {"staff": request.user, "kind": Kind.ROLES, "person": obj, "about": f"user:{obj.pk}"}
        asked = form.cleaned_data
        actions.act(lambda: None, **told, reason=asked["reason"], once=asked["once"])
        if not obj.is_active:
            staff.suspend(obj, staff=request.user)
        obj.save(update_fields=["is_active", "is_staff", "updated_at"])

    @admin.display(description="desk")
    def all_about(self, user):
        return format_html(
            '<a href="{}">All about them</a>', reverse("admin:person", args=[user.pk])
        )

    @admin.action(description="Keep the chosen people out", permissions=["suspend"])
    def suspend(self, request, queryset):
        keep_out = partial(staff.suspend, staff=request.user)
        self.each(request, queryset, keep_out, "Kept out", kind=Kind.SUSPEND, person=_itself)

    @admin.action(description="Let the chosen people in again", permissions=["suspend"])
    def let_in(self, request, queryset):
        let_in = partial(staff.let_in, staff=request.user)
        self.each(request, queryset, let_in, "Let in again", kind=Kind.LET_IN, person=_itself)


def _itself(user):
    return user


@admin.register(Session)
class SessionAdmin(ReadOnly):
    list_display = ("user", "created_at", "last_used_at", "expires_at", "revoked_because")
    list_select_related = ("user",)
    search_help_text = "Id of a session, or e-mail or id of a person"
    actions = ("revoke",)

    def has_revoke_permission(self, request):
        return request.user.has_perm("accounts.revoke_session")

    @admin.action(description="Revoke the chosen sessions", permissions=["revoke"])
    def revoke(self, request, queryset):
        self.each(request, queryset, staff.sign_out, "Revoked", kind=Kind.SIGN_OUT)


@admin.register(Identity)
class IdentityAdmin(ReadOnly):
    list_display = ("user", "provider", "email", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("provider",)
    search_help_text = "E-mail or id of a person"


@admin.register(Mail)
class MailAdmin(ReadOnly):
    """Whether a mail was sent, never what it says."""

    list_display = ("kind", "to", "created_at", "tries", "sent_at", "ended_at", "error")
    list_filter = (
        ("ended_at", admin.EmptyFieldListFilter),
        ("sent_at", admin.EmptyFieldListFilter),
    )
    search_help_text = "The whole address, or e-mail or id of a person"
    list_select_related = ("user",)
    exclude = ("context",)

    def named(self, term):
        return super().named(term) | Q(to=term.text.lower())


@admin.register(Export)
class ExportAdmin(ReadOnly):
    list_display = ("user", "status", "created_at", "tries", "ready_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("status",)
    search_help_text = "E-mail or id of a person"
    exclude = ("storage_key",)


@admin.register(DoomedFile)
class DoomedFileAdmin(ReadOnly):
    list_display = ("storage_key", "doomed_at", "due_at", "tries")
    ordering = ("due_at",)
    person = ""
    search_fields = ()


@admin.register(StaffAction)
class StaffActionAdmin(ReadOnly):
    """Who did what, to whom, and why. For nobody to change."""

    list_display = ("at", "staff", "kind", "person", "about", "reason")
    list_select_related = ("staff", "person")
    list_filter = ("kind",)
    ordering = ("-at", "-id")
    search_help_text = "E-mail or id of who did it or of whom it was done to, or job:…"

    person = "person"

    def named(self, term):
        return super().named(term) | Q(about=term.text) | term.belongs("staff")
