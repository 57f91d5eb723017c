from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    name = "generations"

    def ready(self):
        from chatsvg import doctor as surgery
        from chatsvg.metrics import register
        from generations import checks, doctor, metrics, receivers  # noqa: F401

        register(metrics.read)
        surgery.register(doctor.checks)
