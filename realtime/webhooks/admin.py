"""Webhooks, for support staff: never a secret, and never what was said."""

from django.contrib import admin
from django.db.models import Q

from accounts.models import StaffAction
from accounts.staff.read_only import ReadOnly
from realtime.webhooks import services
from realtime.webhooks.models import WebhookDelivery, WebhookEndpoint

ATTEMPTS_SHOWN = 50


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnly):
    list_display = (
        *("id", "user", "url", "is_test", "created_at", "failing_since"),
        *("disabled_at", "disabled_because"),
    )
    list_select_related = ("user",)
    list_filter = ("disabled_because", "is_test")
    search_help_text = "Id of an endpoint, or e-mail or id of a person"


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly):
    list_display = ("id", "endpoint", "message", "status", "tries", "due_at", "ended_at")
    list_select_related = ("endpoint", "message")
    list_filter = ("status",)
    search_help_text = "Id of a delivery or an endpoint, or e-mail or id of a person"
    readonly_fields = ("attempts_shown",)
    actions = ("replay",)
    person = "endpoint__user"

    def named(self, term):
        return super().named(term) | (Q(endpoint=term.id) if term.id else Q(pk__in=[]))

    @admin.display(description="Attempts")
    def attempts_shown(self, delivery):
        rows = delivery.attempts.order_by("-pk")[:ATTEMPTS_SHOWN]
        told = [f"{one.at:%Y-%m-%d %H:%M:%S} {one.status or one.error}" for one in rows]
        return "; ".join(reversed(told))

    def has_replay_permission(self, request):
        return request.user.has_perm("realtime.replay_webhookdelivery")

    @admin.action(description="Send the chosen deliveries again", permissions=["replay"])
    def replay(self, request, queryset):
        self.each(
            request,
            queryset.select_related("endpoint"),
            services.replay,
            "Sent again",
            kind=StaffAction.Kind.REPLAY,
            person=lambda delivery: delivery.endpoint.user_id,
        )
