"""Who looked at the figures by a link."""

from django.contrib import admin

from accounts.models import Visit
from accounts.staff.read_only import ReadOnly


@admin.register(Visit)
class VisitAdmin(ReadOnly):
    list_display = ("email", "created_at", "begun_at", "expires_at", "ended_at", "ip_address")
    search_fields = ("email",)
    ordering = ("-created_at",)
    exclude = ("link_hash", "browser_hash", "pass_hash")
