from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self):
        from chatsvg.metrics import register
        from realtime import receivers  # noqa: F401
        from realtime.notifications import receivers as notification_receivers  # noqa: F401
        from realtime.webhooks import metrics
        from realtime.webhooks import receivers as webhook_receivers  # noqa: F401

        register(metrics.read)
