from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    name = "generations"

    def ready(self):
        from chatsvg import doctor as surgery
        from chatsvg import status
        from chatsvg.metrics import register
        from generations import checks, condition, doctor, metrics, receivers  # noqa: F401

        register(metrics.read)
        surgery.register(doctor.checks)
        status.register(condition.parts)
