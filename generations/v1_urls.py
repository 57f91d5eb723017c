"""`/v1/svg/…`."""

from django.urls import path

from generations import v1

urlpatterns = [
    path("svg/generate", v1.Generate.as_view()),
    path("svg/job/<str:job_id>", v1.JobStatus.as_view()),
]
