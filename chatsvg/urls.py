"""Pages, files, the API and the Django admin."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from chatsvg.metrics import metrics
from generations.pages.served import file

admin.site.site_header = admin.site.site_title = "ChatSVG"

urlpatterns = [
    path("api/", include("generations.gallery.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.oauth_server.urls")),
    path("", include("credits.urls")),
    path("", include("generations.urls")),
    path("", include("realtime.urls")),
    path("files/<path:key>", file, name="file"),
    path("terms", TemplateView.as_view(template_name="legal/terms.html")),
    path("privacy", TemplateView.as_view(template_name="legal/privacy.html")),
    path("metrics", metrics),
    path("", include("chatsvg.docs.urls")),
    path("", include("chatsvg.status.urls")),
    path("", include("chatsvg.styleguide.urls")),
    path("api/", include("chatsvg.api_urls")),
    path("v1/", include("chatsvg.v1_urls")),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
]

handler400 = "chatsvg.problems.bad_request"
handler403 = "chatsvg.problems.forbidden"
handler404 = "chatsvg.problems.not_found"
handler500 = "chatsvg.problems.server_error"
