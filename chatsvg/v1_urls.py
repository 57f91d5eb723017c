"""Everything under `/v1/`, and under `/api/v1/`: for programs, with API keys."""

from django.urls import include, path, re_path

from chatsvg import problems
from chatsvg.openapi.api import DescriptionForPrograms


def nowhere(request):
    return problems.not_found(request)


nowhere.double_submit_exempt = True  # type: ignore[attr-defined]  # it changes nothing

urlpatterns = [
    path("openapi.json", DescriptionForPrograms.as_view()),
    path("", include("credits.v1_urls")),
    path("", include("generations.v1_urls")),
    path("", include("realtime.v1_urls")),
    re_path(r"^.*$", nowhere),
]
