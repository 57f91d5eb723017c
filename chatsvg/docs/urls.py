"""Pages for developers."""

from django.urls import path

from chatsvg.docs import views

urlpatterns = [
    path("docs", views.guide, name="docs"),
    path("docs/key", views.make_key),
    path("docs/me", views.me),
    path("docs/samples/<str:name>", views.sample, name="docs-sample"),
    path("v1/docs", views.reference, name="docs-reference"),
    path("llms.txt", views.llms),
]
