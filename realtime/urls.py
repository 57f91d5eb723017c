"""Pages."""

from django.urls import path

from realtime.notifications import views
from realtime.webhooks import pages as webhooks

app_name = "realtime"

urlpatterns = [
    path("notifications", views.everything, name="notifications"),
    path("notifications/newest", views.newest),
    path("notifications/seen", views.seen),
    path("api-keys/webhooks", webhooks.webhooks, name="webhooks"),
    path("api-keys/webhooks/<uuid:webhook_id>", webhooks.webhook),
    path("api-keys/webhooks/<uuid:webhook_id>/rotate", webhooks.rotate),
    path("api-keys/webhooks/<uuid:webhook_id>/test", webhooks.test),
    path("api-keys/webhooks/<uuid:webhook_id>/enable", webhooks.enable),
    path("api-keys/webhooks/<uuid:webhook_id>/disable", webhooks.disable),
    path("api-keys/webhooks/<uuid:webhook_id>/delete", webhooks.delete),
    path("api-keys/webhooks/deliveries/<uuid:delivery_id>/replay", webhooks.replay),
]
