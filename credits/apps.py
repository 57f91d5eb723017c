from django.apps import AppConfig


class CreditsConfig(AppConfig):
    name = "credits"

    def ready(self):
        from credits import receivers  # noqa: F401
        from credits.payments import checks  # noqa: F401
        from credits.payments import receivers as _of_payments  # noqa: F401
