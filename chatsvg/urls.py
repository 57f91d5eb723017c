"""Pages, files, the API and the Django admin."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from chatsvg import security
from chatsvg.metrics import metrics
from generations.pages.served import file

admin.site.site_header = admin.site.site_title = "ChatSVG"

# an address is compared with one pattern after the other: what is asked for most comes first
urlpatterns = [
    path("api/", include("chatsvg.api_urls")),
    path("", include("chatsvg.docs.urls")),
    path("v1/", include("chatsvg.v1_urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.oauth_server.urls")),
    path("", include("credits.urls")),
    path("", include("generations.urls")),
    path("", include("realtime.urls")),
    path("files/<path:key>", file, name="file"),
    path("terms", TemplateView.as_view(template_name="legal/terms.html")),
    path(
        "privacy",
        TemplateView.as_view(
            template_name="legal/privacy.html",
            extra_context={"notifications_days": settings.NOTIFICATIONS_DAYS},
        ),
    ),
    path("metrics", metrics),
    path(".well-known/security.txt", security.txt),
    path("", include("chatsvg.status.urls")),
    path("", include("chatsvg.styleguide.urls")),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
]

handler400 = "chatsvg.problems.bad_request"
handler403 = "chatsvg.problems.forbidden"
handler404 = "chatsvg.problems.not_found"
handler500 = "chatsvg.problems.server_error"
