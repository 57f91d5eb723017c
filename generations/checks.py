"""Settings of the drawing models that cannot work stop the start, by name."""

from django.conf import settings
from django.core.checks import Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from generations import providers


@register
def models_are_readable(app_configs, **kwargs):
    try:
        providers.models()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="generations.E001")]
    return []


@register
def endpoint_is_named(app_configs, **kwargs):
    """What is said of an endpoint counts only where one is named."""
    if settings.OPENAI_BASE_URL or settings.OPENAI_API_KEY:
        return []
    names = ["OPENAI_MODEL", "OPENAI_API_VERSION", "OPENAI_PRICE_IN", "OPENAI_PRICE_OUT"]
    alone = [name for name in [*names, "OPENAI_FALLBACK"] if getattr(settings, name)]
    if not alone:
        return []
    verb = "count" if alone[1:] else "counts"
    text = f"{', '.join(alone)} {verb} for nothing without OPENAI_BASE_URL or OPENAI_API_KEY."
    return [Warning(text, id="generations.W001")]


@register
def moderation_can_be_asked(app_configs, **kwargs):
    if not settings.MODERATION:
        return []
    try:
        found = import_string(settings.MODERATION)
    except ImportError as error:
        return [Error(f"MODERATION: {error}.", id="generations.E002")]
    return [] if callable(found) else [Error("MODERATION: no callable.", id="generations.E002")]
