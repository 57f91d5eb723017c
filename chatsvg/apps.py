from django.apps import AppConfig


class ChatsvgConfig(AppConfig):
    name = "chatsvg"

    def ready(self):
        from chatsvg import status
        from chatsvg.celery import app  # noqa: F401  # shared tasks belong to it from now on
        from chatsvg.metrics import register
        from chatsvg.status import here
        from chatsvg.status import metrics as figures_of_workers
        from chatsvg.telemetry import reporting
        from chatsvg.telemetry import tasks as _tasks  # noqa: F401  # hears of every task

        status.register(here.parts)
        register(figures_of_workers.read)
        reporting.start()
