"""`/v1/svg/…`, and what belongs to drawing."""

from django.urls import path

from generations.v1 import catalogue, drawings, jobs, usage

urlpatterns = [
    path("svg/generate", jobs.Generate.as_view()),
    path("svg/job/<str:job_id>", jobs.JobStatus.as_view()),
    path("svg/job/<str:job_id>/cancel", jobs.CancelJob.as_view()),
    path("svg/jobs", jobs.JobList.as_view()),
    path("svg/drawings", drawings.DrawingList.as_view()),
    path("svg/drawings/<str:drawing_id>", drawings.Drawing.as_view()),
    path("svg/drawings/<str:drawing_id>/export", drawings.Export.as_view()),
    path("styles", catalogue.Styles.as_view()),
    path("models", catalogue.Models.as_view()),
    path("estimate", catalogue.Estimate.as_view()),
    path("usage", usage.Usage.as_view()),
]
