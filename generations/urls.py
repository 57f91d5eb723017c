"""Pages."""

from django.urls import path

from generations.pages import drawings, making, served

app_name = "generations"
urlpatterns = [
    path("", making.landing, name="landing"),
    path("samples/<slug:subject>/<slug:style>.svg", served.sample, name="sample"),
    path("app", making.app, name="app"),
    path("app/credits", making.credits_left, name="credits"),
    path("app/jobs/<uuid:job_id>", making.job, name="job"),
    path("app/jobs/<uuid:job_id>/cancel", making.cancel, name="cancel"),
    path("app/drawings/<uuid:drawing_id>", drawings.picture, name="picture"),
    path("app/drawings/<uuid:drawing_id>/svg", drawings.source, name="source"),
    path("app/drawings/<uuid:drawing_id>/download", drawings.download, name="download"),
]
