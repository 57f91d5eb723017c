"""`/api/svg/…`."""

from django.urls import path

from generations import api
from generations.overview import api as overview

urlpatterns = [
    path("svg/generate-svg", api.Generate.as_view()),
    path("svg/generation-jobs/<str:job_id>", api.JobStatus.as_view()),
    path("svg/generation-jobs/<str:job_id>/cancel", api.CancelJob.as_view()),
    path("svg/<str:generation_id>/source", api.Source.as_view()),
    path("svg/<str:generation_id>/download", api.Download.as_view()),
    path("admin/metrics", overview.Metrics.as_view()),
]
