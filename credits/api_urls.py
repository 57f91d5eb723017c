"""`/api/plans`."""

from django.urls import path

from credits import api

urlpatterns = [path("plans", api.Plans.as_view())]
