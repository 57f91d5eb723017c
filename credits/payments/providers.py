"""Who takes payments here: what is configured, by name."""

from django.conf import settings

from credits.payments.errors import NotConfigured
from credits.payments.provider import Provider

PAYPAL = "paypal"
NEEDED = ("PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_SECRET", "PAYPAL_PLAN_ID", "PAYPAL_WEBHOOK_ID")


def configured() -> dict[str, Provider]:
    """By name."""
    if not all(getattr(settings, name) for name in NEEDED):
        return {}
    from credits.payments.paypal.client import PayPal  # an HTTP client: only where it is needed

    return {PAYPAL: PayPal()}


def get(name: str) -> Provider:
    """Raises NotConfigured."""
    if (provider := configured().get(name)) is None:
        raise NotConfigured()
    return provider
