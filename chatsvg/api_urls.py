"""Everything under `/api/`: the contract of the React client, without trailing slashes."""

from django.urls import include, path, re_path

from chatsvg import health
from chatsvg.openapi.api import Description
from chatsvg.status.api import Status

urlpatterns = [
    path("", include("generations.gallery.urls")),
    path("", include("generations.api_urls")),
    path("health", health.Health.as_view()),
    path("ready", health.Ready.as_view()),
    path("status", Status.as_view()),
    path("openapi.json", Description.as_view()),
    path("", include("accounts.api_urls")),
    path("", include("credits.api_urls")),
    path("", include("credits.payments.api_urls")),
    path("", include("realtime.api_urls")),
    path("v1/", include("chatsvg.v1_urls")),
    re_path(r"^.*$", health.NoSuchPath.as_view()),
]
