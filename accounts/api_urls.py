"""`/api/csrf` and `/api/auth/…`."""

from django.urls import path

from accounts import api
from accounts.sessions.api import SessionDetail, SessionList

urlpatterns = [
    path("csrf", api.Csrf.as_view()),
    path("auth/options", api.Options.as_view()),
    path("auth/register", api.Register.as_view()),
    path("auth/login", api.Login.as_view()),
    path("auth/logout", api.Logout.as_view()),
    path("auth/refresh", api.Refresh.as_view()),
    path("auth/current-user", api.CurrentUser.as_view()),
    path("auth/sessions", SessionList.as_view()),
    path("auth/sessions/<str:session_id>", SessionDetail.as_view()),
]
