from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self):
        from realtime import receivers  # noqa: F401
        from realtime.notifications import receivers as notification_receivers  # noqa: F401
