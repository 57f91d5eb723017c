from django.apps import AppConfig


class ChatsvgConfig(AppConfig):
    name = "chatsvg"

    def ready(self):
        from chatsvg import status
        from chatsvg.celery import app  # noqa: F401  # shared tasks belong to it from now on
        from chatsvg.status import here

        status.register(here.parts)
