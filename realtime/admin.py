"""What the admin shows of this app."""

from realtime.webhooks import admin as _webhooks  # noqa: F401
