"""Who looked at the figures by a link."""

from django.contrib import admin
from django.db.models import Q

from accounts.models import Visit
from accounts.staff.read_only import ReadOnly


@admin.register(Visit)
class VisitAdmin(ReadOnly):
    list_display = ("email", "created_at", "begun_at", "expires_at", "ended_at", "ip_address")
    search_help_text = "E-mail, or how it begins"
    person = ""
    exclude = ("link_hash", "browser_hash", "pass_hash")

    def named(self, term):
        return super().named(term) | Q(email__startswith=term.text.lower())  # a few hundred rows
