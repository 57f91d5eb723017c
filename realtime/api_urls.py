"""`/api/notification/…`."""

from django.urls import path

from realtime.notifications import api
from realtime.webhooks import api as webhooks
from realtime.webhooks.urls import routes

urlpatterns = [
    path("notification/latest", api.Latest.as_view()),
    path("notification/badge", api.Badge.as_view()),
    path("notification/seen", api.Seen.as_view()),
    *routes(webhooks),
]
