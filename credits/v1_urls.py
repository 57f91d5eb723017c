"""`/v1/credits`."""

from django.urls import path

from credits import v1

urlpatterns = [
    path("credits", v1.Credits.as_view()),
]
