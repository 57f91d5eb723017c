"""Pages."""

from django.urls import path

from credits import pages

app_name = "credits"
urlpatterns = [
    path("pricing", pages.pricing, name="pricing"),
    path("pricing/subscribe", pages.subscribe),
    path("pricing/paypal", pages.paypal),
    path("pricing/cancel", pages.cancel),
    path("billing/paypal/success", pages.approved),
    path("billing/paypal/cancel", pages.declined),
]
