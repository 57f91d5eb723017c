"""`/api/csrf` and `/api/auth/…`."""

from django.urls import path

from accounts import api

urlpatterns = [
    path("csrf", api.Csrf.as_view()),
    path("auth/options", api.Options.as_view()),
    path("auth/register", api.Register.as_view()),
    path("auth/login", api.Login.as_view()),
    path("auth/logout", api.Logout.as_view()),
    path("auth/refresh", api.Refresh.as_view()),
    path("auth/current-user", api.CurrentUser.as_view()),
]
