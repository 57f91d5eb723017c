"""The page."""

from django.urls import path

from chatsvg.status import views

urlpatterns = [path("status", views.page, name="status")]
