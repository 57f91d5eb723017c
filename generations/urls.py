"""Pages."""

from django.urls import path

from generations.overview import views as overview
from generations.pages import discarding, drawings, gallery, history, jobs, ledger, making, served

app_name = "generations"
urlpatterns = [
    path("", making.landing, name="landing"),
    path("samples/<slug:subject>/<slug:style>.svg", served.sample, name="sample"),
    path("app", making.app, name="app"),
    path("credits", ledger.credits, name="ledger"),
    path("app/credits", jobs.credits_left, name="credits"),
    path("app/tray", jobs.tray, name="tray"),
    path("app/jobs/<uuid:job_id>", jobs.job, name="job"),
    path("app/jobs/<uuid:job_id>/cancel", jobs.cancel, name="cancel"),
    path("app/jobs/<uuid:job_id>/dismiss", jobs.dismiss, name="dismiss"),
    path("app/drawings/<uuid:drawing_id>", drawings.picture, name="picture"),
    path("app/drawings/<uuid:drawing_id>/svg", drawings.source, name="source"),
    path("app/drawings/<uuid:drawing_id>/download", drawings.download, name="download"),
    path("backstage/figures", overview.overview, name="figures"),
    path("gallery", gallery.gallery, name="gallery"),
    path("history", history.history, name="history"),
    path("history/zip", history.download, name="zip"),
    path("history/delete", history.discard, name="delete_all"),
    path("history/restore", discarding.restore_all, name="restore_all"),
    path("d/<uuid:drawing_id>", drawings.drawing, name="drawing"),
    path("d/<uuid:drawing_id>/actions", drawings.actions, name="actions"),
    path("d/<uuid:drawing_id>/export", drawings.export, name="export"),
    path("d/<uuid:drawing_id>/drawing.svg", drawings.inline, name="inline"),
    path("d/<uuid:drawing_id>/shared.png", drawings.shared, name="shared"),
    path("d/<uuid:drawing_id>/publish", drawings.publish, name="publish"),
    path("d/<uuid:drawing_id>/unpublish", drawings.unpublish, name="unpublish"),
    path("d/<uuid:drawing_id>/delete", discarding.discard, name="delete"),
    path("d/<uuid:drawing_id>/restore", discarding.restore, name="restore"),
]
