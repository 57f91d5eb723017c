"""Webhooks, for support staff: never a secret, and never what was said."""

from django.contrib import admin

from accounts.staff.read_only import ReadOnly
from realtime.webhooks import services
from realtime.webhooks.models import WebhookDelivery, WebhookEndpoint


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnly):
    list_display = (
        *("id", "user", "url", "is_test", "created_at", "failing_since"),
        *("disabled_at", "disabled_because"),
    )
    list_select_related = ("user",)
    list_filter = ("disabled_because", "is_test")
    search_fields = ("user__email", "=id")
    ordering = ("-created_at",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly):
    list_display = ("id", "endpoint", "message", "status", "tries", "due_at", "ended_at")
    list_select_related = ("endpoint", "message")
    list_filter = ("status",)
    search_fields = ("=endpoint__user__email", "=endpoint__id", "=message__id")
    ordering = ("-id",)
    readonly_fields = ("attempts_shown",)
    actions = ("replay",)

    @admin.display(description="Attempts")
    def attempts_shown(self, delivery):
        rows = delivery.attempts.order_by("pk")
        return "; ".join(f"{one.at:%Y-%m-%d %H:%M:%S} {one.status or one.error}" for one in rows)

    def has_replay_permission(self, request):
        return request.user.has_perm("realtime.replay_webhookdelivery")

    @admin.action(description="Send the chosen deliveries again", permissions=["replay"])
    def replay(self, request, queryset):
        self.each(request, queryset.select_related("endpoint"), services.replay, "Sent again")
