"""Pages, files, the API and the Django admin."""

from django.contrib import admin
from django.urls import include, path

from generations.file_views import file

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("generations.urls")),
    path("files/<path:key>", file, name="file"),
    path("api/", include("chatsvg.api_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "chatsvg.problems.bad_request"
handler403 = "chatsvg.problems.forbidden"
handler404 = "chatsvg.problems.not_found"
handler500 = "chatsvg.problems.server_error"
