"""Settings of payments that cannot work together."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register

from credits.payments.providers import NEEDED


@register(Tags.security)
def paypal(app_configs: object, **kwargs: object) -> list[Error]:
    """All of PayPal's settings or none of them; and secrets only ever go over TLS."""
    missing = [name for name in NEEDED if not getattr(settings, name)]
    if len(missing) == len(NEEDED):
        return []
    errors = []
    if missing:
        hint = "Set all of them, or none: without one of them nobody can pay."
        said = f"PayPal is configured by half. Not set: {', '.join(missing)}."
        errors.append(Error(said, hint=hint, id="credits.E001"))
    address = urlsplit(settings.PAYPAL_BASE_URL)
    if address.scheme != "https" and settings.PRODUCTION:
        errors.append(Error("PAYPAL_BASE_URL must begin with https://.", id="credits.E002"))
    return errors
