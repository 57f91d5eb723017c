"""`/v1/webhooks…`."""

from realtime.webhooks import v1
from realtime.webhooks.urls import routes

urlpatterns = routes(v1)
