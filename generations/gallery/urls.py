"""The lists under `/api/`: found before everything else, because they are asked for most."""

from django.urls import path

from generations.gallery import api

urlpatterns = [
    path("svg/public", api.Public.as_view()),
    path("user/generations", api.History.as_view()),
    path("user/generations/<str:generation_id>", api.HistoryDetail.as_view()),
]
