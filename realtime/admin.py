"""What the admin shows of this app."""

from django.contrib import admin

from accounts.staff.read_only import ReadOnly
from realtime.models import Notification
from realtime.webhooks import admin as _webhooks  # noqa: F401


@admin.register(Notification)
class NotificationAdmin(ReadOnly):
    """That somebody was told, and when they saw it; what it says may hold their words."""

    list_display = ("user", "type", "title", "created_at", "read_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_help_text = "E-mail or id of a person"
    exclude = ("message", "data")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("message", "data")
