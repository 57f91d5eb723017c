"""`/api/paypal/…`."""

from django.urls import path

from credits.payments import api

urlpatterns = [
    path("paypal/create-subscription", api.CreateSubscription.as_view()),
    path("paypal/subscription/cancel", api.CancelSubscription.as_view()),
    path("paypal/status", api.Status.as_view()),
    path("paypal/webhook", api.webhook),
]
