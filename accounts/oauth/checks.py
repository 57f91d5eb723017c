"""Settings of sign-in elsewhere that cannot work together."""

from django.conf import settings
from django.core.checks import Error, register

from accounts.models import Provider
from accounts.oauth import providers


@register
def ways_in(app_configs: object, **kwargs: object) -> list[Error]:
    """A provider has both halves of its credentials, and there is some way in."""
    errors = [
        Error(f"Set both {one}_CLIENT_ID and {one}_CLIENT_SECRET.", id="accounts.E010")
        for one in map(str.upper, Provider.values)
        if _is_halved(one)
    ]
    if not settings.EMAIL_AUTH_ENABLED and not providers.configured():
        errors.append(
            Error(
                "EMAIL_AUTH_ENABLED is off, and no provider is configured: nobody can sign in.",
                id="accounts.E011",
            )
        )
    return errors


def _is_halved(name: str) -> bool:
    values = (getattr(settings, f"{name}_CLIENT_{half}") for half in ("ID", "SECRET"))
    return len({bool(value) for value in values}) == 2
