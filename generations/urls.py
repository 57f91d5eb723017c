"""Pages."""

from django.urls import path

from generations import file_views, views

app_name = "generations"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("samples/<slug:subject>/<slug:style>.svg", file_views.sample, name="sample"),
    path("app", views.app, name="app"),
    path("app/credits", views.credits_left, name="credits"),
    path("app/jobs/<uuid:job_id>", views.job, name="job"),
    path("app/jobs/<uuid:job_id>/cancel", views.cancel, name="cancel"),
    path("app/drawings/<uuid:drawing_id>", views.picture, name="picture"),
    path("app/drawings/<uuid:drawing_id>/svg", views.source, name="source"),
    path("app/drawings/<uuid:drawing_id>/download", views.download, name="download"),
]
