"""Everything under `/v1/`, and under `/api/v1/`: for programs, with API keys."""

from django.urls import include, path, re_path

from chatsvg import problems


def nowhere(request):
    return problems.not_found(request)


nowhere.double_submit_exempt = True  # type: ignore[attr-defined]  # it changes nothing

urlpatterns = [
    path("", include("generations.v1_urls")),
    re_path(r"^.*$", nowhere),
]
