from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    name = "generations"

    def ready(self):
        from chatsvg.metrics import register
        from generations import checks, metrics, receivers  # noqa: F401

        register(metrics.read)
