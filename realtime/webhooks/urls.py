"""The routes of webhooks, for either face."""

from django.urls import path


def routes(views):
    """Routes to a module of views."""
    return [
        path("webhooks", views.WebhookList.as_view()),
        path("webhooks/settings", views.Settings.as_view()),
        path("webhooks/deliveries/<str:delivery_id>/replay", views.Replay.as_view()),
        path("webhooks/<str:webhook_id>", views.WebhookDetail.as_view()),
        path("webhooks/<str:webhook_id>/rotate", views.Rotate.as_view()),
        path("webhooks/<str:webhook_id>/test", views.Test.as_view()),
        path("webhooks/<str:webhook_id>/deliveries", views.Deliveries.as_view()),
    ]
